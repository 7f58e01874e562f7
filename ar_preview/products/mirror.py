"""The mirror image of a piece: the right one of a pair that is modelled once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.product import Node, Primitive, Product

__all__ = ["mirrored"]

_ACROSS = np.diag([-1.0, 1.0, 1.0, 1.0])


def mirrored(product: Product) -> Product:
    """Return a product mirrored across its plane x = 0, nodes and lighter model included.

    Transforms keep their handedness: meshes and places are mirrored, turns are turned the other
    way round.

    Parameters
    ----------
    product : Product
    """
    return replace(
        product,
        nodes=tuple(_node(node) for node in product.nodes),
        anchor_from_model=_conjugate(product.anchor_from_model),
        nudge=RigidTransform.from_matrix(_conjugate(product.nudge.matrix)),
        lod=None if product.lod is None else mirrored(product.lod),
    )


def _conjugate(matrix: Array) -> Array:
    return np.asarray(_ACROSS @ matrix @ _ACROSS)


def _node(node: Node) -> Node:
    return replace(
        node,
        parent_from_node=_conjugate(node.parent_from_node),
        primitives=tuple(_primitive(p) for p in node.primitives),
    )


def _primitive(primitive: Primitive) -> Primitive:
    flip = np.array([-1.0, 1.0, 1.0], np.float32)
    return replace(
        primitive,
        positions=primitive.positions * flip,
        normals=primitive.normals * flip,
        triangles=np.ascontiguousarray(primitive.triangles[:, ::-1]),
    )
