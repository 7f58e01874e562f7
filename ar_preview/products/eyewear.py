"""Where a pair of glasses without a manifest has its front, its bridge and its temples."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.products.surface import Surface

__all__ = ["FRONT_DEPTH_MM", "Eyewear", "analyse_eyewear", "temple_length_mm"]

_SAMPLES = 8_000
_UNITS = (("metres", 1.0), ("millimetres", 1e-3), ("centimetres", 1e-2), ("inches", 0.0254))
_METRES_RANGE_MM = (100.0, 190.0)
_OTHER_RANGE_MM = (115.0, 170.0)
_USUAL_WIDTH_MM = 140.0
"""Total width of an adult frame when the file gives no clue."""

FRONT_DEPTH_MM = 25.0
"""A front with its wrap and end pieces is at most this deep."""

_BRIDGE_REACH_MM = 45.0
_CLUSTER_GAP_MM = 2.0
_TALLEST_BRIDGE_MM = 14.0
_NOTCH_TO_BRIDGE_MM = 6.0
_NO_TEMPLES = 0.4


@dataclass(frozen=True, eq=False)
class Eyewear:
    """What the geometry of a pair of glasses says.

    Parameters
    ----------
    product_from_model : ndarray, shape (4, 4)
        Uniform scale, rotation, translation into product space.
    unit : str
        Unit of the file as found, or ``unknown``.
    scale : float
        Metres in one unit of the file.
    turn : str
        What was turned, empty if nothing.
    symmetry, temples : float
        0 to 1: how well the left mirrors the right; how clearly two temples run back.
    bridge : str
        How the origin was found.
    dimensions_mm : dict of str to float
        Measured on the mesh.
    """

    product_from_model: Array
    unit: str
    scale: float
    turn: str
    symmetry: float
    temples: float
    bridge: str
    dimensions_mm: dict[str, float]


def _axis_rotations() -> list[Array]:
    """Return the 24 rotations that map axes onto axes; identity first, then the turn about y."""
    found = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            if np.linalg.det(matrix) > 0:
                found.append(matrix)
    # glTF says y up, z front: the nearer a turn is to that, the likelier.
    return sorted(found, key=lambda m: (-m[1, 1], -np.trace(m)))


def _mirror_symmetry(points: Array) -> float:
    """Return the share of points that have a mirror image across x = 0 (one cell tolerance)."""
    cells = 48
    low, span = points.min(axis=0), float(np.ptp(points, axis=0).max())
    half = np.abs(points[:, 0]).max()
    size = span / cells
    if size <= 0.0:
        return 0.0
    shape = np.ceil((np.array([2 * half, *np.ptp(points[:, 1:], axis=0)])) / size).astype(int) + 3
    grid = np.zeros(shape, bool)

    def cell(p: Array) -> tuple[npt.NDArray[np.intp], ...]:
        origin = np.array([-half, low[1], low[2]])
        index = np.floor((p - origin) / size).astype(np.intp) + 1
        return tuple(np.clip(index, 0, shape - 1).T)

    grid[cell(points)] = True
    for axis in range(3):
        grid = grid | np.roll(grid, 1, axis) | np.roll(grid, -1, axis)
    return float(grid[cell(points * [-1.0, 1.0, 1.0])].mean())


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
    return strands**2 * closed


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


def _orientation(points: Array) -> tuple[Array, float, float]:
    """Return the likeliest axis rotation with its symmetry and temple evidence."""
    best: tuple[float, Array, float, float] | None = None
    centre = 0.5 * (points.min(axis=0) + points.max(axis=0))
    for rank, rotation in enumerate(_axis_rotations()):
        turned = (points - centre) @ rotation.T
        size = np.ptp(turned, axis=0)
        if size[0] < 1.2 * size[1]:
            continue
        symmetry = _mirror_symmetry(turned)
        temples = _temple_evidence(turned)
        # The prior settles what the shape leaves open, for example a front without temples.
        score = 2.0 * symmetry + 2.0 * temples + _upright_evidence(turned) * temples - 0.02 * rank
        if best is None or score > best[0]:
            best = (score, rotation, symmetry, temples)
    if best is None:
        return np.eye(3), _mirror_symmetry(points - centre), 0.0
    return best[1], best[2], best[3]


def _turn_text(rotation: Array) -> str:
    if np.allclose(rotation, np.eye(3)):
        return ""
    if np.allclose(rotation, np.diag([-1.0, 1.0, -1.0])):
        return "turned 180 degrees about y, its temples pointed forward"
    names = "xyz"
    parts = []
    for target, row in zip(("left", "up", "out"), rotation, strict=True):
        axis = int(np.argmax(np.abs(row)))
        parts.append(f"{target} is the file's {'+' if row[axis] > 0 else '-'}{names[axis]}")
    return "turned: " + ", ".join(parts)


def _unit(width: float) -> tuple[str, float]:
    for name, factor in _UNITS:
        low, high = _METRES_RANGE_MM if factor == 1.0 else _OTHER_RANGE_MM
        if low <= width * factor * 1e3 <= high:
            return name, factor
    return "unknown", _USUAL_WIDTH_MM * 1e-3 / max(width, 1e-30)


def _symmetry_plane(points_mm: Array) -> float:
    """Return x of the mirror plane: the median of the middles between left and right extremes.

    Unlike the middle of the bounding box it does not follow a logo or a lens reflection that
    only one side has.
    """
    cell = np.floor(points_mm[:, 1:] / 3.0).astype(np.int64)
    _, which = np.unique(cell, axis=0, return_inverse=True)
    which = which.reshape(-1)
    count = int(which.max()) + 1
    left, right = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(left, which, points_mm[:, 0])
    np.minimum.at(right, which, points_mm[:, 0])
    width = float(np.ptp(points_mm[:, 0]))
    two_sided = left - right > 0.5 * width
    if not two_sided.any():
        return float(0.5 * (points_mm[:, 0].min() + points_mm[:, 0].max()))
    return float(np.median(0.5 * (left + right)[two_sided]))


def _clusters(section_mm: Array) -> list[Array]:
    """Split section segments (S, 2, 3) into groups that are apart in y; lowest first."""
    low, high = section_mm[:, :, 1].min(axis=1), section_mm[:, :, 1].max(axis=1)
    groups: list[list[int]] = []
    top = -np.inf
    for i in np.argsort(low):
        if low[i] > top + _CLUSTER_GAP_MM:
            groups.append([])
        groups[-1].append(int(i))
        top = max(top, float(high[i]))
    return [section_mm[g] for g in groups]


def _bridge(surface_mm: Surface, x: float, front_z: float) -> tuple[float, float, str]:
    """Return y and z of the bridge's origin and a sentence on how it was found."""
    section = surface_mm.section(x)
    near = section[:, :, 2].min(axis=1) > front_z - _BRIDGE_REACH_MM
    section = section[near]
    if len(section) == 0:
        bounds = surface_mm.bounds
        return (
            float(bounds[:, 1].mean()),
            front_z,
            "nothing crosses the middle: the front's middle is used",
        )
    # A second, higher bar (aviators) is not what rests on the nose.
    solid = [c for c in _clusters(section) if np.ptp(c[:, :, 1]) > 0.8] or [section]
    bar = solid[0]
    low, high = float(bar[:, :, 1].min()), float(bar[:, :, 1].max())
    if high - low <= _TALLEST_BRIDGE_MM:
        y, how = 0.5 * (low + high), f"its bridge is {high - low:.1f} mm high"
    else:
        y = low + _NOTCH_TO_BRIDGE_MM
        how = f"it is closed over {high - low:.0f} mm at the middle, like a shield"
    level = (bar[:, :, 1].min(axis=1) <= y + 2.0) & (bar[:, :, 1].max(axis=1) >= y - 2.0)
    band = bar[level] if level.any() else bar
    return y, float(band[:, :, 2].min()), how


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


def analyse_eyewear(surface: Surface) -> Eyewear:
    """Find orientation, unit and bridge of a pair of glasses.

    Parameters
    ----------
    surface : Surface
        In the space of the file, any unit.
    """
    rotation, symmetry, temples = _orientation(surface.samples(_SAMPLES))
    turn = np.eye(4)
    turn[:3, :3] = rotation
    turned = surface.moved(turn)
    unit, scale = _unit(float(np.ptp(turned.bounds[:, 0])))
    metres_to_mm = 1e3 * scale
    surface_mm = turned.moved(np.diag([metres_to_mm] * 3 + [1.0]))
    points = surface_mm.samples(8 * _SAMPLES)
    front_z = float(surface_mm.bounds[1, 2])
    x = _symmetry_plane(points)
    y, z, how = _bridge(surface_mm, x, front_z)
    matrix = np.diag([scale] * 3 + [1.0]) @ turn
    matrix[:3, 3] -= np.array([x, y, z]) * 1e-3
    front = points[points[:, 2] > front_z - FRONT_DEPTH_MM]
    sizes = surface_mm.bounds[1] - surface_mm.bounds[0]
    dimensions = {
        "frame_width": float(np.ptp(front[:, 0])),
        "width": float(sizes[0]),
        "height": float(np.ptp(front[:, 1])),
        "depth": float(sizes[2]),
    }
    if temples > 0.0:
        centred = points - [x, 0.0, 0.0]
        if (length := temple_length_mm(centred, front_z)) > 0.0:
            dimensions["temple_length"] = length
    return Eyewear(
        product_from_model=matrix,
        unit=unit,
        scale=scale,
        turn=_turn_text(rotation),
        symmetry=symmetry,
        temples=temples,
        bridge=how,
        dimensions_mm=dimensions,
    )
