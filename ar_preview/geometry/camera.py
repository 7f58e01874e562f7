"""The pinhole camera with lens distortion: from metres to pixels and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry.pixels import OPENCV_PIXEL_OFFSET, Array, ImageSize

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["DEFAULT_FOV_DEGREES", "OPENGL_FROM_OPENCV", "Camera", "assumed_fov_degrees", "is_cut"]

DEFAULT_FOV_DEGREES = 70.0
"""Field of view across the longer side that is assumed when nothing better is known."""

_NEARLY_SQUARE = 1.2
"""No camera takes pictures whose sides differ by less: they were cut out of larger ones."""

_CUT_HALF_TANGENT = 9.0 / 16.0 * float(np.tan(0.5 * np.radians(DEFAULT_FOV_DEGREES)))
"""Of half of the field of view across the shorter side of a 16:9 picture, which is what is left: 43
degrees. Taken for whole ones, faces in ten square clips and photos came out 1.06 to 1.31 times as
wide for their height as the canonical one (median 1.2), so cut .98 to 1.15; others .97 to 1.0."""

OPENGL_FROM_OPENCV: Array = np.diag([1.0, -1.0, -1.0])
"""Rotation that turns OpenCV camera axes into OpenGL view axes (x right, y up, z back)."""

_MIN_DEPTH_M = 1e-6
_NEWTON_STEPS = 12


def assumed_fov_degrees(size: tuple[float, float]) -> float:
    """Return the field of view across the longer side that is assumed of an unknown camera.

    Parameters
    ----------
    size : tuple of float
        Width and height of the picture, any unit.
    """
    if not is_cut(size):
        return DEFAULT_FOV_DEGREES
    return float(np.degrees(2.0 * np.arctan(max(size) / min(size) * _CUT_HALF_TANGENT)))


def is_cut(size: tuple[float, float]) -> bool:
    """Whether a picture of this width and height must be a part of a larger one."""
    return max(size) < _NEARLY_SQUARE * min(size)


@dataclass(frozen=True)
class Camera:
    """A pinhole camera with optional lens distortion.

    Parameters
    ----------
    width, height : int
        Image size in px.
    fx, fy : float
        Focal lengths in px.
    cx, cy : float
        Principal point in px; the origin is the corner of the first pixel.
    distortion : sequence of float
        Brown-Conrady ``(k1, k2, p1, p2, k3)`` as in OpenCV's calib3d; empty for none.
    assumed : bool
        Whether the focal length is only a guess, because nothing is known of the camera.

    Raises
    ------
    ValueError
        If the size or focal lengths are not positive and finite.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, ...] = ()
    assumed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "distortion", tuple(map(float, self.distortion)))
        if self.width < 1 or self.height < 1:
            raise ValueError(f"expected a positive image size, got {self.width}x{self.height}")
        numbers = (self.fx, self.fy, self.cx, self.cy, *self.distortion)
        if not np.isfinite(numbers).all() or self.fx <= 0 or self.fy <= 0:
            raise ValueError(f"expected finite, positive focal lengths, got {numbers}")
        if len(self.distortion) not in {0, 5}:
            raise ValueError(f"expected 0 or 5 distortion values, got {len(self.distortion)}")

    @classmethod
    def from_fov(cls, size: ImageSize, fov_degrees: float | None = None) -> Camera:
        """Build a camera from its field of view, principal point in the middle.

        Parameters
        ----------
        size : ImageSize
        fov_degrees : float, optional
            Degrees across the longer side, in (1, 179); by default `assumed_fov_degrees`.
        """
        assumed = fov_degrees is None
        if fov_degrees is None:
            fov_degrees = assumed_fov_degrees(size)
        if not 1.0 < fov_degrees < 179.0:
            raise ValueError(f"expected a field of view between 1 and 179 degrees: {fov_degrees}")
        focal = 0.5 * max(size) / float(np.tan(0.5 * np.radians(fov_degrees)))
        centre = 0.5 * size[0], 0.5 * size[1]
        return cls(size[0], size[1], focal, focal, *centre, assumed=assumed)

    @property
    def matrix(self) -> Array:
        """The (3, 3) intrinsic matrix for image coordinates (pixel centres at +0.5)."""
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])

    @property
    def opencv_matrix(self) -> Array:
        """The (3, 3) intrinsic matrix for OpenCV pixels (centres at integers)."""
        m = self.matrix
        m[:2, 2] -= OPENCV_PIXEL_OFFSET
        return m

    @property
    def fov_degrees(self) -> float:
        """Field of view across the longer side, degrees."""
        length, focal = max((self.width, self.fx), (self.height, self.fy))
        return float(np.degrees(2.0 * np.arctan(0.5 * length / focal)))

    def resized(self, size: ImageSize) -> Camera:
        """Return the same camera for the picture scaled to another size."""
        sx, sy = size[0] / self.width, size[1] / self.height
        return Camera(
            size[0],
            size[1],
            self.fx * sx,
            self.fy * sy,
            self.cx * sx,
            self.cy * sy,
            self.distortion,
            self.assumed,
        )

    def zoomed(self, factor: float) -> Camera:
        """Return the camera with focal lengths that are longer by a factor."""
        return replace(self, fx=self.fx * factor, fy=self.fy * factor)

    def cropped(self, x: int, y: int, width: int, height: int) -> Camera:
        """Return the camera of a rectangle cut out of the picture (px)."""
        return replace(self, width=width, height=height, cx=self.cx - x, cy=self.cy - y)

    def project(self, points_camera: npt.ArrayLike) -> Array:
        """Project points to the image.

        Parameters
        ----------
        points_camera : array_like, shape (..., 3)
            Metres. Points at or behind the camera give NaN.

        Returns
        -------
        ndarray, shape (..., 2)
            Image coordinates in px.
        """
        p = np.asarray(points_camera, dtype=np.float64)
        z = p[..., 2]
        ahead = z > _MIN_DEPTH_M
        if not ahead.all():
            z = np.where(ahead, z, np.nan)
        # One component after the other: NumPy is slow at broadcasting over a last axis of two.
        q = np.empty((*p.shape[:-1], 2))
        q[..., 0], q[..., 1] = p[..., 0] / z, p[..., 1] / z
        q = self._distorted(q)
        q[..., 0] = q[..., 0] * self.fx + self.cx
        q[..., 1] = q[..., 1] * self.fy + self.cy
        return q

    def unproject(self, points_image: npt.ArrayLike, depth: npt.ArrayLike = 1.0) -> Array:
        """Lift image points to a depth along the optical axis.

        Parameters
        ----------
        points_image : array_like, shape (..., 2)
            px.
        depth : array_like, shape (...) or scalar
            z in metres.

        Returns
        -------
        ndarray, shape (..., 3)
            Points in camera space, metres.
        """
        q = np.array(points_image, dtype=np.float64)
        q[..., 0] = (q[..., 0] - self.cx) / self.fx
        q[..., 1] = (q[..., 1] - self.cy) / self.fy
        q = self._undistorted(q)
        points = np.empty((*q.shape[:-1], 3))
        points[..., 2] = depth
        points[..., 0], points[..., 1] = q[..., 0] * points[..., 2], q[..., 1] * points[..., 2]
        return points

    def _distorted(self, q: Array) -> Array:
        if not any(self.distortion):
            return q
        k1, k2, p1, p2, k3 = self.distortion
        x, y = q[..., 0], q[..., 1]
        r2 = x * x + y * y
        radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
        return np.stack(
            [
                x * radial + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x),
                y * radial + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y,
            ],
            axis=-1,
        )

    def _undistorted(self, q: Array) -> Array:
        """Invert the distortion by Newton's method.

        The usual fixed-point iteration diverges where the lens stretches the picture more than
        twofold; Newton reaches machine precision wherever the lens model does not fold.
        """
        if not any(self.distortion):
            return q
        k1, k2, p1, p2, k3 = self.distortion
        guess = q.copy()
        for _ in range(_NEWTON_STEPS):
            x, y = guess[..., 0], guess[..., 1]
            r2 = x * x + y * y
            radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
            slope = 2.0 * (k1 + r2 * (2.0 * k2 + r2 * 3.0 * k3))
            # The Jacobian is symmetric: ((a, b), (b, d)).
            a = radial + x * x * slope + 2.0 * p1 * y + 6.0 * p2 * x
            b = x * y * slope + 2.0 * p1 * x + 2.0 * p2 * y
            d = radial + y * y * slope + 6.0 * p1 * y + 2.0 * p2 * x
            error = self._distorted(guess) - q
            u, v = error[..., 0], error[..., 1]
            step = np.stack([d * u - b * v, a * v - b * u], axis=-1)
            guess = guess - step / (a * d - b * b)[..., None]
        return guess
