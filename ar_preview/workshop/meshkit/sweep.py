"""Rounded-rectangle sections swept along a curve, with exact normals where they taper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline

from ar_preview.workshop.meshkit.mesh import unit
from ar_preview.workshop.meshkit.parametric import TEXTURE_TILE_MM, parametric

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.geometry import Array
    from ar_preview.workshop.meshkit.mesh import Mesh

__all__ = ["Section", "SweepPath", "section_parameters", "sweep"]

_JOINT = 1e-3


class SweepPath:
    """A space curve by arc length with a steady frame.

    Parameters
    ----------
    points : ndarray, shape (N, 3)
        Dense samples, mm.
    side : ndarray, shape (3,)
        The section's second axis is this direction made perpendicular to the tangent; it
        must nowhere be parallel to the curve.
    """

    def __init__(self, points: Array, side: Array) -> None:
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        self.arc = np.concatenate([[0.0], np.cumsum(steps)])
        self.length = float(self.arc[-1])
        self._spline = CubicSpline(self.arc, points)
        self._tangent = self._spline.derivative()
        self._side = side

    def frame(self, s: Array) -> tuple[Array, Array, Array, Array]:
        """Point, tangent, height axis and side axis at arc lengths of shape (...).

        Each has shape (..., 3); height x side = tangent.
        """
        point = self._spline(s)
        tangent = unit(self._tangent(s))
        side = unit(self._side - (tangent @ self._side)[..., None] * tangent)
        return point, tangent, np.cross(side, tangent), side


@dataclass(frozen=True)
class Section:
    """A rounded rectangle that changes along the path.

    Parameters
    ----------
    height, thickness, radius : callable
        mm at arc lengths of shape (...): size along the height and side axes and corner
        radius, which is limited to what fits.
    """

    height: Callable[[Array], Array]
    thickness: Callable[[Array], Array]
    radius: Callable[[Array], Array]

    def points(self, s: Array, v: Array) -> tuple[Array, Array]:
        """Coordinates along the height and side axes; v runs over [0, 4), a corner each."""
        half_h, half_t = 0.5 * self.height(s), 0.5 * self.thickness(s)
        r = np.minimum(self.radius(s), 0.999 * np.minimum(half_h, half_t))
        corner = np.floor(np.mod(v, 4.0))
        angle = 0.5 * np.pi * np.mod(v, 4.0)
        sign_h = np.where((corner == 0) | (corner == 3), 1.0, -1.0)
        sign_t = np.where(corner < 2, 1.0, -1.0)
        return (
            sign_h * (half_h - r) + r * np.cos(angle),
            sign_t * (half_t - r) + r * np.sin(angle),
        )


def section_parameters(per_corner: int) -> Array:
    """Parameters of a section's points, `per_corner` + 1 on each corner."""
    within = np.linspace(_JOINT, 1.0 - _JOINT, per_corner + 1)
    return np.concatenate([corner + within for corner in range(4)])


def sweep(
    path: SweepPath, section: Section, stations: Array, per_corner: int, material: str
) -> Mesh:
    """Sweep a section along a path; the ends stay open unless the section closes them.

    Parameters
    ----------
    path : SweepPath
    section : Section
    stations : ndarray
        Arc lengths of the rings, mm.
    per_corner : int
        Segments on each rounded corner.
    material : str
    """

    def surface(s: Array, v: Array) -> Array:
        point, _, height_axis, side_axis = path.frame(s)
        a, b = section.points(s, v)
        return np.asarray(point + a[..., None] * height_axis + b[..., None] * side_axis)

    def texture(points: Array, s: Array, v: Array) -> Array:
        # Sheared, so that neither the narrow nor the wide side shows streaks.
        a, b = section.points(s, v)
        return np.stack([s + 0.5 * b, a + 0.6 * b], axis=-1) / TEXTURE_TILE_MM

    return parametric(
        surface, stations, section_parameters(per_corner), material, closed=True, uv=texture
    )
