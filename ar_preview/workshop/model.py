"""A generated model: named nodes with pivots, materials by name, variants, in metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.products.product import Node, Primitive
from ar_preview.workshop.meshkit import merge_by_material

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ar_preview.geometry import Array
    from ar_preview.products.product import Material
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["Model", "node_from_meshes"]

_M_PER_MM = 1e-3


@dataclass(frozen=True, eq=False)
class Model:
    """What a generator makes and `write_glb` writes.

    Parameters
    ----------
    name : str
    nodes : tuple of Node
        Parents before children; metres, y up, z front.
    materials : mapping of str to Material
        Every material by its name, those of variants included.
    variants : mapping of str to mapping of str to str
        Per variant name, which material replaces which (KHR_materials_variants); an empty
        mapping is the model as it is.
    node_extras : mapping of str to mapping
        Free JSON by node name: hinge axes, pendulums, watch hands.
    extras : mapping
        Free JSON of the whole model.
    """

    name: str
    nodes: tuple[Node, ...]
    materials: Mapping[str, Material]
    variants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    node_extras: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)

    @property
    def triangle_count(self) -> int:
        """Triangles of all nodes."""
        return sum(len(p.triangles) for n in self.nodes for p in n.primitives)

    def node(self, name: str) -> Node:
        """Return a node by its name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(f"no node '{name}' in {[n.name for n in self.nodes]}")

    def positions(self, name: str, material: str | None = None) -> Array:
        """Vertices of a node in model space, shape (N, 3), metres.

        Parameters
        ----------
        name : str
            Node; its parents count.
        material : str, optional
            Only primitives of this material.
        """
        node = self.node(name)
        parts = [p.positions for p in node.primitives if material in {None, p.material}]
        points = np.concatenate(parts).astype(np.float64)
        at: Node | None = node
        while at is not None:
            points = points @ at.parent_from_node[:3, :3].T + at.parent_from_node[:3, 3]
            at = self.node(at.parent) if at.parent else None
        return np.asarray(points)


def node_from_meshes(
    name: str, parent: str | None, meshes: Iterable[Mesh], pivot_mm: Array | None = None
) -> Node:
    """Make a node from meshes in its parent's space.

    Parameters
    ----------
    name : str
    parent : str or None
    meshes : iterable of Mesh
        Millimetres; joined to one primitive per material.
    pivot_mm : ndarray, shape (3,), optional
        Origin of the node, about which it moves; the parent's origin if not given.
    """
    pivot = np.zeros(3) if pivot_mm is None else np.asarray(pivot_mm, dtype=np.float64)
    transform = np.eye(4)
    transform[:3, 3] = pivot * _M_PER_MM
    primitives = tuple(
        Primitive(
            positions=((m.positions - pivot) * _M_PER_MM).astype(np.float32),
            normals=_unit_float32(m.normals),
            uv=m.uv.astype(np.float32),
            triangles=m.triangles.astype(np.uint32),
            material=m.material,
            colors=_rgba_float32(m.colors),
        )
        for m in merge_by_material(meshes)
    )
    return Node(name, parent, transform, primitives)


def _rgba_float32(colors: Array | None) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    if colors is None:
        return None
    return np.column_stack([colors, np.ones(len(colors))]).astype(np.float32)


def _unit_float32(normals: Array) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True), dtype=np.float32)
