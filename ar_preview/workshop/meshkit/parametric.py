"""Meshes of parametric surfaces: any function of two parameters, domes, turned parts."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.workshop.meshkit.mesh import Mesh, Triangles, unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.geometry import Array

    Surface = Callable[[Array, Array], Array]

__all__ = ["TEXTURE_TILE_MM", "disc_cap", "dome", "grid_triangles", "parametric", "revolve"]

TEXTURE_TILE_MM = 60.0
"""Patterns repeat after this many millimetres, in every part: one sheet of material."""

_DERIVATIVE_STEP = 1e-5
_POLE_MM = 1e-4


def grid_triangles(rows: int, columns: int, closed: bool) -> Triangles:
    """Triangles of a grid whose normal is d/d(column) x d/d(row), shape (M, 3)."""
    i, j = np.meshgrid(
        np.arange(rows - 1), np.arange(columns if closed else columns - 1), indexing="ij"
    )
    k = (j + 1) % columns
    a, b = i * columns + j, i * columns + k
    c, d = (i + 1) * columns + k, (i + 1) * columns + j
    return np.concatenate(
        [np.stack([a, b, c], axis=-1).reshape(-1, 3), np.stack([a, c, d], axis=-1).reshape(-1, 3)]
    )


def parametric(
    surface: Surface,
    u: Array,
    v: Array,
    material: str,
    *,
    closed: bool = False,
    uv: Callable[[Array, Array, Array], Array] | None = None,
) -> Mesh:
    """Sample a surface on a grid, with normals from its derivatives.

    Parameters
    ----------
    surface : callable
        ``surface(u, v)`` for arrays of equal shape (...) gives points of shape (..., 3), mm;
        outside is where d/dv x d/du points.
    u, v : ndarray
        Increasing parameters of rows and columns. A row of zero size is a pole.
    material : str
    closed : bool
        Whether the last column joins the first.
    uv : callable, optional
        ``uv(points, u, v)`` gives texture coordinates; x and y over the tile by default.
    """
    rows, columns = np.meshgrid(u, v, indexing="ij")
    points = surface(rows, columns)
    inner = np.clip(rows, u[0] + 2 * _DERIVATIVE_STEP, u[-1] - 2 * _DERIVATIVE_STEP)
    du = surface(inner + _DERIVATIVE_STEP, columns) - surface(inner - _DERIVATIVE_STEP, columns)
    dv = surface(inner, columns + _DERIVATIVE_STEP) - surface(inner, columns - _DERIVATIVE_STEP)
    normals = unit(np.cross(unit(dv), unit(du)))
    for row in (0, -1):
        if np.ptp(points[row], axis=0).max() < _POLE_MM:
            normals[row] = unit(normals[row].mean(axis=0))
    texture = uv(points, rows, columns) if uv else points[..., :2] / TEXTURE_TILE_MM
    return Mesh(
        points.reshape(-1, 3),
        normals.reshape(-1, 3),
        texture.reshape(-1, 2),
        grid_triangles(len(u), len(v), closed),
        material,
    )


def disc_cap(ring: Array, normal: Array, uv: Array, material: str) -> Mesh:
    """Close a flat, star-shaped ring by a fan about its centre.

    Parameters
    ----------
    ring : ndarray, shape (N, 3)
    normal : ndarray, shape (3,)
        The side that is outside; the winding follows it.
    uv : ndarray, shape (N, 2)
    material : str
    """
    count = len(ring)
    centre = ring.mean(axis=0)
    index = np.arange(count)
    triangles = np.stack([index, (index + 1) % count, np.full(count, count)], axis=1)
    turning = np.cross(ring - centre, np.roll(ring, -1, axis=0) - centre).sum(axis=0)
    if turning @ normal < 0:
        triangles = triangles[:, ::-1]
    return Mesh(
        np.vstack([ring, centre]),
        np.tile(normal, (count + 1, 1)),
        np.vstack([uv, uv.mean(axis=0)]),
        triangles,
        material,
    )


def dome(
    semi_x: float, semi_y: float, height: float, depth: float, material: str, count: int, rows: int
) -> Mesh:
    """Pill or oval with a domed top, on the plane z = 0 and sunk into it.

    Parameters
    ----------
    semi_x, semi_y : float
        Half sizes, mm; the shorter one rounds the ends.
    height, depth : float
        Above and below z = 0, mm.
    material : str
    count, rows : int
        Columns around (a multiple of 4) and rows of the dome.
    """
    radius = min(semi_x, semi_y)
    straight = np.array([semi_x - radius, semi_y - radius])

    def surface(u: Array, v: Array) -> Array:
        # u: 0 at the foot, 1 at the shoulder, 2 at the apex (superelliptic dome).
        angle = 0.5 * np.pi * np.clip(u - 1.0, 0.0, 1.0)
        shrink = np.cos(angle) ** 0.8
        z = np.where(u < 1.0, -depth * (1.0 - u), height * np.sin(angle))
        x = np.cos(v) * radius + np.sign(np.cos(v)) * straight[0]
        y = np.sin(v) * radius + np.sign(np.sin(v)) * straight[1]
        return np.stack([x * shrink, y * shrink, z], axis=-1)

    u = np.concatenate([[0.0], np.linspace(1.0, 2.0, rows + 1)])
    # Off the axes, where the straight sides begin.
    v = (np.arange(count) + 0.5) * 2.0 * np.pi / count
    return parametric(surface, u, v, material, closed=True)


def revolve(profile: tuple[tuple[float, float], ...], material: str, count: int) -> Mesh:
    """Turn a polyline of (radius, z) about the z axis; its corners stay hard edges.

    Parameters
    ----------
    profile : tuple of (float, float)
        From low to high z on the outside, mm.
    material : str
    count : int
        Columns around.
    """
    angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    positions, normals, triangles = [], [], []
    for k, ((r0, z0), (r1, z1)) in enumerate(itertools.pairwise(profile)):
        slope = unit(np.array([z1 - z0, r0 - r1]))
        for r, z in ((r0, z0), (r1, z1)):
            positions.append(np.column_stack([circle * r, np.full(count, z)]))
            normals.append(np.column_stack([circle * slope[0], np.full(count, slope[1])]))
        triangles.append(grid_triangles(2, count, True) + 2 * k * count)
    points = np.concatenate(positions)
    return Mesh(
        points,
        np.concatenate(normals),
        points[:, :2] / TEXTURE_TILE_MM,
        np.concatenate(triangles),
        material,
    )
