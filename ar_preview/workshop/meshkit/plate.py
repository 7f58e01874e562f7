"""Plates: a flat outline with holes, given a thickness and a profiled edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.polygon import orient

from ar_preview.workshop.meshkit.curves import adaptive_closed, fair_closed, left_normals
from ar_preview.workshop.meshkit.mesh import Mesh, Triangles, unit
from ar_preview.workshop.meshkit.parametric import TEXTURE_TILE_MM

if TYPE_CHECKING:
    from shapely.geometry import Polygon

    from ar_preview.geometry import Array

__all__ = ["EdgeProfile", "Sampling", "plate"]


@dataclass(frozen=True)
class EdgeProfile:
    """The rounded edge of a plate, as two quarter superellipses.

    Parameters
    ----------
    front_inset, front_depth : float
        Reach of the front fillet in the plane and in depth, mm.
    back_inset, back_depth : float
        The same at the back.
    front_rows, back_rows : int
        Segments of each fillet.
    exponent : float
        2 is elliptic; larger is fuller, with curvature that starts softly.
    """

    front_inset: float
    front_depth: float
    back_inset: float
    back_depth: float
    front_rows: int = 4
    back_rows: int = 2
    exponent: float = 2.0

    def rows(self, thickness: float) -> Array:
        """Rows (inset, height, outward normal, upward normal) from front face to back face."""
        front = _quarter(self.front_inset, self.front_depth, self.front_rows, self.exponent)
        back = _quarter(self.back_inset, self.back_depth, self.back_rows, self.exponent)[::-1]
        back[:, 1] = -thickness - back[:, 1]
        back[:, 3] *= -1.0
        return np.vstack([front, back])


def _quarter(inset: float, depth: float, rows: int, exponent: float) -> Array:
    angle = np.linspace(0.0, 0.5 * np.pi, rows + 1)
    out, up = np.sin(angle) ** (2.0 / exponent), np.cos(angle) ** (2.0 / exponent)
    normal_out = out ** (exponent - 1.0) / inset
    normal_up = up ** (exponent - 1.0) / depth
    normal = unit(np.stack([normal_out, normal_up], axis=1))
    return np.column_stack([inset * (1.0 - out), -depth * (1.0 - up), normal])


@dataclass(frozen=True)
class Sampling:
    """How finely outlines are sampled, mm: spacing bounds, chord error, fairing."""

    shortest: float
    longest: float
    deviation: float
    fairing: float = 0.0


def plate(
    polygon: Polygon,
    thickness: float,
    outer: EdgeProfile,
    inner: EdgeProfile,
    sampling: Sampling,
    material: str,
    *,
    symmetric: bool = False,
) -> Mesh:
    """Build a plate between z = 0 (front) and z = -thickness.

    Parameters
    ----------
    polygon : shapely Polygon
        Its radii must exceed the insets of the profiles.
    thickness : float
        mm.
    outer, inner : EdgeProfile
        Edges of the outline and of the holes.
    sampling : Sampling
    material : str
    symmetric : bool
        The polygon is its own mirror image in x = 0, and so shall be the vertices.

    Raises
    ------
    ValueError
        If an inset outline crosses itself: the profile is too wide for the shape.
    """
    polygon = orient(polygon, 1.0)
    positions: list[Array] = []
    normals: list[Array] = []
    triangles: list[Triangles] = []
    fronts: list[Triangles] = []
    backs: list[Triangles] = []
    start = 0
    curves = _sampled_rings(polygon, sampling, symmetric)
    for index, curve in enumerate(curves):
        rows = (inner if index else outer).rows(thickness)
        inward, count = left_normals(curve), len(curve)
        for inset, height, out, up in rows:
            positions.append(np.column_stack([curve + inset * inward, np.full(count, height)]))
            normals.append(np.column_stack([-out * inward, np.full(count, up)]))
        triangles.append(_strip(len(rows), count) + start)
        fronts.append(np.arange(start, start + count))
        start += len(rows) * count
        backs.append(np.arange(start - count, start))
    points = np.concatenate(positions)
    triangles += [_cap(points, fronts, upwards=True), _cap(points, backs, upwards=False)]
    texture = points[:, :2] + points[:, 2:] * [0.7, 0.45]
    return Mesh(
        points,
        np.concatenate(normals),
        texture / TEXTURE_TILE_MM,
        np.concatenate(triangles),
        material,
    )


def _sampled_rings(polygon: Polygon, sampling: Sampling, symmetric: bool) -> list[Array]:
    rings = [np.asarray(r.coords)[:-1] for r in (polygon.exterior, *polygon.interiors)]
    if symmetric:
        # An even walk from the middle plane meets the same points on both sides.
        middle = np.flatnonzero(np.abs(rings[0][:, 0]) < 1e-9)
        start = middle[np.argmax(rings[0][middle, 1])]
        rings[0] = np.roll(rings[0], -start, axis=0)
        rings = [r for r in rings if r[:, 0].mean() > -1e-6]
    curves = []
    for ring in rings:
        curve = fair_closed(ring, sampling.fairing) if sampling.fairing > 0.0 else ring
        curves.append(
            adaptive_closed(curve, sampling.shortest, sampling.longest, sampling.deviation)
        )
    if symmetric:
        curves += [(c * [-1.0, 1.0])[::-1] for c in curves[1:]]
    return curves


def _strip(rows: int, count: int) -> Triangles:
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(count), indexing="ij")
    k = (j + 1) % count
    a, b = i * count + j, i * count + k
    c, d = (i + 1) * count + k, (i + 1) * count + j
    return np.concatenate(
        [np.stack([a, c, b], axis=-1).reshape(-1, 3), np.stack([a, d, c], axis=-1).reshape(-1, 3)]
    )


def _cap(points: Array, loops: list[Triangles], upwards: bool) -> Triangles:
    rings = [points[loop, :2] for loop in loops]
    face = shapely.Polygon(rings[0], rings[1:])
    if not face.is_valid:
        reason = shapely.is_valid_reason(face)
        raise ValueError(
            f"the edge profile is too wide for the outline ({reason}); "
            "use smaller insets or wider rims"
        )
    at = {tuple(points[k, :2]): k for loop in loops for k in loop}
    corners = shapely.get_coordinates(shapely.constrained_delaunay_triangles(face))
    corners = corners.reshape(-1, 4, 2)[:, :3]
    triangles = np.array([[at[tuple(c)] for c in triangle] for triangle in corners])
    a, b, c = (points[triangles[:, k], :2] for k in range(3))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    wrong = (area > 0) != upwards
    triangles[wrong] = triangles[wrong][:, ::-1]
    return triangles
