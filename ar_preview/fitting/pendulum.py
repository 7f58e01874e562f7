"""What hangs from a moving point: a damped pendulum, exact from frame to frame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["GRAVITY", "Pendulum"]

GRAVITY = 9.81
_DAMPING_RATIO = 0.12
"""Of the critical damping: air and the friction of a wire in the ear let a swing die out within
about three periods, a second for an earring of 40 mm."""

_MOST_SWING = math.sin(math.radians(65.0))
_MOST_SHOWN = math.sin(math.radians(30.0))
"""Larger swings are shown as nearly this one: acceleration is the pose's second derivative, and a
drop that stands off sideways looks wrong even where somebody shakes the head."""

_LONGEST_STEP_S = 0.25
"""A jump in time starts anew, at rest."""


class Pendulum:
    """The direction in which something hangs below a pivot that is moved about.

    Small swings are linear: the bob's sideways place q, in lengths of the pendulum, obeys
    q'' + 2 z w q' + w^2 q = -a / L with w^2 = g / L. The pivot moves in straight lines between
    frames, so that its acceleration is a kick at every frame and free swinging, which has a
    closed form, lies in between. The frame rate does not matter and nothing can blow up.

    Parameters
    ----------
    length_m : float
        Of the mathematical pendulum that swings alike.
    down : ndarray, shape (3,)
        Unit direction of gravity, in the axes in which pivots are given.
    """

    def __init__(self, length_m: float, down: Array) -> None:
        self._length = length_m
        self._down = down
        self._across = np.eye(3) - np.outer(down, down)
        self._at = np.zeros(3)
        self._speed = np.zeros(3)
        self._pivot: Array | None = None
        self._velocity: Array | None = None
        self._time_s = 0.0

    def update(self, pivot: Array, time_s: float) -> Array:
        """Return the unit direction towards the bob.

        Parameters
        ----------
        pivot : ndarray, shape (3,)
            Metres.
        time_s : float
            Of the frame.
        """
        step = time_s - self._time_s
        if self._pivot is None or not 0.0 <= step <= _LONGEST_STEP_S:
            self._at, self._speed, self._velocity = np.zeros(3), np.zeros(3), None
        elif step > 0.0:
            velocity = (pivot - self._pivot) / step
            if self._velocity is not None:
                kick = self._across @ (velocity - self._velocity)
                self._speed = self._speed - kick / self._length
            self._velocity = velocity
            self._swing(step)
        self._pivot, self._time_s = pivot, time_s
        # Small swings stay what they are.
        large = float(self._at @ self._at) / _MOST_SHOWN**2
        shown = self._at * (1.0 + large**2) ** -0.25
        return np.asarray(shown + math.sqrt(1.0 - float(shown @ shown)) * self._down)

    def _swing(self, step: float) -> None:
        """Swing freely: the solution of the damped oscillator from place and speed."""
        rate = math.sqrt(GRAVITY / self._length)
        decay = _DAMPING_RATIO * rate
        damped = rate * math.sqrt(1.0 - _DAMPING_RATIO**2)
        shrink, c, s = math.exp(-decay * step), math.cos(damped * step), math.sin(damped * step)
        at, speed = self._at, self._speed
        self._at = shrink * (c * at + s / damped * (speed + decay * at))
        self._speed = shrink * (c * speed - s / damped * (decay * speed + rate**2 * at))
        aside = float(np.linalg.norm(self._at))
        if aside > _MOST_SWING:  # It hits the head or the hand that shook it.
            self._at, self._speed = self._at * (_MOST_SWING / aside), np.zeros(3)
