"""Hair and neck that the portrait does not show, continued from what it shows beside them.

Seen from the middle of the chart's face, hair ends in every direction where it turns away
from the camera. Its tone goes on as a mirror image, folded to and fro like a paper strip; its
strands go on as overlapping tiles of the last few centimetres. (A mirror image of the strands
shows as a kaleidoscope, tiles of the tone as stripes.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

__all__ = ["complete_hair", "mirror_neck"]

_ANGLES = 720
_LONGEST_FOLD_MM, _SHORTEST_FOLD_MM = 38.0, 12.0
_KEEP_FROM_SKIN_MM = 11.0  # of a lock's inner edge, which lies in the face's shadow
_BORDER_SOFTNESS = 16.0  # half degrees by which the turning line is smoothed
_STEP_MM = 0.3
_FEWEST_MM = 6.0
_TONE_MM = 6.0  # what is coarser than this is tone, what is finer strands
_SEAM_MM = 9.0
_NECK_FOLD_MM, _NECK_SOFTNESS = 9.0, 30.0
_REACH_MM = 400.0


def complete_hair(
    texture: RgbImage,
    good: npt.NDArray[np.bool_],
    centre: tuple[float, float],
    texel_mm: tuple[float, float],
) -> Array:
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
    ndarray, shape (H, W, 3), float
        Hair everywhere; sensible only where there is hair.
    """
    polar = _Polar.around(good.shape, centre, texel_mm)
    border, fold = (polar.spread(v) for v in _turning_line(good, centre, texel_mm))
    beyond = np.maximum(polar.distance - border, 0)
    folded = fold - np.abs(fold - beyond % (2 * fold))
    mirrored = polar.sample(texture, np.where(beyond > 0, border - folded, polar.distance))
    tone = cv2.GaussianBlur(mirrored, (0, 0), _TONE_MM / texel_mm[1])
    strands = mirrored - tone
    # Tiles of strands overlap by a seam; tile k is the picture's own strip moved k periods out.
    seam = np.minimum(_SEAM_MM, 0.4 * fold)
    period = fold - seam
    tile = np.floor((polar.distance - (border - seam)) / period) + 1
    tile = np.maximum(tile, 0)
    ahead = polar.sample(strands, polar.distance - tile * period)
    behind = polar.sample(strands, polar.distance - np.maximum(tile - 1, 0) * period)
    into = polar.distance - tile * period - (border - fold)
    share = np.where(tile > 0, np.clip(into / seam, 0, 1), 1.0)[..., None]
    # Two independent layers of strands lose contrast where they mix; this gives it back.
    contrast = np.sqrt(share**2 + (1 - share) ** 2)
    return np.asarray(tone + (share * ahead + (1 - share) * behind) / contrast)


@dataclass(frozen=True, eq=False)
class _Polar:
    """Distance (mm) and direction of every texel from the middle of the face."""

    centre: tuple[float, float]
    offset: Array
    distance: Array
    bins: Array

    @classmethod
    def around(
        cls, shape: tuple[int, ...], centre: tuple[float, float], texel_mm: tuple[float, float]
    ) -> _Polar:
        rows, columns = np.meshgrid(np.arange(shape[0]), np.arange(shape[1]), indexing="ij")
        offset = np.stack([rows - centre[0], columns - centre[1]])
        y, x = offset[0] * texel_mm[0], offset[1] * texel_mm[1]
        bins = (np.arctan2(y, x) % (2 * np.pi)) * (_ANGLES / (2 * np.pi))
        return cls(centre, offset, np.maximum(np.hypot(x, y), 1e-6), bins)

    def spread(self, values: Array) -> Array:
        """Give every texel the value of its direction."""
        return np.asarray(np.interp(self.bins, np.arange(_ANGLES + 1), [*values, values[0]]))

    def sample(self, image: npt.NDArray[Any], distance: Array) -> Array:
        """Look up, in every texel's direction, the image at another distance."""
        factor = distance / self.distance
        y, x = (c + factor * o for c, o in zip(self.centre, self.offset, strict=True))
        found = cv2.remap(
            image.astype(np.float32), x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR
        )
        return np.asarray(found, np.float64)


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
