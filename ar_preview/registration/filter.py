"""A One Euro filter for rigid motion (Casiez, Roussel and Vogel, CHI 2012)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from ar_preview.geometry import Array, RigidTransform, so3_exp, so3_log

__all__ = ["OneEuroSettings", "PoseFilter"]

_NS_PER_S = 1e9
_MAX_GAP_S = 0.5


@dataclass(frozen=True)
class OneEuroSettings:
    """Cutoffs of one channel.

    Parameters
    ----------
    min_cutoff_hz : float
        Cutoff at rest; lower is calmer.
    beta : float
        Growth of the cutoff with speed, Hz per (unit a second); higher lags less.
    speed_cutoff_hz : float
        Cutoff of the speed estimate.
    """

    min_cutoff_hz: float
    beta: float
    speed_cutoff_hz: float = 3.0


def _alpha(cutoff_hz: float, dt_s: float) -> float:
    """Weight of the new value of a first-order low pass."""
    return 1.0 / (1.0 + 1.0 / (2.0 * math.pi * cutoff_hz * dt_s))


@dataclass
class _Channel:
    settings: OneEuroSettings
    speed: Array = field(default_factory=lambda: np.zeros(3))

    def weight(self, step: Array, dt_s: float) -> float:
        """Return how far to move along a step, given its size and the recent speed."""
        blend = _alpha(self.settings.speed_cutoff_hz, dt_s)
        self.speed = self.speed + blend * (step / dt_s - self.speed)
        speed = math.sqrt(self.speed @ self.speed)
        return _alpha(self.settings.min_cutoff_hz + self.settings.beta * speed, dt_s)


class PoseFilter:
    """Smooths a pose on SE(3): rotation on SO(3), translation of a pivot point.

    The pivot is where products sit, so that the errors of rotation and translation, which
    cancel there, are not torn apart. Depth, the noisiest direction, has its own channel along
    the line of sight.

    Parameters
    ----------
    pivot_source : ndarray, shape (3,)
        Point in the pose's source space that should stay calm, metres.
    rotation, across, along : OneEuroSettings
        Speeds in rad/s for rotation, in units of the distance for the two translations.
    """

    def __init__(
        self,
        pivot_source: Array,
        rotation: OneEuroSettings | None = None,
        across: OneEuroSettings | None = None,
        along: OneEuroSettings | None = None,
    ) -> None:
        self._pivot = np.asarray(pivot_source, dtype=np.float64)
        self._settings = (
            rotation or OneEuroSettings(1.0, 80.0),
            across or OneEuroSettings(1.0, 800.0),
            along or OneEuroSettings(0.5, 120.0),
        )
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next pose is taken as it is."""
        self._rotation, self._across, self._along = map(_Channel, self._settings)
        self._previous: RigidTransform | None = None
        self._measured: RigidTransform | None = None
        self._timestamp_ns = 0

    def update(self, pose: RigidTransform, timestamp_ns: int) -> RigidTransform:
        """Return the smoothed pose.

        Parameters
        ----------
        pose : RigidTransform
            The measured pose, with the camera as target.
        timestamp_ns : int
            Capture time; going back or a gap of half a second starts anew.
        """
        dt = (timestamp_ns - self._timestamp_ns) / _NS_PER_S
        if self._previous is None or self._measured is None or not 0.0 < dt <= _MAX_GAP_S:
            self.reset()
            smoothed = pose
        else:
            smoothed = self._blend(self._previous, self._measured, pose, dt)
        self._previous, self._measured, self._timestamp_ns = smoothed, pose, timestamp_ns
        return smoothed

    def _blend(
        self, old: RigidTransform, measured: RigidTransform, new: RigidTransform, dt: float
    ) -> RigidTransform:
        turn = so3_log(old.rotation.T @ new.rotation)
        turned = so3_log(measured.rotation.T @ new.rotation)
        rotation = old.rotation @ so3_exp(self._rotation.weight(turned, dt) * turn)

        before, now, last = old @ self._pivot, new @ self._pivot, measured @ self._pivot
        distance = math.sqrt(now @ now)
        sight = now / distance
        step, moved = now - before, (now - last) / distance
        along, along_moved = (step @ sight) * sight, (moved @ sight) * sight
        pivot = (
            before
            + self._across.weight(moved - along_moved, dt) * (step - along)
            + self._along.weight(along_moved, dt) * along
        )
        return RigidTransform(rotation, pivot - rotation @ self._pivot)
