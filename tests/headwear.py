"""Simple hats, earrings and chains of known size, for tests of what is worn on a head."""

from __future__ import annotations

import numpy as np

from ar_preview.geometry import Array
from ar_preview.products.product import Material, Node, Primitive, Product, Slot

Mesh = tuple[Array, Array]


def grid_mesh(points: Array) -> Mesh:
    """Vertices and triangles of a (U, V, 3) grid that closes in U."""
    u, v = points.shape[:2]
    index = np.arange(u * v).reshape(u, v)
    after = np.roll(index, -1, axis=0)
    a, b, c, d = index[:, :-1], after[:, :-1], after[:, 1:], index[:, 1:]
    triangles = np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)])
    return points.reshape(-1, 3), triangles.reshape(-1, 3)


def bowl(across: float = 0.078, along: float = 0.098, height: float = 0.12) -> Mesh:
    """A cap's crown: half of an ellipsoid over its opening."""
    around = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)[:, None]
    rise = np.linspace(0.0, 0.5 * np.pi, 24)[None, :]
    # Nearly upright at the hem, as hats are.
    out, up = np.cos(rise) ** 0.5, np.sin(rise)
    x, z = across * np.sin(around) * out, along * np.cos(around) * out
    return grid_mesh(np.stack([x, np.broadcast_to(height * up, x.shape), z], axis=-1))


def peak(along: float = 0.098, length: float = 0.07) -> Mesh:
    """A flat peak in front of a bowl."""
    corners = [[-0.04, 0.0], [0.04, 0.0], [0.03, length], [-0.03, length]]
    points = np.array([[x, 0.001, along + z] for x, z in corners])
    return points, np.array([[0, 2, 1], [0, 3, 2]])


def drop(length: float = 0.04, width: float = 0.006) -> Mesh:
    """An earring that hangs below its origin, a little to the left."""
    around = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)[:, None]
    down = np.linspace(0.0, 1.0, 9)[None, :]
    radius = 0.5 * width * (0.1 + down)
    x = 0.001 + radius * np.sin(around)
    z = radius * np.cos(around)
    return grid_mesh(np.stack([x, np.broadcast_to(-length * down, x.shape), z], axis=-1))


def chain(across: float = 0.062, along: float = 0.06, fall: float = 0.1) -> Mesh:
    """A necklace: its back at height 0, its front lower."""
    around = np.linspace(0.0, 2.0 * np.pi, 90, endpoint=False)
    line = np.stack(
        [
            across * np.sin(around),
            -fall * 0.5 * (1.0 + np.cos(around)),
            along * np.cos(around),
        ],
        axis=-1,
    )
    ring = 0.001 * np.array([[0, 1, 0], [1, 0, 1], [0, -1, 0], [-1, 0, -1], [0, 1, 0]])
    return grid_mesh(line[:, None] + ring[None])


def worn(slot: Slot, *meshes: Mesh, names: tuple[str, ...] = (), **about: object) -> Product:
    """A product of matte parts."""
    nodes = []
    for i, (vertices, triangles) in enumerate(meshes):
        positions = vertices.astype(np.float32)
        primitive = Primitive(
            positions,
            np.tile(np.array([0.0, 1.0, 0.0], np.float32), (len(positions), 1)),
            np.zeros((len(positions), 2), np.float32),
            triangles.astype(np.uint32),
            "cloth",
        )
        name = names[i] if i < len(names) else f"part_{i}"
        nodes.append(Node(name, None, np.eye(4), (primitive,)))
    cloth = Material("cloth", (0.2, 0.3, 0.5, 1.0), metallic=0.0, roughness=0.9)
    return Product(slot, slot, slot, tuple(nodes), {"cloth": cloth}, **about)  # type: ignore[arg-type]
