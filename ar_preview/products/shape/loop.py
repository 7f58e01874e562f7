"""Closed loops: what goes round a finger, a wrist or a neck."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.shape.frames import Frames

__all__ = ["Loop", "best_loop", "find_loop"]

_SECTORS = 36
_HALF_SECTORS = 4


@dataclass(frozen=True, eq=False)
class Loop:
    """A loop around the y axis.

    Parameters
    ----------
    turn : ndarray, shape (3, 3)
        From the file's axes.
    middle : ndarray, shape (2,)
        x and z of its axis.
    inner, outer : float
        Mean radii, units of the file.
    hollow : float
        Least inner by usual outer radius.
    share : float
        0 to 1: how clearly it is one: closed all round, empty within.
    heavier : ndarray, shape (2,)
        x and z of its centre of area from its axis, in inner radii.
    """

    turn: Array
    middle: Array
    inner: float
    outer: float
    hollow: float
    share: float
    heavier: Array


def find_loop(points: Array, turn: Array) -> Loop:
    """Look for a loop around the y axis of a frame."""
    flat = (points @ turn.T)[:, [0, 2]]
    middle = 0.5 * (flat.min(axis=0) + flat.max(axis=0))
    inner = outer = np.zeros(_SECTORS)
    for _ in range(4):
        away = flat - middle
        radius = np.hypot(*away.T)
        angle = np.arctan2(away[:, 0], away[:, 1]) / (2.0 * np.pi) * _SECTORS
        sector = np.round(angle).astype(int) % _SECTORS
        inner, outer = np.full(_SECTORS, np.inf), np.zeros(_SECTORS)
        np.minimum.at(inner, sector, radius)
        np.maximum.at(outer, sector, radius)
        # Opposite sides of the inner edge are equally far from the middle.
        half = _SECTORS // 2
        both = np.isfinite(inner[:half]) & np.isfinite(inner[half:])
        around = 2.0 * np.pi * np.arange(half) / _SECTORS
        out = np.stack([np.sin(around), np.cos(around)], axis=-1)[both]
        if len(out) < _HALF_SECTORS:
            break
        uneven = 0.5 * (inner[:half][both] - inner[half:][both])
        middle = middle + np.linalg.lstsq(out, uneven, rcond=None)[0]
    there = np.isfinite(inner)
    if not there.any() or outer.max() <= 0.0:
        return Loop(turn, middle, 0.0, 0.0, 0.0, 0.0, np.zeros(2))
    closed = float(there.mean())
    mean_inner, mean_outer = float(inner[there].mean()), float(outer[there].mean())
    hollow = float(inner[there].min()) / max(float(np.median(outer[there])), 1e-30)
    share = closed**2 * float(np.clip((hollow - 0.2) / 0.3, 0.0, 1.0))
    heavier = (flat.mean(axis=0) - middle) / max(mean_inner, 1e-30)
    return Loop(turn, middle, mean_inner, mean_outer, hollow, share, heavier)


@lru_cache(maxsize=2)
def best_loop(frames: Frames) -> Loop:
    """Return the clearest loop among all frames; of equals the likeliest frame."""
    rated = [(find_loop(frames.points, f.turn), f.penalty) for f in frames.all_turns]
    return max(rated, key=lambda e: e[0].share + e[0].hollow - 0.5 * e[1])[0]
