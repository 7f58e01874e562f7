"""The pose that best explains matched features: robust, weighted Gauss-Newton."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, so3_exp, so3_log
from ar_preview.registration.picture.motion import SkinMotion, rest_precision, skin_fields

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera

__all__ = ["PoseSolution", "median", "pose_jacobian", "solve_pose"]

_STEPS, _TOLERANCE = 5, 1e-5
_LEAST_SCALE, _MOST_SCALE = 0.3, 4.0
"""Beyond the upper limit more than half of the skin moves: then those that agree decide."""

_MAD_TO_SD_2D = 1.0 / 1.18
"""Median length of a 2D residual of unit variance is 1.18 (Rayleigh)."""

_TUNING = 2.0
_AGREES = 4.0
_NEAR = 2e-3
"""Radians and metres within which the derivatives hold: what bends over them is below .01 px."""

_DAMPING = 1e-6
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
    unknowns = 6 + len(amounts)
    scale, spread = 1.0, 1.0
    weights, squared = np.ones(len(points_head)), np.zeros(len(points_head))
    information = np.zeros((unknowns, unknowns))
    step, rows, residual = np.full(unknowns, np.inf), np.zeros(0), np.zeros(0)
    for _ in range(_STEPS):
        if np.abs(step).max() > _NEAR:
            turned = rotation @ (points_head.T + np.tensordot(amounts, fields, 1))
            projected, jacobian = _project(turned, translation[:, None], focal)
            # Skin moves the picture as the translation does, along its field.
            by_skin = np.einsum("can,kcn->kan", jacobian[3:], rotation @ fields)
            jacobian = np.concatenate([jacobian, by_skin])
            gap = measured - projected
            residual = white[:, 0] * gap[0] + white[:, 1] * gap[1]
            rows = white[:, 0] * jacobian[:, :1] + white[:, 1] * jacobian[:, 1:]
            flat = rows.reshape(unknowns, -1)
        else:
            residual = residual - (step @ flat).reshape(2, -1)
        squared = residual[0] ** 2 + residual[1] ** 2
        spread = _MAD_TO_SD_2D * math.sqrt(median(squared))
        scale = min(max(spread, _LEAST_SCALE), _MOST_SCALE)
        weights = (1.0 + squared / (_TUNING * scale) ** 2) ** -1
        weights *= weights
        weighted = (rows * (weights / scale**2)).reshape(unknowns, -1)
        information = weighted @ flat.T
        gradient = weighted @ residual.reshape(-1)
        rest = rest_precision(amounts)
        information[6:, 6:] += np.diag(rest)
        gradient[6:] -= rest * amounts
        if expected_rotation is not None:
            information[:3, :3] += np.eye(3) / _LEAN_SD**2
            gradient[:3] += so3_log(expected_rotation @ rotation.T) / _LEAN_SD**2
        step = np.linalg.solve(information + _DAMPING * np.eye(unknowns), gradient)
        rotation = so3_exp(step[:3]) @ rotation
        translation = translation + step[3:6]
        amounts = amounts + step[6:]
        if np.abs(step).max() < _TOLERANCE:
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
    projected, jacobian = _project(turned.T, np.atleast_2d(translation).T, focal)
    return projected.T, jacobian.transpose(2, 1, 0)


def _project(turned: Array, translation: Array, focal: Array) -> tuple[Array, Array]:
    """Do the same with components first: (3, N) to (2, N) and (6, 2, N)."""
    q0, q1, q2 = turned
    points = turned + translation
    inverse_depth = 1.0 / points[2]
    projected = points[:2] * inverse_depth
    x, y = projected
    across, down = focal[0] * inverse_depth, focal[1] * inverse_depth
    jacobian = np.zeros((6, 2, len(q0)))
    jacobian[0, 0] = -across * x * q1
    jacobian[1, 0] = across * (q2 + x * q0)
    jacobian[2, 0] = -across * q1
    jacobian[3, 0] = across
    jacobian[5, 0] = -across * x
    jacobian[0, 1] = -down * (q2 + y * q1)
    jacobian[1, 1] = down * y * q0
    jacobian[2, 1] = down * q0
    jacobian[4, 1] = down
    jacobian[5, 1] = -down * y
    projected *= focal[:, None]
    return projected, jacobian
