"""The curved surface onto which the flat front is bent, and its pantoscopic tilt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.workshop.meshkit import rotation_x, smoothstep
from ar_preview.workshop.meshkit.mesh import unit

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.workshop.eyewear.style import GlassesStyle

__all__ = ["FrontSurface"]

DIOPTRE_RADIUS_MM = 530.0
"""Radius times base curve: tool makers' index 1.53, in mm dioptres."""

_BRIDGE_BLEND_MM = 9.0
_BRIDGE_FORWARD_SPREAD_MM = 9.0


class FrontSurface:
    """Maps flat front coordinates (x, y, height) to space, before the tilt.

    Each half is a sphere of radius 530 / base about its lens centre, turned by the face
    form; both are joined by a rounded bridge. Beyond the lenses the surface goes on straight and
    the front's thickness turns to the z axis, so that its outer wall is flush with the temple.

    Parameters
    ----------
    style : GlassesStyle
    """

    def __init__(self, style: GlassesStyle) -> None:
        self.radius = DIOPTRE_RADIUS_MM / style.base_curve
        self.centre = style.lens_centre
        self.slope = float(np.tan(np.radians(style.face_form_degrees)))
        self.forward = style.bridge.forward
        self.straight_from = style.lens_centre + 0.5 * style.lens_width + 0.5
        self.square_from = style.lens_centre + 0.5 * style.lens_width - 2.0
        self.square_at = style.half_width - 1.5
        self.tilt = rotation_x(np.radians(style.pantoscopic_degrees))

    def depth(self, x: Array, y: Array) -> Array:
        """Return z of the reference surface, mm, for coordinates of shape (...)."""
        across = np.abs(x)
        inside = np.minimum(across, self.straight_from)
        z = self._sphere(inside, y)
        step = 1e-3
        slope = (self._sphere(inside, y) - self._sphere(inside - step, y)) / step
        return np.asarray(z + slope * (across - inside))

    def _sphere(self, across: Array, y: Array) -> Array:
        rounded = np.sqrt(across**2 + _BRIDGE_BLEND_MM**2) - self._blend_shift(across)
        r2 = np.minimum((rounded - self.centre) ** 2 + y**2, (0.95 * self.radius) ** 2)
        sag = self.radius - np.sqrt(self.radius**2 - r2)
        bulge = self.forward * np.exp(-((across / _BRIDGE_FORWARD_SPREAD_MM) ** 2))
        return np.asarray(-sag - self.slope * (rounded - self.centre) + bulge)

    def _blend_shift(self, across: Array) -> Array:
        # The rounding of |x| moves points outwards; take it back at the lens centre.
        shift = np.sqrt(self.centre**2 + _BRIDGE_BLEND_MM**2) - self.centre
        return np.asarray(shift * np.clip(across / self.centre, 0.0, 1.0))

    def direction(self, x: Array, y: Array) -> Array:
        """Return the unit direction of the front's thickness, shape (..., 3)."""
        step = 1e-3
        dx = (self.depth(x + step, y) - self.depth(x - step, y)) / (2.0 * step)
        dy = (self.depth(x, y + step) - self.depth(x, y - step)) / (2.0 * step)
        normal = unit(np.stack([-dx, -dy, np.ones_like(dx)], axis=-1))
        square = smoothstep(np.abs(x), self.square_from, self.square_at)[..., None]
        return unit(normal * (1.0 - square) + square * np.array([0.0, 0.0, 1.0]))

    def bend(self, points: Array) -> Array:
        """Map flat points of shape (..., 3) (x, y, height over the surface) to space, mm."""
        x, y, height = points[..., 0], points[..., 1], points[..., 2:]
        base = np.stack([x, y, self.depth(x, y)], axis=-1)
        return np.asarray(base + height * self.direction(x, y))

    def place(self, points: Array) -> Array:
        """Bend flat points and tilt them: the whole way to worn position, mm."""
        return np.asarray(self.bend(points) @ self.tilt.T)
