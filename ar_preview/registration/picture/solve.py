"""The pose that best explains matched features: robust, weighted Gauss-Newton."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, so3_exp, so3_log
from ar_preview.registration.picture.motion import (
    FIELD_DIRECTIONS,
    FIELDS,
    SkinMotion,
    rest_precision,
    skin_fields,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera

__all__ = ["PoseSolution", "median", "pinhole", "pose_jacobian", "solve_pose"]

_STEPS, _TOLERANCE = 6, 5e-5
_LENGTHENED = 1.5
"""Of every step but the first: reweighted ones go about half of the way that is left."""

_LEAST_SCALE, _MOST_SCALE = 0.3, 4.0
"""Beyond the upper limit more than half of the skin moves: then those that agree decide."""

_MAD_TO_SD_2D = 1.0 / 1.18
"""Median length of a 2D residual of unit variance is 1.18 (Rayleigh)."""

_TUNING = 2.0
_AGREES = 4.0
_NEAR = 2e-3
"""Radians and metres within which the derivatives hold: what bends over them is below .01 px."""

_UNKNOWNS = 6 + len(FIELDS)
_DAMPING = 1e-6 * np.eye(_UNKNOWNS)
_LEAN_SD = np.radians(1.0)
"""Landmarks lean by 1-2.5 degrees (deviations on the truth clips), and a feature's error is much
that of its neighbours: so the pose is held closer to them than one feature's error would."""


@dataclass(frozen=True, eq=False)
class PoseSolution:
    """A pose and how well it is known.

    Parameters
    ----------
    camera_from_head : RigidTransform
    weights : ndarray, shape (N,)
        0 to 1, small for features that do not go along.
    errors : ndarray, shape (N,)
        Whitened residuals, divided by `scale`.
    scale : float
        Of the whitened residuals, as far as the weights follow it.
    spread : float
        What the whitened residuals really spread by, 1 if noise is as expected.
    information : ndarray, shape (6, 6)
        Inverse covariance of the pose: rotation about the head's origin (camera axes,
        radians), then translation (metres); whatever the skin does.
    skin : SkinMotion
    """

    camera_from_head: RigidTransform
    weights: Array
    errors: Array
    scale: float
    spread: float
    information: Array
    skin: SkinMotion

    @property
    def agreeing(self) -> npt.NDArray[np.bool_]:
        """Which features go along, whatever the others do."""
        return np.asarray(self.errors * self.scale < _AGREES)


def solve_pose(
    points_head: Array,
    points_image: Array,
    whitening: Array,
    camera: Camera,
    start: RigidTransform,
    skin: SkinMotion | None = None,
    expected_rotation: Array | None = None,
) -> PoseSolution:
    """Refine a pose, and how the skin has moved with the expression.

    The weight of a feature is that of a Cauchy-like loss, ``(1 + e^2 / (2 s)^2)^-2`` with e
    its whitened residual and s their scale by the median.

    Parameters
    ----------
    points_head : ndarray, shape (N, 3)
        Metres.
    points_image : ndarray, shape (N, 2)
        px.
    whitening : ndarray, shape (N, 2, 2)
        1/px.
    camera : Camera
    start : RigidTransform
        ``camera_from_head`` to begin with.
    skin : SkinMotion, optional
        Motion of the skin to begin with.
    expected_rotation : ndarray, shape (3, 3), optional
        Of ``camera_from_head``, by landmarks: it decides what a grimace leaves open. A brow
        that is raised and a head that is raised look much alike.
    """
    # Undone once for the measured points, lens distortion needs no part in the derivatives.
    # Components come first in all arrays: whole rows are worked on at once.
    focal = np.array([camera.fx, camera.fy])
    measured = (camera.unproject(points_image)[:, :2] * focal).T
    white = np.ascontiguousarray(whitening.transpose(1, 2, 0))
    rotation, translation = start.rotation, start.translation
    fields = skin_fields(points_head)
    amounts = SkinMotion().amounts if skin is None else skin.amounts
    scale, spread = 1.0, 1.0
    weights, squared = np.ones(len(points_head)), np.zeros(len(points_head))
    information = np.zeros((_UNKNOWNS, _UNKNOWNS))
    prior, pull = np.zeros(_UNKNOWNS), np.zeros(_UNKNOWNS)
    step, longest, residual = np.zeros(_UNKNOWNS), math.inf, np.zeros(0)
    rows = np.empty((_UNKNOWNS, 2, len(points_head)))
    flat = rows.reshape(_UNKNOWNS, -1)
    for lengthened in (1.0, *(_STEPS - 1) * (_LENGTHENED,)):
        if longest > _NEAR:
            turned = rotation @ (points_head.T + (FIELD_DIRECTIONS * amounts) @ fields)
            projected, slope = _project(turned + translation[:, None], focal)
            gap = measured - projected
            residual = white[:, 0] * gap[0] + white[:, 1] * gap[1]
            slope = white[:, 0] * slope[:, :1] + white[:, 1] * slope[:, 1:]
            _by_rotation(turned, slope, rows[:3])
            rows[3:6] = slope
            # Skin moves the picture as the translation does, along its field.
            along = (rotation @ FIELD_DIRECTIONS).T @ slope.reshape(3, -1)
            np.multiply(along.reshape(rows[6:].shape), fields[:, None], out=rows[6:])
        else:
            residual = residual - (step @ flat).reshape(2, -1)
        squared = residual[0] ** 2 + residual[1] ** 2
        spread = _MAD_TO_SD_2D * math.sqrt(median(squared))
        scale = min(max(spread, _LEAST_SCALE), _MOST_SCALE)
        weights = 1.0 / (1.0 + squared / (_TUNING * scale) ** 2)
        weights *= weights
        weighted = (rows * (weights / scale**2)).reshape(_UNKNOWNS, -1)
        prior[6:], pull[6:] = rest_precision(amounts), -amounts
        if expected_rotation is not None:
            prior[:3], pull[:3] = 1.0 / _LEAN_SD**2, so3_log(expected_rotation @ rotation.T)
        information = weighted @ flat.T
        information.ravel()[:: _UNKNOWNS + 1] += prior
        gradient = weighted @ residual.reshape(-1) + prior * pull
        step = lengthened * np.linalg.solve(information + _DAMPING, gradient)
        rotation = so3_exp(step[:3]) @ rotation
        translation = translation + step[3:6]
        amounts = amounts + step[6:]
        longest = float(np.abs(step).max())
        if longest < _TOLERANCE:
            break
    cross = information[:6, 6:]
    alone = information[:6, :6] - cross @ np.linalg.solve(information[6:, 6:], cross.T)
    return PoseSolution(
        RigidTransform(rotation, translation),
        weights,
        np.sqrt(squared) / scale,
        scale,
        spread,
        alone,
        SkinMotion(amounts),
    )


def pinhole(camera_from_head: RigidTransform, points_head: Array, camera: Camera) -> Array:
    """Return where points (N, 3) would be seen without lens distortion (2, N), px."""
    rotation, translation = camera_from_head.rotation, camera_from_head.translation
    x, y, z = rotation @ points_head.T + translation[:, None]
    return np.array([camera.fx * x / z + camera.cx, camera.fy * y / z + camera.cy])


def median(values: Array) -> float:
    """Return the median of a vector; `numpy.median` takes six times as long for a hundred."""
    middle = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, middle)[middle])
    low, high = np.partition(values, (middle - 1, middle))[middle - 1 : middle + 1].tolist()
    return 0.5 * float(low + high)


def pose_jacobian(turned: Array, translation: Array, focal: Array) -> tuple[Array, Array]:
    """Project points and differentiate by the pose.

    Parameters
    ----------
    turned : ndarray, shape (N, 3)
        Points after the rotation, before the translation, metres.
    translation : ndarray, shape (3,) or (N, 3)
    focal : ndarray, shape (2,)
        px.

    Returns
    -------
    tuple of ndarray, shapes (N, 2) and (N, 2, 6)
        Pixels from the principal point; derivative by a small rotation about the head's
        origin in camera axes (radians) and by the translation (metres).
    """
    turned, translation = turned.T, np.atleast_2d(translation).T
    projected, slope = _project(turned + translation, focal)
    jacobian = np.empty((6, *projected.shape))
    _by_rotation(turned, slope, jacobian[:3])
    jacobian[3:] = slope
    return projected.T, jacobian.transpose(2, 1, 0)


def _project(points: Array, focal: Array) -> tuple[Array, Array]:
    """Project points (3, N) to (2, N); derivative (3, 2, N) by the points."""
    slope = np.zeros((3, 2, points.shape[1]))
    slope[0, 0], slope[1, 1] = focal[:, None] / points[2]
    projected = points[:2] * (slope[0, 0], slope[1, 1])
    np.divide(projected, -points[2], out=slope[2])
    return projected, slope


def _by_rotation(turned: Array, slope: Array, out: Array) -> None:
    """Write the derivative (3, 2, N) by a small rotation of points (3, N), turned already."""
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        np.multiply(turned[i], slope[j], out=out[k])
        out[k] -= turned[j] * slope[i]
