"""Rigid transforms, cameras and the conversions between conventions (numpy only).

Spaces and axes are those of ARCHITECTURE.md: images in pixels with the origin at the corner
of the first pixel (pixel centres at +0.5), cameras with OpenCV axes (x right, y down,
z forward) in metres. A transform is named ``target_from_source``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DEFAULT_FOV_DEGREES",
    "OPENCV_PIXEL_OFFSET",
    "OPENGL_FROM_OPENCV",
    "Array",
    "Camera",
    "ImageSize",
    "RigidTransform",
    "as_points",
    "image_from_opencv",
    "opencv_from_image",
    "rotation_between",
    "so3_exp",
    "so3_log",
]

Array = npt.NDArray[np.float64]

DEFAULT_FOV_DEGREES = 70.0
"""Field of view across the longer side that is assumed when nothing better is known."""

OPENCV_PIXEL_OFFSET = 0.5
"""OpenCV puts pixel centres at integers, ar_preview at +0.5 (DESIGN: conventions)."""

OPENGL_FROM_OPENCV: Array = np.diag([1.0, -1.0, -1.0])
"""Rotation that turns OpenCV camera axes into OpenGL view axes (x right, y up, z back)."""

_SMALL_ANGLE = 1e-7
_MIN_DEPTH_M = 1e-6


class ImageSize(NamedTuple):
    """Width and height in px, in this order."""

    width: int
    height: int


def image_from_opencv(points: npt.ArrayLike) -> Array:
    """Turn OpenCV pixel coordinates (centres at integers) into image coordinates.

    Parameters
    ----------
    points : array_like, shape (..., 2)
        OpenCV pixels.

    Returns
    -------
    ndarray, shape (..., 2)
        Image coordinates in px.
    """
    return np.asarray(points, dtype=np.float64) + OPENCV_PIXEL_OFFSET


def opencv_from_image(points_image: npt.ArrayLike) -> Array:
    """Turn image coordinates into OpenCV pixel coordinates (centres at integers).

    Parameters
    ----------
    points_image : array_like, shape (..., 2)
        Image coordinates in px.

    Returns
    -------
    ndarray, shape (..., 2)
        OpenCV pixels.
    """
    return np.asarray(points_image, dtype=np.float64) - OPENCV_PIXEL_OFFSET


def so3_exp(rotation_vector: npt.ArrayLike) -> Array:
    """Rotation matrix of a rotation vector (Rodrigues' formula).

    Parameters
    ----------
    rotation_vector : array_like, shape (3,)
        Axis times angle in radians.

    Returns
    -------
    ndarray, shape (3, 3)
    """
    w = np.asarray(rotation_vector, dtype=np.float64)
    angle = float(np.linalg.norm(w))
    k = np.array([[0.0, -w[2], w[1]], [w[2], 0.0, -w[0]], [-w[1], w[0], 0.0]])
    if angle < _SMALL_ANGLE:
        return np.asarray(np.eye(3) + k + 0.5 * k @ k)
    a = np.sin(angle) / angle
    b = (1.0 - np.cos(angle)) / angle**2
    return np.asarray(np.eye(3) + a * k + b * (k @ k))


def so3_log(rotation: npt.ArrayLike) -> Array:
    """Rotation vector of a rotation matrix; stable near 0 and near pi.

    Parameters
    ----------
    rotation : array_like, shape (3, 3)

    Returns
    -------
    ndarray, shape (3,)
        Axis times angle in radians, angle in [0, pi].
    """
    r = np.asarray(rotation, dtype=np.float64)
    # By way of the unit quaternion (Shepperd's largest component): well conditioned everywhere.
    q = np.empty(4)
    trace = np.trace(r)
    i = int(np.argmax([trace, r[0, 0], r[1, 1], r[2, 2]]))
    if i == 0:
        q[0] = 1.0 + trace
        q[1:] = r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]
    else:
        a = i - 1
        b, c = (a + 1) % 3, (a + 2) % 3
        q[1 + a] = 1.0 + r[a, a] - r[b, b] - r[c, c]
        q[1 + b] = r[a, b] + r[b, a]
        q[1 + c] = r[a, c] + r[c, a]
        q[0] = r[c, b] - r[b, c]
    q /= np.linalg.norm(q)
    if q[0] < 0:
        q = -q
    sine = float(np.linalg.norm(q[1:]))
    if sine < _SMALL_ANGLE:
        return np.asarray(2.0 * q[1:])
    return np.asarray(2.0 * np.arctan2(sine, q[0]) / sine * q[1:])


def rotation_between(source: npt.ArrayLike, target: npt.ArrayLike) -> Array:
    """Shortest rotation that turns one direction into another.

    Parameters
    ----------
    source, target : array_like, shape (3,)
        Directions, not necessarily unit.

    Returns
    -------
    ndarray, shape (3, 3)
    """
    a = np.asarray(source, dtype=np.float64)
    b = np.asarray(target, dtype=np.float64)
    a = a / np.linalg.norm(a)
    b = b / np.linalg.norm(b)
    axis = np.cross(a, b)
    sine, cosine = float(np.linalg.norm(axis)), float(a @ b)
    if sine < _SMALL_ANGLE:
        if cosine > 0:
            return np.eye(3)
        axis = np.cross(a, np.eye(3)[int(np.argmin(np.abs(a)))])
        return so3_exp(np.pi * axis / np.linalg.norm(axis))
    return so3_exp(axis / sine * np.arctan2(sine, cosine))


def _orthonormal(rotation: Array) -> Array:
    u, _, vt = np.linalg.svd(rotation)
    return np.asarray(u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt)


@dataclass(frozen=True, eq=False)
class RigidTransform:
    """A rotation and a translation, ``p_target = rotation @ p_source + translation``.

    Parameters
    ----------
    rotation : array_like, shape (3, 3)
        Proper rotation matrix; small numerical drift (1e-3) is repaired.
    translation : array_like, shape (3,)
        Metres.

    Raises
    ------
    ValueError
        If a value is not finite or the matrix is not a proper rotation.
    """

    rotation: Array = field(default_factory=lambda: np.eye(3))
    translation: Array = field(default_factory=lambda: np.zeros(3))

    def __post_init__(self) -> None:
        rotation = np.array(self.rotation, dtype=np.float64)
        translation = np.array(self.translation, dtype=np.float64)
        if rotation.shape != (3, 3) or translation.shape != (3,):
            raise ValueError(
                f"expected a (3, 3) rotation and a (3,) translation, got shapes "
                f"{rotation.shape} and {translation.shape}"
            )
        if not (np.isfinite(rotation).all() and np.isfinite(translation).all()):
            raise ValueError("a rigid transform needs finite numbers")
        error = np.abs(rotation @ rotation.T - np.eye(3)).max()
        if error > 1e-3 or np.linalg.det(rotation) < 0:
            raise ValueError(f"expected a proper rotation, got {rotation.tolist()}")
        if error > 1e-12:
            rotation = _orthonormal(rotation)
        rotation.setflags(write=False)
        translation.setflags(write=False)
        object.__setattr__(self, "rotation", rotation)
        object.__setattr__(self, "translation", translation)

    @classmethod
    def identity(cls) -> RigidTransform:
        """Return the transform that changes nothing."""
        return cls()

    @classmethod
    def from_matrix(cls, matrix: npt.ArrayLike) -> RigidTransform:
        """Build from a homogeneous matrix.

        Parameters
        ----------
        matrix : array_like, shape (4, 4) or (3, 4)
        """
        m = np.asarray(matrix, dtype=np.float64)
        if m.shape not in {(4, 4), (3, 4)}:
            raise ValueError(f"expected a (4, 4) or (3, 4) matrix, got {m.shape}")
        return cls(m[:3, :3], m[:3, 3])

    @classmethod
    def from_rotation_vector(
        cls, rotation_vector: npt.ArrayLike, translation: npt.ArrayLike = (0.0, 0.0, 0.0)
    ) -> RigidTransform:
        """Build from axis times angle (radians) and a translation in metres."""
        return cls(so3_exp(rotation_vector), np.asarray(translation, dtype=np.float64))

    @property
    def matrix(self) -> Array:
        """The (4, 4) homogeneous matrix."""
        m = np.eye(4)
        m[:3, :3] = self.rotation
        m[:3, 3] = self.translation
        return m

    @property
    def rotation_vector(self) -> Array:
        """Axis times angle, (3,), radians."""
        return so3_log(self.rotation)

    def inverse(self) -> RigidTransform:
        """Return ``source_from_target``."""
        return RigidTransform(self.rotation.T, -self.rotation.T @ self.translation)

    @overload
    def __matmul__(self, other: RigidTransform) -> RigidTransform: ...
    @overload
    def __matmul__(self, other: npt.NDArray[Any]) -> Array: ...
    def __matmul__(self, other: RigidTransform | npt.NDArray[Any]) -> RigidTransform | Array:
        """Compose with a transform, or apply to points of shape (..., 3)."""
        if isinstance(other, RigidTransform):
            return RigidTransform(
                self.rotation @ other.rotation,
                self.rotation @ other.translation + self.translation,
            )
        points = np.asarray(other, dtype=np.float64)
        return np.asarray(points @ self.rotation.T + self.translation)

    def interpolated(self, other: RigidTransform, fraction: float) -> RigidTransform:
        """Move a fraction of the way to another transform, on SO(3) and in space.

        Parameters
        ----------
        other : RigidTransform
        fraction : float
            0 gives this transform, 1 the other.
        """
        step = so3_log(self.rotation.T @ other.rotation)
        return RigidTransform(
            self.rotation @ so3_exp(fraction * step),
            self.translation + fraction * (other.translation - self.translation),
        )


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

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"expected a positive image size, got {self.width}x{self.height}")
        numbers = (self.fx, self.fy, self.cx, self.cy, *self.distortion)
        if not np.isfinite(numbers).all() or self.fx <= 0 or self.fy <= 0:
            raise ValueError(f"expected finite, positive focal lengths, got {numbers}")
        if len(self.distortion) not in {0, 5}:
            raise ValueError(f"expected 0 or 5 distortion values, got {len(self.distortion)}")

    @classmethod
    def from_fov(cls, size: ImageSize, fov_degrees: float = DEFAULT_FOV_DEGREES) -> Camera:
        """Build a camera from its field of view, principal point in the middle.

        Parameters
        ----------
        size : ImageSize
        fov_degrees : float
            Degrees across the longer side, in (1, 179).
        """
        if not 1.0 < fov_degrees < 179.0:
            raise ValueError(f"expected a field of view between 1 and 179 degrees: {fov_degrees}")
        focal = 0.5 * max(size) / float(np.tan(0.5 * np.radians(fov_degrees)))
        return cls(size[0], size[1], focal, focal, 0.5 * size[0], 0.5 * size[1])

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
        )

    def cropped(self, x: int, y: int, width: int, height: int) -> Camera:
        """Return the camera of a rectangle cut out of the picture (px)."""
        return Camera(
            width, height, self.fx, self.fy, self.cx - x, self.cy - y, tuple(self.distortion)
        )

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
        z = np.where(p[..., 2:] > _MIN_DEPTH_M, p[..., 2:], np.nan)
        normalised = self._distorted(p[..., :2] / z)
        return np.asarray(normalised * [self.fx, self.fy] + [self.cx, self.cy])

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
        q = np.asarray(points_image, dtype=np.float64)
        normalised = self._undistorted((q - [self.cx, self.cy]) / [self.fx, self.fy])
        z = np.broadcast_to(np.asarray(depth, dtype=np.float64), q.shape[:-1])[..., None]
        return np.concatenate([normalised * z, z], axis=-1)

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

    def _undistorted(self, q: Array, iterations: int = 20) -> Array:
        """Invert the distortion by fixed-point iteration, as OpenCV's undistortPoints does."""
        if not any(self.distortion):
            return q
        guess = q.copy()
        for _ in range(iterations):
            guess = guess + (q - self._distorted(guess))
        return guess


def as_points(values: Sequence[Sequence[float]] | npt.ArrayLike, dimension: int = 3) -> Array:
    """Return finite float64 points of shape (N, dimension).

    Raises
    ------
    ValueError
        If the shape is another one or a number is not finite.
    """
    points = np.ascontiguousarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != dimension:
        raise ValueError(f"expected points of shape (N, {dimension}), got {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("points must be finite")
    return points
