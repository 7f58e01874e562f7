"""Necklaces: a loop as wide as a neck that falls to the front."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.shape.found import UNIT_TRUST, Found, placed, size_line, unit_line, unit_of
from ar_preview.products.shape.frames import closeness
from ar_preview.products.shape.loop import Loop, best_loop

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.shape.frames import Frames

__all__ = ["analyse_necklace"]

_WIDTHS_MM = (90.0, 320.0)
_SECTORS = 48
_LONGER = 1.2
"""Chains are sold in lengths of 40 to 50 cm and more; a model of one stands for its neighbours."""

_SLOPE = np.radians(35.0)
"""The base of the neck and the chest below it slope by 25 to 45 degrees; a chain that is modelled
flat is laid on the middle."""

_WORN_SLOPES = np.radians((10.0, 65.0))


def analyse_necklace(frames: Frames) -> Found:
    """Find the plane of the loop, the front of it, and the unit."""
    loop = best_loop(frames)
    turn, how = _worn(frames, loop)
    points = frames.points @ turn.T
    low, high = frames.surface.turned_bounds(turn)
    size = high - low
    unit, scale = unit_of(float(size[0]), *_WIDTHS_MM)
    origin = np.array([0.5 * (low[0] + high[0]), high[1], 0.5 * (low[2] + high[2])])
    confidence = loop.share * UNIT_TRUST[unit]
    doubts = ["its middle is not open"] if loop.share < 0.5 else []
    if unit == "unknown":
        doubts.append(f"in no unit it is {_WIDTHS_MM[0]:.0f} to {_WIDTHS_MM[1]:.0f} mm wide")
    length = 1e3 * scale * _ring_length(points - origin)
    evidence = (
        unit_line(unit, scale),
        size_line(1e3 * scale * np.stack([low, high])),
        f"shape: {loop.share:.0%} sure that it is a loop",
        f"length: {length:.0f} mm round, worn up to a fifth longer",
        f"axes: {closeness(turn) or 'as glTF has them, y up and z out'}, {how}",
    )
    return Found(
        placed(scale, turn, origin),
        confidence,
        evidence,
        tuple(doubts),
        {"length": length},
        (length, _LONGER * length),
    )


def _worn(frames: Frames, loop: Loop) -> tuple[Array, str]:
    """Return the turn into the axes of the trunk and how it was found."""
    across = any(abs(float(plane.normal[0])) == 1.0 for plane in frames.mirrors)
    lies = _as_filed(frames.points) if across else None
    if lies is not None:
        back = "its front was behind" if lies[0, 0] < 0.0 else "its slope is kept"
        return lies, back
    # x across the mirror plane that holds the loop's axis best; the front is the heavier end.
    axis = loop.turn[1]
    if float(axis @ [0.0, 1.0, 1.0]) < 0.0:
        # Seen from above or from the front, as files have it.
        axis = -axis
    upright = [p.normal for p in frames.mirrors if abs(float(p.normal @ axis)) < 0.3]
    x = upright[0] if upright else loop.turn[0]
    x = x - float(x @ axis) * axis
    x = x / np.linalg.norm(x)
    front = np.cross(x, axis)
    # The end of a pendant or of the narrower curve reaches farther from the middle of the area.
    if _narrow_end(frames.points, front, x) < 0.0:
        front, x = -front, -x
    c, s = np.cos(_SLOPE), np.sin(_SLOPE)
    # The front falls: z is forward and up along the chain's own plane.
    z = c * front + s * axis
    y = -s * front + c * axis
    return np.stack([np.cross(y, z), y, z]), "flat, laid on the slope of a chest"


def _as_filed(points: Array) -> Array | None:
    """Return the file's axes, or half a turn about y, where the chain slopes in them as worn."""
    size = np.ptp(points, axis=0)
    lowest = points[points[:, 1] <= points[:, 1].min() + 0.1 * size[1]]
    highest = points[points[:, 1] >= points[:, 1].max() - 0.1 * size[1]]
    fall = float(highest[:, 1].mean() - lowest[:, 1].mean())
    forward = float(lowest[:, 2].mean() - highest[:, 2].mean())
    aside = abs(float(lowest[:, 0].mean() - highest[:, 0].mean()))
    slope = np.arctan2(fall, abs(forward))
    if not _WORN_SLOPES[0] < slope < _WORN_SLOPES[1] or aside > 0.3 * abs(forward):
        return None
    return np.eye(3) if forward > 0.0 else np.diag([-1.0, 1.0, -1.0])


def _narrow_end(points: Array, front: Array, x: Array) -> float:
    """Return above 0 where the loop is narrower, or more hangs, at the end of a direction."""
    along = points @ front
    low, high = along.min(), along.max()
    share = (along - low) / max(float(high - low), 1e-30)
    ends = []
    for near in (share < 0.2, share > 0.8):
        across = np.ptp(points[near] @ x) if near.any() else 0.0
        ends.append(float(across))
    return ends[0] - ends[1]


def _ring_length(points: Array) -> float:
    """Return the length of a chain that goes round the vertical axis."""
    sector = np.floor(np.arctan2(points[:, 0], points[:, 2]) / (2 * np.pi) * _SECTORS).astype(int)
    line = np.array([points[sector == k].mean(axis=0) for k in np.unique(sector)])
    return float(np.linalg.norm(line - np.roll(line, 1, axis=0), axis=1).sum())
