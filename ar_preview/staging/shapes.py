"""Simple closed surfaces for what hides products: ellipsoids, elliptic cones and capsules."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["capsules", "tube", "unit_sphere"]

Triangles = npt.NDArray[np.uint32]

_ROUND = (8, 12)
"""Rows and columns of a capsule; rows are even, so that it has straight sides."""


@cache
def _lattice(rows: int, columns: int) -> Triangles:
    """Triangles of a grid of vertices whose last column joins the first, outside counter-clockwise.

    Rows run from top to bottom, columns counter-clockwise seen from above.
    """
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(columns), indexing="ij")
    after = (column + 1) % columns
    a, b = row * columns + column, row * columns + after
    c, d = a + columns, b + columns
    quads = np.stack([np.stack([a, c, d], -1), np.stack([a, d, b], -1)], -2)
    triangles = np.ascontiguousarray(quads.reshape(-1, 3), np.uint32)
    triangles.setflags(write=False)
    return triangles


@cache
def unit_sphere(rows: int = 17, columns: int = 32) -> tuple[Array, Triangles]:
    """Return vertices (N, 3) and triangles (M, 3) of a sphere of radius 1, poles along y."""
    polar = np.linspace(0.0, np.pi, rows)[:, None]
    around = np.linspace(0.0, 2.0 * np.pi, columns, endpoint=False)[None, :]
    vertices = np.stack(
        [
            np.sin(polar) * np.sin(around),
            np.broadcast_to(np.cos(polar), (rows, columns)),
            np.sin(polar) * np.cos(around),
        ],
        axis=-1,
    ).reshape(-1, 3)
    vertices.setflags(write=False)
    return vertices, _lattice(rows, columns)


def tube(
    top: Array,
    base: Array,
    top_radii: Array,
    base_radii: Array,
    columns: int = 32,
    closed: bool = False,
) -> tuple[Array, Triangles]:
    """Return an elliptic cone between two points.

    Parameters
    ----------
    top, base : ndarray, shape (3,)
        Ends of the axis; the sections stand in the x-z plane.
    top_radii, base_radii : ndarray, shape (2,)
        Half-axes along x and z.
    columns : int
        Corners of a section.
    closed : bool
        Whether its ends are closed.
    """
    around = np.linspace(0.0, 2.0 * np.pi, columns, endpoint=False)
    ring = np.stack([np.sin(around), np.zeros(columns), np.cos(around)], axis=-1)
    rows = [
        centre + ring * [radii[0], 0.0, radii[1]]
        for centre, radii in ((top, top_radii), (base, base_radii))
    ]
    if not closed:
        return np.concatenate(rows), _lattice(2, columns)
    return np.concatenate([*rows, [top], [base]]), _closed(columns)


@cache
def _closed(columns: int) -> Triangles:
    a = np.arange(columns)
    b, end = (a + 1) % columns, np.full(columns, 2 * columns)
    lids = [np.column_stack([end, a, b]), np.column_stack([end + 1, b + columns, a + columns])]
    triangles = np.concatenate([_lattice(2, columns), *lids]).astype(np.uint32)
    triangles.setflags(write=False)
    return triangles


@cache
def _capsule() -> tuple[Array, Array, Triangles]:
    """Return unit directions, which end they belong to and the triangles of a capsule along y."""
    sphere, triangles = unit_sphere(*_ROUND)
    upper = (sphere[:, 1] > 0.0).astype(np.float64)
    return sphere, upper, triangles


def capsules(ends: Array, radii: Array) -> tuple[Array, Triangles]:
    """Return vertices and triangles of capsules.

    Parameters
    ----------
    ends : ndarray, shape (N, 2, 3)
    radii : ndarray, shape (N, 2)
    """
    sphere, upper, triangles = _capsule()
    along = ends[:, 1] - ends[:, 0]
    y = along / np.linalg.norm(along, axis=1, keepdims=True)
    helper = np.where(np.abs(y[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    x = np.cross(y, helper)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    axes = np.stack([x, y, np.cross(x, y)], axis=1)
    share = upper[None, :, None]
    centres = (1.0 - share) * ends[:, None, 0] + share * ends[:, None, 1]
    radius = (1.0 - share) * radii[:, None, :1] + share * radii[:, None, 1:]
    vertices = centres + radius * np.einsum("vk,nkc->nvc", sphere, axes)
    starts = len(sphere) * np.arange(len(ends), dtype=np.uint32)
    return vertices.reshape(-1, 3), (triangles[None] + starts[:, None, None]).reshape(-1, 3)
