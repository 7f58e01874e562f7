"""A lens: two curved faces and the bevel that sits in the groove of the rim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import Delaunay

from ar_preview.workshop.eyewear.outline import lens_outline
from ar_preview.workshop.meshkit import Mesh, adaptive_closed
from ar_preview.workshop.meshkit.curves import left_normals

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.workshop.eyewear.detail import Detail
    from ar_preview.workshop.eyewear.style import GlassesStyle
    from ar_preview.workshop.eyewear.surface import FrontSurface
    from ar_preview.workshop.meshkit.mesh import Triangles

__all__ = ["flat_lens", "lens"]

_BEVEL_MM = 0.25


def lens(style: GlassesStyle, surface: FrontSurface, detail: Detail) -> Mesh:
    """Build the wearer's left lens in worn position, mm.

    The apex of its bevel is the outline of the boxing system. Texture coordinates span the box,
    v downwards, so that a tint can be graded.
    """
    flat = flat_lens(lens_outline(style), style.lens_thickness, style.materials.lens.name, detail)
    return flat.mapped(surface.place)


def flat_lens(outline: Array, thickness: float, material: str, detail: Detail) -> Mesh:
    """Build a bevelled lens about the plane z = 0, mm.

    Parameters
    ----------
    outline : ndarray, shape (N, 2)
        Dense, counter-clockwise: the apex of the bevel.
    thickness : float
    material : str
    detail : Detail
    """
    rim = detail.lens_rim
    apex = adaptive_closed(outline, rim.shortest, rim.longest, rim.deviation)
    inward, count = left_normals(apex), len(apex)
    edge = apex + _BEVEL_MM * inward
    face = np.vstack([edge, _inner_points(edge, detail.lens)])
    triangles = _triangulate(face, edge)
    half = 0.5 * thickness
    total = len(face)

    def at(points: Array, height: float) -> Array:
        return np.column_stack([points, np.full(len(points), height)])

    up = np.array([0.0, 0.0, 1.0])
    slope = np.column_stack([-inward * half, np.full(count, _BEVEL_MM)])
    down = slope * [1.0, 1.0, -1.0]
    positions = [at(face, half), at(face, -half)]
    positions += [at(edge, half), at(apex, 0.0), at(apex, 0.0), at(edge, -half)]
    normals = [np.tile(up, (total, 1)), np.tile(-up, (total, 1)), slope, slope, down, down]
    front_bevel = _band(2 * total, 2 * total + count, count)
    back_bevel = _band(2 * total + 2 * count, 2 * total + 3 * count, count)
    flat = np.concatenate(positions)
    low, high = outline.min(axis=0), outline.max(axis=0)
    texture = (flat[:, :2] - 0.5 * (low + high)) / (high - low) * [1.0, -1.0] + 0.5
    return Mesh(
        flat,
        np.concatenate(normals),
        texture,
        np.concatenate([triangles, triangles[:, ::-1] + total, front_bevel, back_bevel]),
        material,
    )


def _band(upper: int, lower: int, count: int) -> Triangles:
    i = np.arange(count)
    j = (i + 1) % count
    return np.concatenate(
        [
            np.stack([upper + i, lower + i, lower + j], axis=1),
            np.stack([upper + i, lower + j, upper + j], axis=1),
        ]
    )


def _inner_points(edge: Array, spacing: float) -> Array:
    """Rows of a triangular lattice inside the outline."""
    low, high = edge.min(axis=0), edge.max(axis=0)
    x, y = np.meshgrid(
        np.arange(low[0], high[0], spacing), np.arange(low[1], high[1], 0.866 * spacing)
    )
    x[1::2] += 0.5 * spacing
    lattice = np.column_stack([x.ravel(), y.ravel()])
    inside = shapely.Polygon(edge).buffer(-0.5 * spacing)
    return np.asarray(lattice[shapely.contains_xy(inside, lattice)])


def _triangulate(points: Array, edge: Array) -> Triangles:
    triangles = np.asarray(Delaunay(points).simplices, dtype=np.int64)
    centres = points[triangles].mean(axis=1)
    triangles = triangles[shapely.contains_xy(shapely.Polygon(edge), centres)]
    a, b, c = (points[triangles[:, k]] for k in range(3))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    triangles[area < 0] = triangles[area < 0][:, ::-1]
    return np.asarray(triangles)
