"""Rotations in space: the exponential and logarithm of SO(3), and turns between directions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry.pixels import Array

__all__ = ["nearest_rotation", "orthonormality", "rotation_between", "so3_exp", "so3_log"]

_SMALL_ANGLE = 1e-7


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
    # Plain floats: for nine numbers they are many times faster than array operations.
    x, y, z = np.asarray(rotation_vector, dtype=np.float64).tolist()
    angle = math.sqrt(x * x + y * y + z * z)
    if angle < _SMALL_ANGLE:
        a, b = 1.0, 0.5
    else:
        a, b = math.sin(angle) / angle, (1.0 - math.cos(angle)) / angle**2
    return np.array(
        [
            [1.0 - b * (y * y + z * z), b * x * y - a * z, b * x * z + a * y],
            [b * x * y + a * z, 1.0 - b * (x * x + z * z), b * y * z - a * x],
            [b * x * z - a * y, b * y * z + a * x, 1.0 - b * (x * x + y * y)],
        ]
    )


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
    r = np.asarray(rotation, dtype=np.float64).tolist()
    # By way of the unit quaternion (Shepperd's largest component): well conditioned everywhere.
    trace = r[0][0] + r[1][1] + r[2][2]
    if trace >= max(r[0][0], r[1][1], r[2][2]):
        w = 1.0 + trace
        v = [r[2][1] - r[1][2], r[0][2] - r[2][0], r[1][0] - r[0][1]]
    else:
        a = max(range(3), key=lambda k: r[k][k])
        b, c = (a + 1) % 3, (a + 2) % 3
        w = r[c][b] - r[b][c]
        v = [0.0, 0.0, 0.0]
        v[a] = 1.0 + 2.0 * r[a][a] - trace
        v[b] = r[a][b] + r[b][a]
        v[c] = r[c][a] + r[a][c]
    length = math.copysign(math.hypot(w, *v), w)
    cosine, sine = w / length, math.hypot(*v) / abs(length)
    factor = 2.0 if sine < _SMALL_ANGLE else 2.0 * math.atan2(sine, cosine) / sine
    return np.array(v) * (factor / length)


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


def nearest_rotation(matrix: npt.ArrayLike) -> Array:
    """Return the rotation closest to a matrix in the Frobenius norm (Kabsch).

    Parameters
    ----------
    matrix : array_like, shape (3, 3)

    Returns
    -------
    ndarray, shape (3, 3)
    """
    u, _, vt = np.linalg.svd(np.asarray(matrix, dtype=np.float64))
    return np.asarray(u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt)


def orthonormality(matrix: Array) -> tuple[float, float]:
    """Return the largest error of ``R R^T`` against the identity, and the determinant.

    Parameters
    ----------
    matrix : ndarray, shape (3, 3)
        Of finite numbers.
    """
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    errors = (
        a * a + b * b + c * c - 1.0,
        d * d + e * e + f * f - 1.0,
        g * g + h * h + i * i - 1.0,
        a * d + b * e + c * f,
        a * g + b * h + c * i,
        d * g + e * h + f * i,
    )
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return max(map(abs, errors)), determinant
