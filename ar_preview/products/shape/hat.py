"""Hats: a bowl that is open below, its opening as large as a head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.opening import find_opening
from ar_preview.products.shape.found import (
    SHAPE_TRUST,
    Found,
    placed,
    size_line,
    unit_line,
    unit_of,
)
from ar_preview.products.shape.frames import Frame, axis_turns, closeness, rise_angle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ar_preview.geometry import Array
    from ar_preview.products.opening import Opening
    from ar_preview.products.shape.frames import Frames

__all__ = ["analyse_hat"]

_SAMPLES, _TRIED = 20_000, 5_000
_USUAL_HEAD_MM = 575.0
"""Head circumference of the average adult man."""

_HEADS_MM = (520.0, 640.0)
"""Head circumferences that hats are made for, and so the girths that an opening may have."""

_GRID = 24
_HOLLOW_SHARE, _WALL_SHARE = 0.8, 1.3
_TILTS = 24
_LEVELLINGS, _KEPT = 4, 4
_FLAT = 0.5
"""A hat is at least half as high as its opening is wide on each side."""


def analyse_hat(frames: Frames) -> Found:
    """Find the opening, what is up and where the front is."""
    points = frames.surface.samples(_SAMPLES)
    some = points[:: _SAMPLES // _TRIED]
    rated = [(_is_hat(some @ f.turn.T) - 0.7 * f.penalty, f) for f in _uprights(frames)]
    rated.sort(key=lambda entry: -entry[0])
    turn = rated[0][1].turn
    if not rated[0][1].is_file:
        levelled = [_levelled(points, frame.turn) for _, frame in rated[:_KEPT]]
        turn = max(levelled, key=lambda level: _is_hat(points @ level.T))
    front, how = _hat_front(points @ turn.T)
    turn = front @ turn
    turned = points @ turn.T
    score = _is_hat(turned)
    opening = find_opening(turned)
    score *= _proportion(np.ptp(turned, axis=0), opening)
    unit, scale = unit_of(opening.girth, *_HEADS_MM)
    if unit == "unknown":
        scale = 1e-3 * _USUAL_HEAD_MM / max(opening.girth, 1e-30)
    origin = np.array([opening.middle[0], float(np.median(opening.hem)), opening.middle[1]])
    girth = 1e3 * scale * opening.girth
    confidence = score * SHAPE_TRUST[unit]
    evidence = (
        unit_line(unit, scale),
        size_line(1e3 * scale * turned),
        f"opening: {girth:.0f} mm round, {score:.0%} sure that it is open below and closed above",
        f"axes: {closeness(turn) or 'as glTF has them, y up'}, {how}",
    )
    doubts = ["it is no bowl that is open below"] if confidence < 0.5 else []
    if unit == "unknown":
        doubts.append("in no unit its opening is as large as a head")
    return Found(
        placed(scale, turn, origin),
        confidence,
        evidence,
        tuple(doubts),
        {"head_circumference": girth},
        _HEADS_MM,
    )


def _uprights(frames: Frames) -> Iterator[Frame]:
    """Yield frames with each direction that may be up: file axes, and all within mirror planes."""
    seen: list[Array] = []
    for turn in axis_turns() if frames.file_is_straight else ():
        if not any(np.allclose(turn[1], up) for up in seen):
            seen.append(turn[1])
            yield Frame(turn, True)
    for base in frames.mirrored or frames.skew:
        for angle in 2.0 * np.pi * np.arange(_TILTS) / _TILTS:
            c, s = np.cos(angle), np.sin(angle)
            yield Frame(np.array([[1, 0, 0], [0, c, s], [0, -s, c]]) @ base.turn, False)


def _levelled(points: Array, turn: Array) -> Array:
    """Turn a piece about x, which is across its mirror plane, until its hem is level."""
    for _ in range(_LEVELLINGS):
        edge = find_opening(points @ turn.T).edge_points
        rise = rise_angle(edge)
        c, s = np.cos(rise), np.sin(rise)
        turn = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]]) @ turn
    return turn


def _is_hat(points: Array) -> float:
    """Return 0 to 1: whether within its opening a piece is covered above and empty below."""
    opening = find_opening(points)
    inner = float(np.median(opening.radius))
    if inner <= 0.0:
        return 0.0
    away = (points[:, [0, 2]] - opening.middle) / inner
    within = np.hypot(*away.T) < _HOLLOW_SHARE
    if not within.any():
        return 0.0
    cells = np.floor((away[within] + 1.0) * 0.5 * _GRID).astype(int)
    lowest = np.full((_GRID, _GRID), np.inf)
    np.minimum.at(lowest, tuple(cells.T), points[within, 1])
    centres = (np.arange(_GRID) + 0.5) / _GRID * 2.0 - 1.0
    disc = np.hypot(*np.meshgrid(centres, centres)) < _HOLLOW_SHARE
    height = lowest[disc] - float(np.median(opening.hem))
    roof = np.isfinite(height) & (height > _FLAT * inner)
    # A point cloud leaves some cells empty where the roof is far.
    return min(1.0, float(roof.mean()) / 0.9)


def _hat_front(points: Array) -> tuple[Array, str]:
    """Return the turn about y that brings a peak, or else the longer axis, to the front."""
    opening = find_opening(points)
    away = points[:, [0, 2]] - opening.middle
    inner = float(np.median(opening.radius))
    low = points[:, 1] < float(np.median(opening.hem)) + 0.5 * inner
    brim = away[low & (np.hypot(*away.T) > _WALL_SHARE * inner)]
    if len(brim) and np.linalg.norm(brim.mean(axis=0)) > 0.5 * np.hypot(*brim.T).mean():
        angle = float(np.arctan2(*brim.mean(axis=0)))
        how = "its peak points forward"
    else:
        angle, how = _longest(opening)
    # Axes of a file, and those of a mirror plane, hold the front.
    angle = 0.5 * np.pi * round(angle / (0.5 * np.pi))
    c, s = np.cos(angle), np.sin(angle)
    # x and z such that the direction (sin, cos) becomes the front.
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]]), how


def _longest(opening: Opening) -> tuple[float, str]:
    """Return the direction in which an opening is longest, by its second harmonic."""
    turned = np.exp(4.0j * np.pi * np.arange(len(opening.radius)) / len(opening.radius))
    wave = 2.0 * complex((opening.radius * turned).mean())
    if abs(wave) < 0.02 * float(opening.radius.mean()):
        return 0.0, "its opening is round, so that its front stays"
    return 0.5 * float(np.angle(wave)), "its opening is longest from front to back"


def _proportion(size: Array, opening: Opening) -> float:
    """Return 0 to 1: whether height and brim are those of a hat, not of a drop or a tube."""
    inner = max(float(np.median(opening.radius)), 1e-30)
    height, width = float(size[1]) / inner, 0.5 * float(max(size[0], size[2])) / inner
    fits = np.clip([(6.0 - height) / 1.5, (6.0 - width) / 1.5], 0.0, 1.0)
    return float(fits.prod())
