"""Hair that the portrait does not show: the mirror image of the hair beside it.

Seen from the middle of the chart's face, hair ends in every direction where it turns away
from the camera. The completion folds the last few centimetres back, to and fro, like a paper
strip: every strand goes on without a break, and the parting goes on over the crown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from ar_preview.workshop.samples.filling import mottle

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

__all__ = ["mirror_hair", "mirror_neck"]

_ANGLES = 720
_LONGEST_FOLD_MM, _SHORTEST_FOLD_MM = 38.0, 12.0
_KEEP_FROM_SKIN_MM = 11.0  # of a lock's inner edge, which lies in the face's shadow
_BORDER_SOFTNESS = 16.0  # half degrees by which the turning line is smoothed
_STEP_MM = 0.3
_FEWEST_MM = 6.0
_WANDER_MM, _WANDER_AFTER_MM, _WANDER_SCALE = 3.0, 14.0, 26.0
_NECK_FOLD_MM, _NECK_SOFTNESS = 9.0, 30.0
_REACH_MM = 400.0


def mirror_hair(
    texture: RgbImage,
    good: npt.NDArray[np.bool_],
    centre: tuple[float, float],
    texel_mm: tuple[float, float],
) -> RgbImage:
    """Complete the hair of a chart's texture.

    Parameters
    ----------
    texture : ndarray, shape (H, W, 3), uint8
        Rows climb the head, columns go around it; the face is in the middle.
    good : ndarray, shape (H, W), bool
        Texels that show hair squarely enough.
    centre : tuple of float
        Row and column of the middle of the face.
    texel_mm : tuple of float
        Rough size of a texel, row and column, mm.

    Returns
    -------
    ndarray, shape (H, W, 3), uint8
        Hair everywhere; sensible only where there is hair.
    """
    border, fold = _turning_line(good, centre, texel_mm)
    rows, columns = np.meshgrid(*map(np.arange, good.shape), indexing="ij")
    y = (rows - centre[0]) * texel_mm[0]
    x = (columns - centre[1]) * texel_mm[1]
    distance = np.maximum(np.hypot(x, y), 1e-6)
    bins = (np.arctan2(y, x) % (2 * np.pi)) * (_ANGLES / (2 * np.pi))
    every = np.arange(_ANGLES + 1)
    at_border = np.interp(bins, every, [*border, border[0]])
    at_fold = np.interp(bins, every, [*fold, fold[0]])
    beyond = np.maximum(distance - at_border, 0)
    folded = at_fold - np.abs(at_fold - beyond % (2 * at_fold))
    factor = np.where(beyond > 0, (at_border - folded) / distance, 1.0)
    # A perfect mirror image shows as a kaleidoscope: let it wander off with the distance.
    ramp = np.clip(beyond / _WANDER_AFTER_MM, 0, 1) * _WANDER_MM
    away = [ramp * mottle(good.shape, (_WANDER_SCALE,), (1.0,), seed) for seed in (11, 12)]
    source_x = centre[1] + factor * (columns - centre[1]) + away[0] / texel_mm[1]
    source_y = centre[0] + factor * (rows - centre[0]) + away[1] / texel_mm[0]
    source_x, source_y = source_x.astype(np.float32), source_y.astype(np.float32)
    return np.asarray(cv2.remap(texture, source_x, source_y, cv2.INTER_LINEAR))


def _turning_line(
    good: npt.NDArray[np.bool_], centre: tuple[float, float], texel_mm: tuple[float, float]
) -> tuple[Array, Array]:
    """Where hair ends in each direction, and how much of it can be folded; mm."""
    angles = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    steps = np.arange(0.0, _REACH_MM, _STEP_MM)
    x = (centre[1] + np.cos(angles)[:, None] * steps / texel_mm[1]).astype(np.float32)
    y = (centre[0] + np.sin(angles)[:, None] * steps / texel_mm[0]).astype(np.float32)
    along = cv2.remap(good.astype(np.uint8), x, y, cv2.INTER_NEAREST).astype(bool)
    some = np.flatnonzero(along.sum(1) * _STEP_MM > _FEWEST_MM)
    ends = along.shape[1] - 1 - np.argmax(along[some, ::-1], axis=1)
    starts = np.array([_start_of_run(along[a], e) for a, e in zip(some, ends, strict=True)])
    length = (ends - starts) * _STEP_MM - _KEEP_FROM_SKIN_MM
    every = np.arange(_ANGLES)
    border = np.interp(every, some, ends * _STEP_MM, period=_ANGLES)
    fold = np.interp(
        every, some, np.clip(length, _SHORTEST_FOLD_MM, _LONGEST_FOLD_MM), period=_ANGLES
    )
    return (
        gaussian_filter1d(border, _BORDER_SOFTNESS, mode="wrap"),
        gaussian_filter1d(fold, _BORDER_SOFTNESS, mode="wrap"),
    )


def _start_of_run(along: npt.NDArray[np.bool_], end: int) -> int:
    gaps = np.flatnonzero(~along[: end + 1])
    return int(gaps[-1]) + 1 if gaps.size else 0


def mirror_neck(
    texture: RgbImage, good: npt.NDArray[np.bool_], texel_mm: float
) -> tuple[RgbImage, npt.NDArray[np.bool_]]:
    """Continue every row beyond its last good texels on both sides, folded to and fro.

    A collar's edge runs around the neck, as the rows do, and so goes on unbroken.

    Returns
    -------
    image : ndarray, shape (H, W, 3), uint8
    beyond : ndarray, shape (H, W), bool
        Where it is the continuation.
    """
    height, width = good.shape
    middle = width // 2
    fold = _NECK_FOLD_MM / texel_mm
    some = np.flatnonzero(good.any(1))
    every = np.arange(height)
    first = np.interp(every, some, np.argmax(good[some], axis=1))
    last = np.interp(every, some, width - 1 - np.argmax(good[some, ::-1], axis=1))
    columns = np.arange(width, dtype=np.float64)[None].repeat(height, 0)
    continued = np.zeros(good.shape, bool)
    for edge, side in ((first, -1), (last, 1)):
        border = gaussian_filter1d(edge, _NECK_SOFTNESS)[:, None]
        beyond = np.maximum(side * (columns - border), 0)
        folded = fold - np.abs(fold - beyond % (2 * fold))
        outside = (beyond > 0) & (side * (columns - middle) > 0)
        columns = np.where(outside, border - side * folded, columns)
        continued |= outside
    rows = np.arange(height, dtype=np.float32)[:, None].repeat(width, 1)
    image = cv2.remap(texture, columns.astype(np.float32), rows, cv2.INTER_LINEAR)
    # One row's grain, drawn out, is a stripe; this keeps the collar's edge.
    calm = cv2.bilateralFilter(image, 11, 40.0, 6.0)
    return np.where(continued[..., None], calm, image), continued
