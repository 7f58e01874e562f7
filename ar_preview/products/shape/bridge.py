"""Where a front rests on the nose: the bridge of a pair of glasses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.surface import Surface

__all__ = ["find_bridge", "middle_plane"]

_BRIDGE_REACH_MM = 45.0
_CLUSTER_GAP_MM = 2.0
_TALLEST_BRIDGE_MM = 14.0
_NOTCH_TO_BRIDGE_MM = 6.0


def middle_plane(points_mm: Array) -> float:
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


def find_bridge(surface_mm: Surface, x: float, front_z: float) -> tuple[float, float, str]:
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
