"""Rotations in space: the exponential and logarithm of SO(3), and turns between directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry.pixels import Array

__all__ = ["nearest_rotation", "rotation_between", "so3_exp", "so3_log"]

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
