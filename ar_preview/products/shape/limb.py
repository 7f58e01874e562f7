"""Rings, watches and bracelets: loops around a limb, with what they show on its back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.shape.found import UNIT_TRUST, Found, placed, size_line, unit_line, unit_of
from ar_preview.products.shape.frames import closeness
from ar_preview.products.shape.loop import best_loop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array
    from ar_preview.products.shape.frames import Frames
    from ar_preview.products.shape.loop import Loop

__all__ = ["LIMB_KINDS", "analyse_limb_wear"]

_LOPSIDED = 0.08
"""A stone or a dial draws the centre of area off the axis by more than this, in inner radii."""

_SNAP = np.radians(20.0)


@dataclass(frozen=True)
class _Kind:
    inner_mm: tuple[float, float]
    longest_mm: tuple[float, float]
    has_dial: bool | None
    dimension: str | None


_CASE_ALONG, _CASE_NEAR = 0.7, np.radians(40.0)
"""Share of the length along the limb from which on there is only the case, and how far from the
heavier side it may be."""

LIMB_KINDS: Mapping[str, _Kind] = {
    # Inner diameters as sold; the longest side where the piece is no loop.
    "ring": _Kind((13.0, 24.0), (14.0, 50.0), None, "inner_diameter"),
    "watch": _Kind((38.0, 75.0), (30.0, 280.0), True, None),
    "bracelet": _Kind((44.0, 82.0), (45.0, 130.0), False, "inner_diameter"),
}
"""What tells one kind from the other."""


def analyse_limb_wear(frames: Frames, category: str) -> Found:
    """Find the axis of the limb, the back of the hand, and the unit.

    Parameters
    ----------
    frames : Frames
    category : str
        One of `LIMB_KINDS`.
    """
    kind = LIMB_KINDS[category]
    loop = best_loop(frames)
    if loop.share < 0.3:
        return _as_it_comes(frames, kind)
    turn, how = _back_of_hand(loop)
    points = frames.points @ turn.T
    if kind.has_dial:
        turn = _case_up(points, turn, loop)
        points = frames.points @ turn.T
    dial = _dial(points, turn, loop)
    if kind.has_dial:
        turn, points, how = _twelve_away(points, turn, how)
    unit, scale = unit_of(2.0 * loop.inner, *kind.inner_mm)
    low, high = frames.surface.turned_bounds(turn)
    axis = turn @ (loop.turn.T @ [loop.middle[0], 0.0, loop.middle[1]])
    origin = np.array([axis[0], 0.5 * (low[1] + high[1]), axis[2]])
    origin[1] = 0.5 * float(points[:, 1].min() + points[:, 1].max())
    confidence = loop.share * UNIT_TRUST[unit]
    doubts = []
    if kind.has_dial is not None:
        confidence *= dial if kind.has_dial else 1.0 - 0.6 * dial
        if kind.has_dial and dial < 0.5:
            doubts.append("it has no case that is wider than its strap")
    if unit == "unknown":
        doubts.append(f"in no unit it is {kind.inner_mm[0]:.0f} to {kind.inner_mm[1]:.0f} mm wide")
    inner = 2e3 * scale * loop.inner
    evidence = (
        unit_line(unit, scale),
        size_line(1e3 * scale * np.stack([low, high])),
        f"shape: {loop.share:.0%} sure that it is a loop, {inner:.1f} mm wide inside",
        f"axes: {closeness(turn) or 'as glTF has them'}, {how}",
    )
    dimensions = {kind.dimension: inner} if kind.dimension else {}
    return Found(placed(scale, turn, origin), confidence, evidence, tuple(doubts), dimensions)


def _as_it_comes(frames: Frames, kind: _Kind) -> Found:
    """Scale and centre what is no loop, in the axes of the file."""
    low, high = frames.surface.bounds
    unit, scale = unit_of(float((high - low).max()), *kind.longest_mm)
    lowest, highest = kind.longest_mm
    doubts = ["it is no closed loop"]
    if unit == "unknown":
        doubts.append(f"in no unit it is {lowest:.0f} to {highest:.0f} mm long")
    return Found(
        placed(scale, np.eye(3), 0.5 * (low + high)),
        0.25 if unit == "unknown" else 0.45,
        (
            unit_line(unit, scale),
            size_line(1e3 * scale * np.stack([low, high])),
            "axes: as glTF has them, y up and z out",
        ),
        tuple(doubts),
    )


def _back_of_hand(loop: Loop) -> tuple[Array, str]:
    """Turn a loop about its axis until what it shows points along z."""
    x, z = loop.heavier
    if float(np.hypot(x, z)) < _LOPSIDED:
        return loop.turn, "it is alike all round"
    angle = float(np.arctan2(x, z))
    quarter = 0.5 * np.pi * round(angle / (0.5 * np.pi))
    if abs(angle - quarter) < _SNAP:
        # The frame is that of the file or of a mirror plane; a buckle draws the middle aside.
        angle = quarter
    c, s = np.cos(angle), np.sin(angle)
    about_y = np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])
    return about_y @ loop.turn, "its heavier side is on the back of the hand"


def _case_up(points: Array, turn: Array, loop: Loop) -> Array:
    """Turn a watch about its limb until its case points along z.

    Only the case is so long along the limb; the ends of a strap lie to one side and draw the
    middle of all there.
    """
    x, _, z = turn @ (loop.turn.T @ [loop.middle[0], 0.0, loop.middle[1]])
    along = np.abs(points[:, 1] - 0.5 * (points[:, 1].min() + points[:, 1].max()))
    long = points[along > _CASE_ALONG * along.max()]
    angle = float(np.arctan2(long[:, 0].mean() - x, long[:, 2].mean() - z))
    if abs(angle) > _CASE_NEAR:
        return turn
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]]) @ turn


def _dial(points: Array, turn: Array, loop: Loop) -> float:
    """Return 0 to 1: whether the piece is broader along the limb where it is heavier."""
    x, _, z = turn @ (loop.turn.T @ [loop.middle[0], 0.0, loop.middle[1]])
    angle = np.abs(np.arctan2(points[:, 0] - x, points[:, 2] - z))
    front, back = points[angle < 0.6, 1], points[angle > 2.2, 1]
    if min(len(front), len(back)) < 20:
        return 0.0
    broader = np.ptp(np.percentile(front, [2, 98])) / max(
        np.ptp(np.percentile(back, [2, 98])), 1e-9
    )
    heavier = len(front) / len(points) / (0.6 / np.pi)
    return float(np.clip(broader - 1.0, 0.0, 0.5) + np.clip(0.5 * (heavier - 1.0), 0.0, 0.5))


def _twelve_away(points: Array, turn: Array, how: str) -> tuple[Array, Array, str]:
    """Turn a watch about z so that its crown is at the side of the fingers."""
    high = points[points[:, 2] > points[:, 2].max() - 0.3 * np.ptp(points[:, 2]), 1]
    middle = float(np.median(high))
    beyond = float(high.max() + high.min() - 2.0 * middle)
    if beyond < -0.03 * float(np.ptp(high)):
        about_z = np.diag([-1.0, -1.0, 1.0])
        return about_z @ turn, points @ about_z.T, f"{how}, its crown towards the fingers"
    return turn, points, how
