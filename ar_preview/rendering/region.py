"""Which rectangle of the frame has to be drawn, and the projection that fills it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera

__all__ = ["FAR_M", "NEAR_M", "Region", "largest_radius", "region_of_interest"]

NEAR_M = 0.01
FAR_M = 50.0
_MARGIN_PX = 2
"""Room for the antialiased rim."""


@dataclass(frozen=True)
class Region:
    """A rectangle of the frame in whole px."""

    x: int
    y: int
    width: int
    height: int


def region_of_interest(camera: Camera, points_camera: Array) -> Region | None:
    """Bounding rectangle of projected points, clipped to the frame.

    Parameters
    ----------
    camera : Camera
    points_camera : ndarray, shape (N, 3)
        Camera space, metres. Where a piece reaches behind the near plane its rectangle cannot
        be bounded by its corners, and the whole frame is drawn.

    Returns
    -------
    Region or None
        None where nothing is in view.
    """
    in_front = points_camera[:, 2] > NEAR_M
    if not in_front.any():
        return None
    if not in_front.all():
        return Region(0, 0, camera.width, camera.height)
    projected = camera.project(points_camera)
    low, high = projected.min(axis=0), projected.max(axis=0)
    # Compared as floats first: a wild point must not overflow an integer.
    size = np.array([camera.width, camera.height], dtype=np.float64)
    first = np.clip(np.floor(low) - _MARGIN_PX, 0.0, size)
    last = np.clip(np.ceil(high) + _MARGIN_PX, 0.0, size)
    if not (last > first).all() or (high < 0.0).any() or (low > size).any():
        return None
    x, y = int(first[0]), int(first[1])
    return Region(x, y, int(last[0]) - x, int(last[1]) - y)


def largest_radius(camera: Camera) -> float:
    """Squared normalised radius up to which the lens distortion grows monotonically.

    Beyond it Brown-Conrady folds the picture back onto itself; the renderer keeps the factor
    of that radius there, which is far outside the frame for a real lens.
    """
    if not any(camera.distortion):
        return float("inf")
    k1, k2, _, _, k3 = camera.distortion
    # d/dr of r (1 + k1 r^2 + k2 r^4 + k3 r^6) = 0, a cubic in r^2.
    roots = np.roots([7.0 * k3, 5.0 * k2, 3.0 * k1, 1.0])
    real = roots.real[(np.abs(roots.imag) < 1e-9) & (roots.real > 0.0)]
    return float(real.min()) if real.size else float("inf")
