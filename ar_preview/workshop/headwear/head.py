"""What hats go by: an oval opening of a given girth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import ellipse_of_perimeter
from ar_preview.workshop.meshkit import Mesh, creased

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["ROUND_THE_HEAD", "head_oval", "joined", "oval_ring"]

ROUND_THE_HEAD = 1.26
"""Length of a head over its breadth where hats sit (195 over 152 mm, NASA-STD-3000)."""


def head_oval(girth: float, ratio: float = ROUND_THE_HEAD) -> tuple[float, float]:
    """Return the half-axes across (x) and along (z) of an opening of a girth, mm."""
    return ellipse_of_perimeter(girth, ratio)


def oval_ring(axes: tuple[float, float], angle: Array, y: Array | float) -> Array:
    """Points of an oval at angles from the front over the wearer's left, (..., 3)."""
    x, z = axes[0] * np.sin(angle), axes[1] * np.cos(angle)
    return np.stack([x, np.broadcast_to(np.asarray(y, dtype=np.float64), x.shape), z], axis=-1)


def joined(parts: list[tuple[Array, Array]], material: str, crease_degrees: float = 70.0) -> Mesh:
    """Join grids of points (R, C, 3) and texture coordinates (R, C, 2) that touch.

    Normals are smooth across the joints. Outside is where d/d(column) x d/d(row) points.
    """
    points, uv, triangles, start = [], [], [], 0
    for grid_points, grid_uv in parts:
        rows, columns = grid_points.shape[:2]
        index = start + np.arange(rows * columns).reshape(rows, columns)
        a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
        triangles += [
            np.stack([a, b, c], -1).reshape(-1, 3),
            np.stack([a, c, d], -1).reshape(-1, 3),
        ]
        points.append(grid_points.reshape(-1, 3))
        uv.append(grid_uv.reshape(-1, 2))
        start += rows * columns
    return creased(
        np.concatenate(points),
        np.concatenate(triangles),
        material,
        uv=np.concatenate(uv),
        crease_degrees=crease_degrees,
    )
