"""Glasses: a front that closes across the middle and two temples that run back from its sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.shape.bridge import find_bridge, middle_plane
from ar_preview.products.shape.found import SHAPE_TRUST, UNITS, Found
from ar_preview.products.shape.frames import Frame, closeness, mirror_share, rise_angle

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.shape.frames import Frames

__all__ = ["FRONT_DEPTH_MM", "analyse_glasses", "temple_length_mm"]

_SAMPLES = 64_000
_METRES_RANGE_MM = (100.0, 190.0)
_OTHER_RANGE_MM = (115.0, 170.0)
_USUAL_WIDTH_MM = 140.0
"""Total width of an adult frame when the file gives no clue."""

FRONT_DEPTH_MM = 25.0
"""A front with its wrap and end pieces is at most this deep."""

_NO_TEMPLES, _NARROWEST = 0.4, 0.05
_GOOD_SYMMETRY = 0.85
_LEVELLINGS = 2
_DIRECTION = np.array([1.0, 0.0, 0.0])


def analyse_glasses(frames: Frames) -> Found:
    """Find orientation, unit, bridge and temples."""
    turn, symmetry, temples = _orientation(frames)
    axes = np.eye(4)
    axes[:3, :3] = turn
    turned = frames.surface.moved(axes)
    extent = np.ptp(turned.bounds, axis=0)
    # What has no width to speak of is measured by its length.
    unit, scale = _unit(max(float(extent[0]), _NARROWEST * float(extent.max())))
    surface_mm = turned.moved(np.diag([1e3 * scale] * 3 + [1.0]))
    points = surface_mm.samples(_SAMPLES)
    front_z = float(surface_mm.bounds[1, 2])
    x = middle_plane(points)
    y, z, bridge = find_bridge(surface_mm, x, front_z)
    matrix = np.diag([scale] * 3 + [1.0]) @ axes
    matrix[:3, 3] -= np.array([x, y, z]) * 1e-3
    # Few triangles may have no sample that near to the foremost corner.
    front = points[points[:, 2] >= min(front_z - FRONT_DEPTH_MM, float(points[:, 2].max()))]
    dimensions = {"frame_width": float(np.ptp(front[:, 0]))}
    length = temple_length_mm(points - [x, 0.0, 0.0], front_z) if temples > 0.0 else 0.0
    if length > 0.0:
        dimensions["temple_length"] = length
    size = np.ptp(surface_mm.bounds, axis=0)
    unit_told = f"unit: {unit}, one unit of the file is {scale * 1e3:g} mm"
    if unit == "unknown":
        unit_told += f"; scaled to a total width of {size[0]:.0f} mm"
    shift = np.round(1e3 * matrix[:3, 3], 1) + 0.0  # Not -0.0.
    evidence = (
        unit_told,
        f"size: front {dimensions['frame_width']:.1f} mm wide and {np.ptp(front[:, 1]):.1f} high, "
        f"overall {size[0]:.1f} x {size[2]:.1f} mm",
        f"axes: {_axes_told(turn)}",
        f"symmetry: {symmetry:.0%} of the surface has its mirror image",
        f"temples: {temples:.0%} sure that two run back"
        + (f", about {length:.0f} mm long" if length > 0.0 else ""),
        f"bridge: {bridge}; moved by {shift[0]:+.1f} {shift[1]:+.1f} {shift[2]:+.1f} mm",
    )
    symmetric = min(1.0, symmetry / _GOOD_SYMMETRY)
    confidence = symmetric**2 * (0.35 + 0.65 * temples) * SHAPE_TRUST[unit]
    doubts = []
    if symmetric < 1.0:
        doubts.append("its left and right differ")
    if temples < 0.5:
        doubts.append("no two temples run back")
    if unit == "unknown":
        doubts.append("in no unit it is as wide as a face")
    return Found(matrix, float(confidence), evidence, tuple(doubts), dimensions)


def _orientation(frames: Frames) -> tuple[Array, float, float]:
    """Return the likeliest turn with its symmetry and temple evidence."""
    best: tuple[float, Array, float, float] | None = None
    for frame in (*frames.all_turns, *_along_temples(frames)):
        turned = frames.points @ frame.turn.T
        size = np.ptp(turned, axis=0)
        if size[0] < 1.2 * size[1]:
            continue
        temples = _temple_evidence(turned)
        most = 2.0 + 2.5 * temples - frame.penalty
        if best is not None and most <= best[0]:
            continue
        symmetry = mirror_share(turned, _DIRECTION, float(turned[:, 0].mean()))
        # The prior settles what the shape leaves open, for example a front without temples.
        score = 2.0 * symmetry + 2.0 * temples - frame.penalty
        score += _upright_evidence(turned) * temples
        if best is None or score > best[0]:
            turn = frame.turn if frame.is_file else _levelled(frames.points, frame.turn)
            best = (score, turn, symmetry, temples)
    if best is None:
        x = float(frames.points[:, 0].mean())
        return np.eye(3), mirror_share(frames.points, _DIRECTION, x), 0.0
    return best[1], best[2], best[3]


def _along_temples(frames: Frames) -> list[Frame]:
    """Return skew frames whose z runs along what is farthest from the mirror plane."""
    found = []
    for base in frames.mirrored:
        points = (frames.points - frames.centre) @ base.turn.T
        side = np.abs(points[:, 0]) > 0.75 * np.abs(points[:, 0]).max()
        if side.sum() < 3:
            continue
        z = np.linalg.eigh(np.cov(points[side, 1:].T))[1][:, 1]
        for way in (1.0, -1.0):
            for x in (1.0, -1.0):
                back = way * np.array([0.0, z[0], z[1]])
                left = np.array([x, 0.0, 0.0])
                turn = np.stack([left, np.cross(back, left), back]) @ base.turn
                found.append(Frame(turn, False))
    return found


def _levelled(points: Array, turn: Array) -> Array:
    """Turn about x until the straight part of the temples is level."""
    for _ in range(_LEVELLINGS):
        turned = points @ turn.T
        low, high = turned.min(axis=0), turned.max(axis=0)
        depth = (turned[:, 2] - low[2]) / max(float(high[2] - low[2]), 1e-30)
        aside = np.abs(turned[:, 0] - 0.5 * (low[0] + high[0])) > 0.35 * (high[0] - low[0])
        arm = turned[aside & (depth > 0.35) & (depth < 0.8)]
        if len(arm) < 30:
            break
        rise = rise_angle(arm)
        c, s = np.cos(rise), np.sin(rise)
        turn = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]]) @ turn
    return turn


def _axes_told(turn: Array) -> str:
    if np.allclose(turn, np.diag([-1.0, 1.0, -1.0])):
        return "turned 180 degrees about y, its temples pointed forward"
    return closeness(turn) or "as glTF has them, y up and z out of the face"


def _unit(width: float) -> tuple[str, float]:
    for name, factor in UNITS:
        low, high = _METRES_RANGE_MM if factor == 1.0 else _OTHER_RANGE_MM
        if low <= width * factor * 1e3 <= high:
            return name, factor
    return "unknown", _USUAL_WIDTH_MM * 1e-3 / max(width, 1e-30)


def _temple_evidence(points: Array) -> float:
    """Return 0 to 1: whether the rear is two far-apart strands and the front closes between."""
    low, high = points.min(axis=0), points.max(axis=0)
    width, depth = high[0] - low[0], high[2] - low[2]
    if width <= 0.0 or depth < _NO_TEMPLES * width:
        return 0.0
    x = np.abs(points[:, 0] - 0.5 * (low[0] + high[0])) / width
    rear = points[:, 2] < low[2] + 0.6 * depth
    front = points[:, 2] > high[2] - 0.25 * depth
    if not rear.any() or not front.any():
        return 0.0
    strands = float((x[rear] > 0.25).mean())
    closed = min(1.0, float((x[front] < 0.25).mean()) / 0.25)
    # Temples begin at the corners of the front; the arms of a headband leave a round top.
    corner = points[:, 2] > high[2] - 0.2 * depth
    square = float(np.clip((np.ptp(points[corner, 0]) / width - 0.75) / 0.1, 0.0, 1.0))
    return strands**2 * closed * square


def _upright_evidence(points: Array) -> float:
    """Return -1 to 1: temples leave the front above its middle and end bending down."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    depth = (points[:, 2] - low[2]) / max(size[2], 1e-12)
    front = points[depth > 0.85, 1]
    arm = points[(depth > 0.35) & (depth < 0.75), 1]
    tip = points[depth < 0.12, 1]
    if min(len(front), len(arm), len(tip)) < 10:
        return 0.0
    middle = 0.5 * (front.min() + front.max())
    scale = max(float(np.ptp(front)), 1e-12)
    bend = (np.median(arm) - np.median(tip)) / scale
    rise = (np.median(arm) - middle) / scale
    return float(np.clip(0.5 * bend, -0.5, 0.5) + np.clip(rise, -0.5, 0.5))


def temple_length_mm(points_mm: Array, front_z: float) -> float:
    """Return the length of the temples' centre line, mean of both, mm; 0 without temples.

    Parameters
    ----------
    points_mm : ndarray, shape (N, 3)
        Of the surface, x = 0 in the middle, z out of the face.
    front_z : float
        Where the front is, mm.
    """
    lengths = []
    for side in (points_mm[points_mm[:, 0] > 0.0], points_mm[points_mm[:, 0] < 0.0]):
        behind = side[side[:, 2] < front_z - FRONT_DEPTH_MM]
        if len(behind) < 30:
            return 0.0
        steps = np.floor(behind[:, 2] / 6.0)
        line = np.array([behind[steps == s].mean(axis=0) for s in np.unique(steps)])
        middle = float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())
        # The front wraps back to the hinge, where the temple begins.
        outermost = np.abs(side[:, 0]) > 0.93 * np.abs(side[:, 0]).max()
        hinge_z = float(np.percentile(side[outermost, 2], 99.0))
        ends = (line[0, 2] - behind[:, 2].min()) + (hinge_z - line[-1, 2])
        lengths.append(middle + float(ends))
    return float(np.mean(lengths))
