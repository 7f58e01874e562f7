"""Calm at rest without lag in motion, for landmarks and for what is measured of limbs."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["Calm", "HandSteadier", "Steadied"]

_NS_PER_S = 1e9
_MAX_GAP_S = 0.5
_REST_S = 1.0
"""Time in which what is only noise is averaged."""

_REST_OF_LIMBS_S = 2.5
"""The same for what is measured of limbs, which hardly changes."""

_COMMON_NOISE, _TURN_NOISE, _SHAPE_NOISE = 0.007, 0.018, 0.02
"""What is still noise in where the hand is, how it is turned and how it is shaped, palm lengths:
two to three times the landmarker's, whose noise is in proportion to the hand."""

_WITH_WORLD = 6
"""Columns where points in space come with those in the picture."""

_SPEED_S = 0.1
_OUTVOTED = 5
_FORGET_S = 2.0


class Calm:
    """A number that follows by as much as a change exceeds its noise: e^2 / (e^2 + noise^2).

    There is no velocity in it. What changes visibly is followed at once, whatever is left behind
    in steady motion is less than the noise. A single outlier among the last five is left out.

    Parameters
    ----------
    noise : float
        Change that noise explains.
    """

    def __init__(self, noise: float) -> None:
        self._noise = noise
        self._last: deque[float] = deque(maxlen=_OUTVOTED)
        self.value: float | None = None

    def update(self, new: float, dt_s: float) -> float:
        """Return the calmed number; the first is taken as it comes."""
        self._last.append(new)
        if self.value is None:
            self.value = new
        else:
            change = float(np.median(self._last)) - self.value
            self.value += _gain(abs(change), self._noise, dt_s, _REST_OF_LIMBS_S) * change
        return self.value

    def forget(self, dt_s: float) -> None:
        """Go slowly back to 0 where nothing was measured."""
        if self.value is not None:
            self.value *= float(np.exp(-dt_s / _FORGET_S))


@dataclass(frozen=True, eq=False)
class Steadied:
    """Calmed landmarks.

    Parameters
    ----------
    values : ndarray, shape (21, C)
    speed : float
        Palm lengths a second.
    dt_s : float
        Since the last frame, 0 where they were taken as they came.
    """

    values: Array
    speed: float
    dt_s: float


class HandSteadier:
    """Calms landmarks in three parts, where the hand is, how it is turned and how it is shaped.

    Each follows as `Calm` does.

    The mean of 21 points has less noise than each, so the hand as a whole can be held more
    strictly than its fingers.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Take the next landmarks as they come."""
        self._values: Array | None = None
        self._middle = np.zeros(2)
        self._speed = 0.0
        self._time_ns = 0

    def update(self, values: Array, palm_px: float, timestamp_ns: int) -> Steadied:
        """Return the calmed landmarks.

        Parameters
        ----------
        values : ndarray, shape (21, C)
            The first two columns are px in the picture; the others belong to the shape.
        palm_px : float
            Length of the palm in the picture as if seen face on.
        timestamp_ns : int
            Capture time; going back or a gap of half a second starts anew.
        """
        dt = (timestamp_ns - self._time_ns) / _NS_PER_S
        self._time_ns = timestamp_ns
        middle = values[:, :2].mean(axis=0)
        if self._values is None or not 0.0 < dt <= _MAX_GAP_S:
            self._values, self._middle, self._speed = values, middle, 0.0
            return Steadied(values, 0.0, 0.0)
        palm_px = max(palm_px, 1.0)
        speed = float(np.linalg.norm(middle - self._middle)) / (palm_px * dt)
        self._speed += (1.0 - np.exp(-dt / _SPEED_S)) * (speed - self._speed)
        self._middle = middle
        change = values - self._values
        shift = np.zeros(values.shape[1])
        shift[:2] = change[:, :2].mean(axis=0)
        turn = _turned(self._values, values)
        parts = (
            (shift, _COMMON_NOISE, _REST_S),
            (turn, _TURN_NOISE, _REST_OF_LIMBS_S),
            (change - shift - turn, _SHAPE_NOISE, _REST_OF_LIMBS_S),
        )
        calmed = self._values
        for part, noise, rest_s in parts:
            away = float(np.sqrt((part[..., :2] ** 2).sum(axis=-1).mean())) / palm_px
            calmed = calmed + _gain(away, noise, dt, rest_s) * part
        self._values = calmed
        return Steadied(self._values, self._speed, dt)


def _turned(old: Array, new: Array) -> Array:
    """Return what of a change turns and enlarges the hand about its middle, (21, C).

    A similarity in the picture, by least squares; columns beyond the first two are a depth and
    points in space, which turn about the line of sight and grow with it.
    """
    before, after = (v[:, 0] + 1j * v[:, 1] for v in (old, new))
    arms = before - before.mean()
    by = (arms.conj() @ (after - after.mean())) / max(float((np.abs(arms) ** 2).sum()), 1e-12) - 1.0
    turn = (abs(by + 1.0) - 1.0) * old
    pairs = [(arms, (0, 1))]
    if old.shape[1] == _WITH_WORLD:
        pairs.append((old[:, 3] + 1j * old[:, 4], (3, 4)))
    for places, (x, y) in pairs:
        moved = by * places
        turn[:, x], turn[:, y] = moved.real, moved.imag
    return np.asarray(turn)


def _gain(change: float, noise: float, dt_s: float, rest_s: float = _REST_S) -> float:
    rest = 1.0 - float(np.exp(-dt_s / rest_s)) if dt_s > 0.0 else 1.0
    return max(rest, change**2 / (change**2 + noise**2))
