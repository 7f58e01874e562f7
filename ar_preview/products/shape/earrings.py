"""Earrings: a stud with a post, or what hangs from its top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.shape.found import UNIT_TRUST, Found, placed, size_line, unit_line, unit_of
from ar_preview.products.shape.frames import Frame, axis_turns, closeness
from ar_preview.products.shape.loop import best_loop

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.shape.frames import Frames

__all__ = ["analyse_earrings"]

_LENGTHS_MM = (4.0, 120.0)
_HANGS = 1.5
"""What is longer than high by this factor lies in its file."""

_LONGEST_POST_MM = 18.0


def analyse_earrings(frames: Frames) -> Found:
    """Find which end is held and what the unit is."""
    unit, scale = unit_of(_longest(frames), *_LENGTHS_MM)
    turn, is_stud = _upright(frames, 1e3 * scale if unit != "unknown" else None)
    points = frames.points @ turn.T
    low, high = frames.surface.turned_bounds(turn)
    hanging = _hanging(points)
    hoop = _hoop(frames)
    is_stud = is_stud or ((high - low)[1] < 1.3 * (high - low)[0] and _is_filled(points[:, :2]))
    origin = 0.5 * (low + high)
    if not is_stud:
        top = points[points[:, 1] > high[1] - 0.05 * (high - low)[1]]
        origin = np.array([np.median(top[:, 0]), high[1], np.median(top[:, 2])])
    held = "at its middle, like a stud" if is_stud else "at its top, from which it hangs"
    shape = 0.7 if is_stud else max(0.5 + 0.45 * hanging, 0.8 * hoop)
    doubts = []
    if not is_stud and max(hanging, hoop) < 0.3:
        doubts.append("it is neither a stud nor hangs from a thin top")
    if unit == "unknown":
        doubts.append(f"in no unit it is {_LENGTHS_MM[0]:.0f} to {_LENGTHS_MM[1]:.0f} mm long")
    return Found(
        placed(scale, turn, origin),
        shape * UNIT_TRUST[unit],
        (
            unit_line(unit, scale),
            size_line(1e3 * scale * np.stack([low, high])),
            f"shape: {hanging:.0%} sure that it hangs from a thin top, {hoop:.0%} that it is a "
            "hoop",
            f"axes: {closeness(turn) or 'as glTF has them, y up and z out of the lobe'}",
            f"held {held}; the other ear gets its mirror image",
        ),
        tuple(doubts),
    )


def _longest(frames: Frames) -> float:
    """Return the length of the piece, however it lies."""
    return float(np.ptp(frames.points @ frames.principal[2]))


def _upright(frames: Frames, mm_in_unit: float | None) -> tuple[Array, bool]:
    """Return the turn in which the piece is worn, and whether it is a stud on its post."""
    size = np.ptp(frames.points, axis=0)
    if frames.file_is_straight:
        if size[1] * _HANGS >= size.max():
            return np.eye(3), False
        candidates = [Frame(turn, True) for turn in axis_turns()]
    else:
        candidates = _skew_turns(frames)
    rated = [(_hanging(frames.points @ f.turn.T) - 0.5 * f.penalty, f.turn) for f in candidates]
    turn = max(rated, key=lambda entry: entry[0])[1]
    # What is short along a thin post goes through the lobe: its head is in front.
    length = float(np.ptp(frames.points @ turn[1]))
    if mm_in_unit is not None and length * mm_in_unit < _LONGEST_POST_MM:
        x = turn[0] if not np.allclose(turn[1], [0.0, 0.0, -1.0]) else np.array([1.0, 0.0, 0.0])
        return np.stack([x, np.cross(-turn[1], x), -turn[1]]), True
    return turn, False


def _skew_turns(frames: Frames) -> list[Frame]:
    return [Frame(order @ base.turn, False) for base in frames.skew for order in axis_turns()]


def _hoop(frames: Frames) -> float:
    """Return 0 to 1: whether a piece is a thin ring."""
    loop = best_loop(frames)
    if loop.outer <= 0.0:
        return 0.0
    width = float(np.ptp(frames.points @ loop.turn[1])) / loop.outer
    thick = (loop.outer - loop.inner) / loop.outer
    return loop.share * float(np.clip((0.35 - max(width, thick)) / 0.1, 0.0, 1.0))


def _hanging(points: Array) -> float:
    """Return 0 to 1: whether a piece is long in y, and thinner at its top than below."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    across = float(np.hypot(size[0], size[2]))
    long = float(np.clip(size[1] / max(across, 1e-30) - 0.5, 0.0, 1.0))
    height = (points[:, 1] - low[1]) / max(float(size[1]), 1e-30)
    heavy = float(np.clip(2.0 * (0.5 - height.mean()), -1.0, 1.0))
    top, bottom = points[height > 0.85], points[height < 0.4]
    if min(len(top), len(bottom)) < 5:
        return 0.5 * long
    thin = float(np.ptp(top[:, [0, 2]], axis=0).max() / max(across, 1e-30))
    broad = float(np.ptp(bottom[:, [0, 2]], axis=0).max() / max(across, 1e-30))
    pointed = float(np.clip(broad - thin, -1.0, 1.0))
    return float(np.clip(0.6 * long + 0.4 * heavy + 0.3 * pointed, 0.0, 1.0))


def _is_filled(points: Array) -> bool:
    """Whether the middle of a flat picture of points is covered."""
    low, high = points.min(axis=0), points.max(axis=0)
    away = (points - 0.5 * (low + high)) / np.maximum(0.5 * (high - low), 1e-30)
    cells = np.floor((away[np.abs(away).max(axis=1) < 0.5] + 0.5) * 8).astype(int)
    covered = np.zeros((9, 9), bool)
    covered[tuple(cells.T)] = True
    return bool(covered[:8, :8].mean() > 0.6)
