"""How far landmarks trail behind a head that moves: their tracker smooths them over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["trailing_s"]

_USUAL_S = 0.02
"""Spread of the delay between recordings; one without motion does not tell it."""

_HURRIED = 1.0
"""Widths of the face a second, from which on landmarks are blurred as well and count less."""

_LEAST_SPREAD, _TUNING, _ROUNDS = 1e-4, 2.0, 5
"""Least noise of landmarks, as a share of the face's width; robust weights as in the pose."""


def trailing_s(landmarks: Array, head: Array, speed: Array) -> float:
    """Return by how much later landmarks show the head than the picture does, seconds.

    Played forwards they trail to one side, backwards to the other: left in, a mean over frames
    in which the head turns mostly one way leans.

    Parameters
    ----------
    landmarks, head : ndarray, shape (N, 2)
        Middle of the landmarks, and of the same points of the head as the picture holds it, in
        widths of the face.
    speed : ndarray, shape (N, 2)
        Of the latter, widths a second.
    """
    count = len(speed)
    rows = np.zeros((2 * count, 3))
    rows[:, 0] = speed.T.ravel()
    rows[:count, 1] = rows[count:, 2] = 1.0
    away = (head - landmarks).T.ravel()
    calm = np.tile(1.0 / (1.0 + (speed**2).sum(axis=1) / _HURRIED**2), 2)
    weights, spread, known = calm, 0.01, np.zeros(3)
    for _ in range(_ROUNDS):
        weighted = rows * weights[:, None]
        # A constant offset is open but for what keeps the system solvable.
        prior = np.diag([(spread / _USUAL_S) ** 2, 1e-9, 1e-9])
        known = np.linalg.solve(rows.T @ weighted + prior, weighted.T @ away)
        left = np.abs(away - rows @ known)
        spread = max(1.48 * float(np.median(left)) if count else 0.0, _LEAST_SPREAD)
        weights = calm / (1.0 + (left / (_TUNING * spread)) ** 2)
    return float(known[0])
