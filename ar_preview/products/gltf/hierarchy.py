"""The node tree of a glTF file, flattened with parents before children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import ProductError
from ar_preview.products.gltf.names import UniqueNames

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.gltf.container import Container
    from ar_preview.products.gltf.fields import Fields

__all__ = ["PlacedNode", "local_matrix", "placed_nodes"]

_UNIT_QUATERNION_TOLERANCE = 1e-2
_LARGEST = 1e30


@dataclass(frozen=True, eq=False)
class PlacedNode:
    """A node with its place in the tree.

    Parameters
    ----------
    entry : Fields
    name : str
        Unique.
    parent : str or None
    parent_from_node, scene_from_node : ndarray, shape (4, 4)
    """

    entry: Fields
    name: str
    parent: str | None
    parent_from_node: Array
    scene_from_node: Array


def local_matrix(entry: Fields) -> Array:
    """Return ``parent_from_node`` from a matrix or from translation, rotation and scale."""
    if "matrix" in entry:
        flat = entry.numbers("matrix", (0.0,) * 16)
        matrix = np.array(flat).reshape(4, 4).T
        if not np.allclose(matrix[3], (0.0, 0.0, 0.0, 1.0), atol=1e-6):
            entry.fail("matrix", "an affine matrix (last row 0 0 0 1)")
        matrix[3] = (0.0, 0.0, 0.0, 1.0)
        return matrix
    x, y, z, w = entry.numbers("rotation", (0.0, 0.0, 0.0, 1.0))
    norm = float(np.sqrt(x * x + y * y + z * z + w * w))
    if abs(norm - 1.0) > _UNIT_QUATERNION_TOLERANCE:
        entry.fail("rotation", "a unit quaternion")
    x, y, z, w = x / norm, y / norm, z / norm, w / norm
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * np.array(entry.numbers("scale", (1.0, 1.0, 1.0)))
    matrix[:3, 3] = entry.numbers("translation", (0.0, 0.0, 0.0))
    return matrix


def _roots(root: Fields, nodes: list[Fields], parents: dict[int, int]) -> list[int]:
    scenes = root.children("scenes")
    chosen = root.index("scene", len(scenes))
    if scenes:
        found = scenes[chosen or 0].indices("nodes", len(nodes))
        return list(dict.fromkeys(found))
    return [i for i in range(len(nodes)) if i not in parents]


def placed_nodes(container: Container) -> list[PlacedNode]:
    """Return the nodes of the default scene, parents before children, names made unique.

    Raises
    ------
    ProductError
        If the tree has a cycle, a node with two parents, or is too deep.
    """
    limits = container.limits
    nodes = container.root.children("nodes", limits.nodes)
    children = [n.indices("children", len(nodes)) for n in nodes]
    parents: dict[int, int] = {}
    for parent, below in enumerate(children):
        for child in below:
            if child in parents or child == parent:
                raise ProductError(
                    f"{container.path}: nodes[{child}] has more than one parent; the node tree is "
                    "damaged, export the model again"
                )
            parents[child] = parent
    meshes = container.root.children("meshes")
    names = UniqueNames()
    placed: list[PlacedNode] = []
    stack: list[tuple[int, PlacedNode | None, int]] = [
        (i, None, 0) for i in reversed(_roots(container.root, nodes, parents))
    ]
    seen: set[int] = set()
    while stack:
        index, above, depth = stack.pop()
        if depth > limits.node_depth or index in seen:
            raise ProductError(
                f"{container.path}: the node tree is a cycle or deeper than {limits.node_depth} "
                "levels; flatten it and export the model again"
            )
        seen.add(index)
        entry = nodes[index]
        mesh = entry.index("mesh", len(meshes))
        name = entry.name or (meshes[mesh].name if mesh is not None else "")
        local = local_matrix(entry)
        node = PlacedNode(
            entry=entry,
            name=names.take(name or f"node_{index}"),
            parent=None if above is None else above.name,
            parent_from_node=local,
            scene_from_node=local if above is None else above.scene_from_node @ local,
        )
        # Not finite, or large enough that a determinant is not.
        if not np.abs(node.scene_from_node).max() < _LARGEST:
            raise ProductError(f"{entry.where}: its transform is not finite; export it again")
        placed.append(node)
        stack.extend((c, node, depth + 1) for c in reversed(children[index]))
    return placed
