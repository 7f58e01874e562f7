"""Headphones and headbands: an arch over the head, open below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.shape.found import (
    SHAPE_TRUST,
    Found,
    placed,
    size_line,
    unit_line,
    unit_of,
)
from ar_preview.products.shape.frames import closeness, mirror_share

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.shape.frames import Frames

__all__ = ["analyse_over_ear"]

_WIDTHS_MM = (110.0, 260.0)
_SLICES = 12


def analyse_over_ear(frames: Frames) -> Found:
    """Find the arch, its width, and what is up."""
    rated = [(_arch(frames.points @ f.turn.T) - f.penalty, f.turn) for f in frames.all_turns]
    _, turn = max(rated, key=lambda entry: entry[0])
    points = frames.points @ turn.T
    arch = _arch(points)
    low, high = frames.surface.turned_bounds(turn)
    size = high - low
    unit, scale = unit_of(float(size[0]), *_WIDTHS_MM)
    origin = np.array([0.5 * (low[0] + high[0]), low[1], 0.5 * (low[2] + high[2])])
    symmetry = mirror_share(points, np.array([1.0, 0.0, 0.0]), float(origin[0]))
    confidence = arch * symmetry * SHAPE_TRUST[unit]
    doubts = ["it is no arch"] if arch < 0.5 else []
    if unit == "unknown":
        doubts.append(f"in no unit it is {_WIDTHS_MM[0]:.0f} to {_WIDTHS_MM[1]:.0f} mm wide")
    evidence = (
        unit_line(unit, scale),
        size_line(1e3 * scale * np.stack([low, high])),
        f"shape: {arch:.0%} sure that it is an arch that is open below",
        f"symmetry: {symmetry:.0%} of the surface has its mirror image",
        f"axes: {closeness(turn) or 'as glTF has them, y up and z out'}",
    )
    return Found(placed(scale, turn, origin), confidence, evidence, tuple(doubts))


def _arch(points: Array) -> float:
    """Return 0 to 1: whether two arms, apart at the bottom, meet in a round top."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    if not (0.4 * size[0] < size[1] < 1.6 * size[0] and size[2] < 0.7 * size[0]):
        return 0.0
    x = np.abs(points[:, 0] - 0.5 * (low[0] + high[0])) / size[0]
    level = np.minimum((_SLICES * (points[:, 1] - low[1]) / size[1]).astype(int), _SLICES - 1)
    # The middle is empty up to the band, and the band goes all the way across.
    middle = x < 0.15
    hollow = float((level[middle] >= _SLICES // 2).mean()) if middle.any() else 0.0
    top = x[level == _SLICES - 1]
    closed = float(top.min() < 0.05) if len(top) else 0.0
    # The top is round: narrower than what is below. Fronts of glasses are not.
    wide = 2.0 * float(x[points[:, 1] > high[1] - 0.2 * size[1]].max())
    round_top = float(np.clip((0.85 - wide) / 0.1, 0.0, 1.0))
    return hollow**2 * closed * round_top
