"""Which rectangle of the frame has to be drawn, and the projection that fills it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Camera

__all__ = ["FAR_M", "NEAR_M", "Region", "largest_radius", "projected", "region_of_interest"]

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

    def within(self, outer: Region, size: tuple[int, int]) -> Region:
        """Return it as it lies in a picture of another region, enlarged to whole px.

        Parameters
        ----------
        outer : Region
            Around this one.
        size : tuple of int
            (width, height) of the picture of `outer`, px.
        """
        scale = np.array(size) / (outer.width, outer.height)
        corner = np.array([self.x - outer.x, self.y - outer.y])
        first = np.floor(corner * scale)
        last = np.minimum(np.ceil((corner + [self.width, self.height]) * scale), size)
        (x, y), (right, bottom) = first.astype(int).tolist(), last.astype(int).tolist()
        return Region(x, y, right - x, bottom - y)

    def joined(self, other: Region) -> Region:
        """Return the rectangle around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Region(x, y, right - x, bottom - y)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)


def projected(
    camera: Camera, points_camera: npt.NDArray[np.floating]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Project points in single precision, laid out by coordinate.

    Parameters
    ----------
    camera : Camera
    points_camera : ndarray, shape (3, N)
        Metres.

    Returns
    -------
    place : ndarray, shape (3, N)
        Image px and depth.
    in_front : ndarray, shape (N,), bool
        Whether they lie beyond the near plane; those that do not have no sensible place.
    """
    # Row by row whatever came in: of transposed points a rectangle takes five times as long.
    out = np.array(points_camera, np.float32, order="C")
    depth = out[2]
    in_front = depth > np.float32(NEAR_M)
    out[:2] /= depth if in_front.all() else np.where(in_front, depth, np.float32(1.0))
    if any(camera.distortion):
        slopes = np.ones((out.shape[1], 3))
        slopes[:, :2] = out[:2].T
        out[:2] = camera.project(slopes).T
    else:
        for axis, (focal, centre) in enumerate(((camera.fx, camera.cx), (camera.fy, camera.cy))):
            out[axis] *= np.float32(focal)
            out[axis] += np.float32(centre)
    return out, in_front


def region_of_interest(camera: Camera, points_camera: npt.NDArray[np.floating]) -> Region | None:
    """Bounding rectangle of projected points, clipped to the frame.

    Parameters
    ----------
    camera : Camera
    points_camera : ndarray, shape (3, N)
        Camera space, metres. Where a piece reaches behind the near plane its rectangle cannot
        be bounded by its corners, and the whole frame is drawn.

    Returns
    -------
    Region or None
        None where nothing is in view.
    """
    place, in_front = projected(camera, points_camera)
    if not in_front.any():
        return None
    if not in_front.all():
        return Region(0, 0, camera.width, camera.height)
    low, high = place[:2].min(axis=1), place[:2].max(axis=1)
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
