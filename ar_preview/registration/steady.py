"""Calm at rest without lag in motion: a filter that knows how precise its input is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, so3_exp, so3_log
from ar_preview.registration.picture import pinhole, pose_jacobian

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera

__all__ = ["SteadyPose", "blended", "pixel_distance", "pixel_spread"]

_LEAST_GAIN = 0.15


class SteadyPose:
    """Moves towards each new pose by as much as the difference exceeds its noise.

    The gain is ``e^2 / (e^2 + s^2)`` with e the distance in the picture and s the spread that
    noise explains. There is no velocity in it: whatever moves visibly is followed at once.
    """

    def __init__(self) -> None:
        self._pose: RigidTransform | None = None

    def reset(self) -> None:
        """Take the next pose as it is."""
        self._pose = None

    def update(
        self, pose: RigidTransform, spread_px: float, points_head: Array, camera: Camera
    ) -> RigidTransform:
        """Return the steadied pose.

        Parameters
        ----------
        pose : RigidTransform
            ``camera_from_head`` as measured.
        spread_px : float
            What its noise does to `points_head`, px.
        points_head : ndarray, shape (N, 3)
            Where products sit, in the units of the pose.
        camera : Camera
        """
        if self._pose is None:
            self._pose = pose
            return pose
        distance = pixel_distance(self._pose, pose, points_head, camera)
        gain = max(_LEAST_GAIN, distance**2 / (distance**2 + spread_px**2 + 1e-12))
        turn = so3_log(pose.rotation @ self._pose.rotation.T)
        # The middle of the points moves on a straight line, so that rotation and translation,
        # whose errors cancel there, are not torn apart.
        middle = points_head.mean(axis=0)
        before, after = self._pose @ middle, pose @ middle
        rotation = so3_exp(gain * turn) @ self._pose.rotation
        centre = before + gain * (after - before)
        self._pose = RigidTransform(rotation, centre - rotation @ middle)
        return self._pose


def pixel_distance(
    a: RigidTransform, b: RigidTransform, points_head: Array, camera: Camera
) -> float:
    """Root mean square distance of points in the picture under two poses, px."""
    gap = pinhole(a, points_head, camera) - pinhole(b, points_head, camera)
    return math.sqrt(np.vdot(gap, gap) / len(points_head))


def pixel_spread(
    pose: RigidTransform, information: Array, points_head: Array, camera: Camera
) -> float:
    """Root mean square spread of points in the picture that a pose's covariance makes, px."""
    jacobian = _worn_jacobian(pose, points_head, camera)
    covariance = np.linalg.inv(information + 1e-6 * np.eye(6))
    rows = jacobian.reshape(-1, 6)
    return math.sqrt(np.vdot(rows @ covariance, rows) / len(jacobian))


def blended(
    pose: RigidTransform,
    information: Array,
    expected: RigidTransform,
    expected_sd_px: float,
    points_head: Array,
    camera: Camera,
) -> RigidTransform:
    """Weigh a measured pose against an expected one, each by its information.

    Parameters
    ----------
    pose, expected : RigidTransform
        ``camera_from_head``, measured and expected.
    information : ndarray, shape (6, 6)
        Of the measured one, as `PoseSolution` has it.
    expected_sd_px : float
        How far the expected pose may be off at `points_head`, px.
    points_head : ndarray, shape (N, 3)
    camera : Camera
    """
    jacobian = _worn_jacobian(pose, points_head, camera).reshape(-1, 6)
    prior = jacobian.T @ jacobian / (len(points_head) * expected_sd_px**2)
    gap = np.concatenate(
        [
            so3_log(expected.rotation @ pose.rotation.T),
            expected.translation - pose.translation,
        ]
    )
    step = np.linalg.solve(information + prior + 1e-6 * np.eye(6), prior @ gap)
    return RigidTransform(so3_exp(step[:3]) @ pose.rotation, pose.translation + step[3:])


def _worn_jacobian(pose: RigidTransform, points_head: Array, camera: Camera) -> Array:
    turned = points_head @ pose.rotation.T
    return pose_jacobian(turned, pose.translation, np.array([camera.fx, camera.fy]))[1]
