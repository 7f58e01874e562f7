"""Self-consistency: a clip played forwards and backwards must wear the product alike.

It needs no truth: whatever depends on how the head came to be where it is (lag, drift, a bad
first frame) differs between the two runs. No offset is removed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.evaluation.drawn import DrawnPath
    from ar_preview.geometry import Array

__all__ = ["ConsistencyScore", "measure_consistency", "reversed_path"]

_FACE_WIDTH_M = 0.14


@dataclass(frozen=True, eq=False)
class ConsistencyScore:
    """Difference of the product's points between two runs, percent of the face's width.

    Parameters
    ----------
    median_percent, p95_percent : float or None
        None if no frame wore the product in both runs.
    face_width_px : float or None
        Width of a 14 cm face, as far as the run knows the distance.
    found_forward, found_backward : float
        Share of the frames in which the product was worn, 0 to 1.
    jitter_px : float or None
        Frame-to-frame change of the forward path's acceleration-free part: rms of
        ``x(t) - (x(t-1) + x(t+1)) / 2``.
    differences_px : ndarray, shape (F,)
        Of each frame, rms over the points; NaN where not worn in both runs.
    """

    median_percent: float | None
    p95_percent: float | None
    face_width_px: float | None
    found_forward: float
    found_backward: float
    jitter_px: float | None
    differences_px: Array


def reversed_path(path: DrawnPath, count: int) -> DrawnPath:
    """Return the path of a backward run, by the frames of the clip."""
    return replace(
        path,
        index=(count - 1 - path.index)[::-1],
        points_image=path.points_image[::-1],
        depth_m=path.depth_m[::-1],
    )


def measure_consistency(forward: DrawnPath, backward: DrawnPath, count: int) -> ConsistencyScore:
    """Compare two runs of the same frames.

    Parameters
    ----------
    forward, backward : DrawnPath
        Both by the frames of the clip.
    count : int
        Frames of the clip.
    """
    common, first, second = np.intersect1d(forward.index, backward.index, return_indices=True)
    differences_px = np.full(count, np.nan)
    median = p95 = width = None
    if len(common):
        apart = np.linalg.norm(forward.points_image[first] - backward.points_image[second], axis=-1)
        differences_px[common] = np.sqrt((apart**2).mean(axis=1))
        width = forward.face_width_px(_FACE_WIDTH_M)
        median = 100.0 * float(np.median(apart)) / width
        p95 = 100.0 * float(np.percentile(apart, 95)) / width
    return ConsistencyScore(
        median_percent=median,
        p95_percent=p95,
        face_width_px=width,
        found_forward=len(forward.index) / max(count, 1),
        found_backward=len(backward.index) / max(count, 1),
        jitter_px=_jitter(forward),
        differences_px=differences_px,
    )


def _jitter(path: DrawnPath) -> float | None:
    """Return the rms departure of a point from the middle of its neighbours in time, px."""
    between = (np.diff(path.index)[1:] == 1) & (np.diff(path.index)[:-1] == 1)
    points = path.points_image
    bend = (points[1:-1] - 0.5 * (points[:-2] + points[2:]))[between]
    return float(np.sqrt((bend**2).sum(axis=-1).mean())) if len(bend) else None
