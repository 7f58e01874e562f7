"""What the geometry of a hat, an earring, a necklace or headphones without a manifest says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.opening import find_opening

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ar_preview.geometry import Array
    from ar_preview.products.surface import Surface

__all__ = ["HEADWEAR", "UNITS", "Headwear", "unit_of"]

UNITS = (("metres", 1.0), ("millimetres", 1e-3), ("centimetres", 1e-2), ("inches", 0.0254))

_SAMPLES = 20_000
_USUAL_HEAD_MM = 575.0
"""Head circumference of the average adult man."""

_HEADS_MM = (520.0, 640.0)
"""Head circumferences that hats are made for, and so the girths that an opening may have."""

_SECTORS = 48
_LONGER = 1.2
"""Chains are sold in lengths of 40 to 50 cm and more; a model of one stands for its neighbours."""

_GRID = 24
_HOLLOW_SHARE, _WALL_SHARE = 0.8, 1.3


@dataclass(frozen=True, eq=False)
class Headwear:
    """What was found.

    Parameters
    ----------
    product_from_model : ndarray, shape (4, 4)
        Uniform scale, rotation, translation into product space.
    confidence : float
        0 to 1.
    evidence, doubts : tuple of str
    dimensions_mm : mapping of str to float
    fits_mm : tuple of float, or None
    """

    product_from_model: Array
    confidence: float
    evidence: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    dimensions_mm: Mapping[str, float] = field(default_factory=dict)
    fits_mm: tuple[float, float] | None = None


def unit_of(length: float, low_mm: float, high_mm: float) -> tuple[str, float]:
    """Return the unit in which a length is plausible, and metres in one; or ``unknown``.

    Of an unknown unit one has the length that is usual, the geometric mean of the limits.
    """
    for name, factor in UNITS:
        if low_mm <= 1e3 * length * factor <= high_mm:
            return name, factor
    return "unknown", 1e-3 * float(np.sqrt(low_mm * high_mm)) / max(length, 1e-30)


def _unit_line(unit: str, scale: float) -> str:
    line = f"unit: {unit}, one unit of the file is {1e3 * scale:g} mm"
    return line + "; scaled to the usual size" if unit == "unknown" else line


def _size_line(points_mm: Array) -> str:
    size = np.ptp(points_mm, axis=0)
    return f"size: {size[0]:.1f} x {size[1]:.1f} x {size[2]:.1f} mm"


def _placed(scale: float, turn: Array, origin: Array) -> Array:
    """Return the matrix that turns, scales, and puts a (turned) point at the origin."""
    matrix = np.eye(4)
    matrix[:3, :3] = scale * turn
    matrix[:3, 3] = -scale * origin
    return matrix


def _analyse_hat(surface: Surface) -> Headwear:
    points = surface.samples(_SAMPLES)
    rated = [(_is_hat(points @ turn.T), rank) for rank, turn in enumerate(_UPS)]
    # The nearer a turn is to glTF's axes, the likelier.
    score, rank = max(rated, key=lambda entry: entry[0] - 0.02 * entry[1])
    upright = _UPS[rank]
    turned = points @ upright.T
    front, how = _hat_front(turned)
    turn = front @ upright
    turned = turned @ front.T
    opening = find_opening(turned)
    unit, scale = unit_of(opening.girth, *_HEADS_MM)
    if unit == "unknown":
        scale = 1e-3 * _USUAL_HEAD_MM / opening.girth
    origin = np.array([opening.middle[0], float(np.median(opening.hem)), opening.middle[1]])
    girth = 1e3 * scale * opening.girth
    confidence = score * (0.8 if unit == "unknown" else 1.0)
    evidence = (
        _unit_line(unit, scale),
        _size_line(1e3 * scale * turned),
        f"opening: {girth:.0f} mm round, {score:.0%} sure that it is open below and closed above",
        f"axes: {_UP_NAMES[rank]}, {how}",
    )
    doubts = ["it is no bowl that is open below"] if confidence < 0.5 else []
    if unit == "unknown":
        doubts.append("in no unit its opening is as large as a head")
    dimensions = {"head_circumference": girth}
    return Headwear(
        _placed(scale, turn, origin), confidence, evidence, tuple(doubts), dimensions, _HEADS_MM
    )


_UPS: tuple[Array, ...] = tuple(
    np.array(rows, dtype=np.float64)
    for rows in (
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],  # as glTF has it
        [[1, 0, 0], [0, 0, 1], [0, -1, 0]],  # z up
        [[1, 0, 0], [0, -1, 0], [0, 0, -1]],
        [[1, 0, 0], [0, 0, -1], [0, 1, 0]],
        [[0, -1, 0], [1, 0, 0], [0, 0, 1]],  # x up
        [[0, 1, 0], [-1, 0, 0], [0, 0, 1]],
    )
)
_UP_NAMES = ("y up", "z up", "-y up", "-z up", "x up", "-x up")


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
    hem = float(np.median(opening.hem))
    height = lowest[disc] - hem
    roof = np.isfinite(height) & (height > 0.25 * inner)
    return float(roof.mean())


def _hat_front(points: Array) -> tuple[Array, str]:
    """Return the turn about y that brings a peak, or else the longer axis, to the front."""
    opening = find_opening(points)
    away = points[:, [0, 2]] - opening.middle
    inner = float(np.median(opening.radius))
    low = points[:, 1] < float(np.median(opening.hem)) + 0.5 * inner
    brim = away[low & (np.hypot(*away.T) > _WALL_SHARE * inner)]
    angles = np.arange(4) * 0.5 * np.pi
    if len(brim) and np.linalg.norm(brim.mean(axis=0)) > 0.5 * np.hypot(*brim.T).mean():
        x, z = brim.mean(axis=0)
        angle = angles[np.argmax(np.sin(angles) * x + np.cos(angles) * z)]
        how = "its peak points forward"
    else:
        quarter = len(opening.radius) // 4
        across, along = opening.radius[quarter::quarter][:2]
        long_x = opening.radius[quarter] > 1.05 * opening.radius[0]
        angle = 0.5 * np.pi if long_x else 0.0
        how = "its opening is longest from front to back" if across != along else "z out"
    c, s = np.cos(angle), np.sin(angle)
    # x and z such that the direction (sin, cos) becomes the front.
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]]), how


def _analyse_earring(surface: Surface) -> Headwear:
    points = surface.samples(_SAMPLES)
    size = np.ptp(points, axis=0)
    turn, how = np.eye(3), "as glTF has them, y up and z out of the lobe"
    longest = int(np.argmax(size))
    if longest != 1 and size[longest] > 1.5 * size[1]:
        turn = _UPS[1] if longest == 2 else _UPS[4]
        how = f"{'xyz'[longest]} up: its longest side hangs"
    turned = points @ turn.T
    size = np.ptp(turned, axis=0)
    unit, scale = unit_of(float(size.max()), 4.0, 120.0)
    low, high = turned.min(axis=0), turned.max(axis=0)
    is_stud = size[1] < 1.3 * size[0] and _is_filled(turned[:, :2])
    origin = 0.5 * (low + high)
    if not is_stud:
        top = turned[turned[:, 1] > high[1] - 0.05 * size[1]]
        origin = np.array([np.median(top[:, 0]), high[1], np.median(top[:, 2])])
    held = "at its middle, like a stud" if is_stud else "at its top, from which it hangs"
    hangs = float(np.clip(size[1] / max(size[0], size[2], 1e-30), 0.0, 1.0))
    confidence = (0.9 if is_stud else 0.6 + 0.3 * hangs) * (0.6 if unit == "unknown" else 1.0)
    doubts = ("in no unit it is 4 to 120 mm long",) if unit == "unknown" else ()
    return Headwear(
        _placed(scale, turn, origin),
        confidence,
        (
            _unit_line(unit, scale),
            _size_line(1e3 * scale * turned),
            f"axes: {how}",
            f"held {held}; the other ear gets its mirror image",
        ),
        doubts,
    )


def _is_filled(points: Array) -> bool:
    """Whether the middle of a flat picture of points is covered."""
    low, high = points.min(axis=0), points.max(axis=0)
    away = (points - 0.5 * (low + high)) / np.maximum(0.5 * (high - low), 1e-30)
    cells = np.floor((away[np.abs(away).max(axis=1) < 0.5] + 0.5) * 8).astype(int)
    covered = np.zeros((9, 9), bool)
    covered[tuple(cells.T)] = True
    return bool(covered[:8, :8].mean() > 0.6)


def _analyse_necklace(surface: Surface) -> Headwear:
    points = surface.samples(_SAMPLES)
    size = np.ptp(points, axis=0)
    unit, scale = unit_of(float(size[0]), 90.0, 320.0)
    lowest = points[points[:, 1] < points[:, 1].min() + 0.1 * size[1]]
    middle = 0.5 * (points[:, 2].min() + points[:, 2].max())
    is_turned = float(lowest[:, 2].mean()) < middle - 0.1 * size[2]
    turn = np.diag([-1.0, 1.0, -1.0]) if is_turned else np.eye(3)
    turned = points @ turn.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    origin = np.array([0.5 * (low[0] + high[0]), high[1], 0.5 * (low[2] + high[2])])
    how = "turned 180 degrees about y, its front was behind" if is_turned else "y up and z out"
    open_ring = float((np.hypot(*(turned - origin)[:, [0, 2]].T) > 0.25 * size[0]).mean())
    confidence = float(np.clip(open_ring, 0.0, 1.0)) * (0.6 if unit == "unknown" else 0.9)
    doubts = ["its middle is not open"] if open_ring < 0.5 else []
    if unit == "unknown":
        doubts.append("in no unit it is 90 to 320 mm wide")
    length = 1e3 * scale * _ring_length(turned - origin)
    evidence = (
        _unit_line(unit, scale),
        _size_line(1e3 * scale * turned),
        f"length: {length:.0f} mm round, worn up to a fifth longer",
        f"axes: {how}",
    )
    return Headwear(
        _placed(scale, turn, origin),
        confidence,
        evidence,
        tuple(doubts),
        {"length": length},
        (length, _LONGER * length),
    )


def _ring_length(points: Array) -> float:
    """Return the length of a chain that goes round the vertical axis."""
    sector = np.floor(np.arctan2(points[:, 0], points[:, 2]) / (2 * np.pi) * _SECTORS).astype(int)
    line = np.array([points[sector == k].mean(axis=0) for k in np.unique(sector)])
    return float(np.linalg.norm(line - np.roll(line, 1, axis=0), axis=1).sum())


def _analyse_over_ear(surface: Surface) -> Headwear:
    points = surface.samples(_SAMPLES)
    size = np.ptp(points, axis=0)
    unit, scale = unit_of(float(size[0]), 110.0, 260.0)
    low, high = points.min(axis=0), points.max(axis=0)
    origin = np.array([0.5 * (low[0] + high[0]), low[1], 0.5 * (low[2] + high[2])])
    # An arch: covered at the top in the middle, open below it.
    across = np.abs(points[:, 0] - origin[0]) < 0.15 * size[0]
    height = (points[across, 1] - low[1]) / max(float(size[1]), 1e-30)
    arch = float((height > 0.7).mean()) if across.any() else 0.0
    confidence = arch * (0.6 if unit == "unknown" else 0.9)
    doubts = ["it is no arch"] if arch < 0.5 else []
    if unit == "unknown":
        doubts.append("in no unit it is 110 to 260 mm wide")
    evidence = (
        _unit_line(unit, scale),
        _size_line(1e3 * scale * points),
        "axes: as glTF has them, y up and z out",
    )
    return Headwear(_placed(scale, np.eye(3), origin), confidence, evidence, tuple(doubts))


HEADWEAR: Mapping[str, Callable[[Surface], Headwear]] = {
    "hat": _analyse_hat,
    "earrings": _analyse_earring,
    "necklace": _analyse_necklace,
    "over_ear": _analyse_over_ear,
}
"""The analysis by category."""
