"""How far hair reaches round a hat, and where the background may be drawn in unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.pressing.move import STRETCH
from ar_preview.pressing.outline import ANGLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.pressing.outline import HatOutline

__all__ = ["hair_reach"]

_RADII = np.linspace(0.4, 2.0, 54)
"""Distances at which the picture is looked at, relative to the size of the hat."""

_HAIR_WITHIN, _BACKGROUND_FROM = 0.92, 1.5
"""Under the crown there is hair, as high as the head, and far from it background; relative to the
edge."""

_BACKGROUND_HALF_ANGLE = np.radians(100.0)
"""Below, shoulders begin."""

_LEAST, _MOST = 0.9, 1.5
"""Where hair may end, relative to the edge."""

_BINS = 16
_CHROMA_BIN = 5
_LEAST_SEEDS = 60
_STRONGEST = 2.0
"""Evidence of one place, as logarithm of the ratio of both likelihoods."""

_BAND = 4
_LOOSE_HAIR = 0.12
"""Up to so far beyond the edge of hair single strands are no background; relative to the hat's
size."""

_UNSEEN, _BENT = 5.0, 13.0
"""Gray levels by which the background changes when it is drawn in: plain walls stay below the one,
lines and blinds are above the other."""

_SEEN_MOVE = 0.06
"""What moves by less is not seen to; relative to the hat's size."""

_OTHER_HAT = 1.25
"""Around the crown of another person nothing is background, relative to its edge."""


def hair_reach(
    image: RgbImage, hat: HatOutline, others: Sequence[HatOutline] = ()
) -> tuple[Array, Array]:
    """Return how far hair reaches in each direction, and how surely.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
        As the camera saw it.
    hat : HatOutline
    others : sequence of HatOutline
        Of other people in the picture.

    Returns
    -------
    reach : ndarray, shape (A,)
        By `ANGLES`, relative to the size of the hat.
    sure : ndarray, shape (A,)
        0 to 1: how much more it looks like hair just inside than just outside, less where the
        background has lines that would be seen to bend.
    """
    points = hat.at(ANGLES[:, None], _RADII[None, :])
    height, width = image.shape[:2]
    inside = (points > 0.0) & (points < (width, height))
    seen = np.asarray(inside.all(axis=-1), np.bool_)
    for other in others:
        angle, distance = other.seen_from_middle(points)
        seen &= distance > _OTHER_HAT * np.interp(angle, ANGLES, other.edge)
    pixels = _sampled(image, points, hat.size)
    keys = _colour_keys(pixels)
    relative = _RADII / np.maximum(hat.edge[:, None], 1e-3)
    above = hat.below_hem[:, None] == 0.0
    high = np.abs(ANGLES)[:, None] < _BACKGROUND_HALF_ANGLE
    filled = _RADII * np.cos(ANGLES)[:, None] < hat.filled
    hair = _histogram(keys[(relative < _HAIR_WITHIN) & filled & above & seen])
    background = _histogram(keys[(relative > _BACKGROUND_FROM) & high & seen])
    if hair is None or background is None:
        return hat.edge.copy(), np.zeros(len(ANGLES))
    ratio = np.clip(np.log(hair / background), -_STRONGEST, _STRONGEST)[keys]
    border = cv2.BORDER_REPLICATE
    ratio = np.asarray(cv2.blur(np.where(seen, ratio, 0.0), (3, 3), borderType=border), np.float64)
    allowed = (relative > _LEAST) & (relative < _MOST)
    gathered = np.cumsum(ratio, axis=1)
    ends = np.where(allowed, gathered, -np.inf).argmax(axis=1)
    ends = _median(ends)
    reach = _RADII[ends]
    bent = _bent(pixels, seen, reach, (reach - hat.edge) * (1.0 - hat.free_hair))
    return reach, _sureness(ratio, ends) * (1.0 - bent)


def _sampled(image: RgbImage, points: Array, size: float) -> npt.NDArray[np.uint8]:
    """Return the picture at points, as coarse as they are."""
    low = np.floor(points.reshape(-1, 2).min(axis=0)).astype(int)
    high = np.ceil(points.reshape(-1, 2).max(axis=0)).astype(int)
    x0, y0 = np.clip(low, 0, None)
    x1, y1 = np.minimum(high, (image.shape[1], image.shape[0]))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return np.zeros((*points.shape[:2], 3), np.uint8)
    crop = image[y0:y1, x0:x1]
    coarse = max(1, int(size * (_RADII[1] - _RADII[0])))
    if coarse > 1:
        size_px = max(crop.shape[1] // coarse, 1), max(crop.shape[0] // coarse, 1)
        crop = np.asarray(cv2.resize(crop, size_px, interpolation=cv2.INTER_AREA), np.uint8)
    scale = np.array([crop.shape[1] / (x1 - x0), crop.shape[0] / (y1 - y0)])
    at = ((points - (x0, y0)) * scale - 0.5).astype(np.float32)
    return np.asarray(
        cv2.remap(crop, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _colour_keys(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    """Return the cells of colours, by lightness and both chromas of CIELAB."""
    light, a, b = cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB))
    middle, most = 128 - _BINS * _CHROMA_BIN // 2, _BINS - 1
    a, b = (np.clip((c.astype(np.intp) - middle) // _CHROMA_BIN, 0, most) for c in (a, b))
    return np.asarray((light.astype(np.intp) * _BINS // 256 * _BINS + a) * _BINS + b)


def _histogram(keys: npt.NDArray[np.intp]) -> Array | None:
    """Return the density of colours, slightly widened; None where there are too few."""
    if len(keys) < _LEAST_SEEDS:
        return None
    counts = np.bincount(keys, minlength=_BINS**3).reshape((_BINS,) * 3).astype(np.float64)
    for axis in range(3):
        wide = np.pad(counts, [(1, 1) if k == axis else (0, 0) for k in range(3)], mode="edge")
        before, after = (np.take(wide, np.arange(s, s + _BINS), axis=axis) for s in (0, 2))
        counts = 0.5 * counts + 0.25 * (before + after)
    # As if each cell had been seen a little.
    counts = counts.ravel() / len(keys) + 1e-4
    return np.asarray(counts / counts.sum())


def _median(ends: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    wide = np.pad(ends, 3, mode="edge")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(wide, 7), axis=1)
    return np.asarray(middle, np.intp)


def _sureness(ratio: Array, ends: npt.NDArray[np.intp]) -> Array:
    """Return how much more like hair it is just inside than just outside, 0 to 1."""
    rows = np.arange(len(ends))[:, None]
    steps = np.arange(1, _BAND + 1)
    inside = ratio[rows, np.clip(ends[:, None] - steps, 0, ratio.shape[1] - 1)].mean(axis=1)
    outside = ratio[rows, np.clip(ends[:, None] + 1 + steps, 0, ratio.shape[1] - 1)].mean(axis=1)
    return np.asarray(np.clip((inside - outside) / (2.0 * _STRONGEST), 0.0, 1.0))


def _bent(
    pixels: npt.NDArray[np.uint8], seen: npt.NDArray[np.bool_], reach: Array, excess: Array
) -> Array:
    """Return how plainly the background would be seen to bend, were hair pressed, 0 to 1."""
    excess, reach = np.maximum(excess, 1e-6)[:, None], reach[:, None]
    ends = reach + STRETCH * excess
    moved = excess * smooth_step(0.0, 1.0, (ends - _RADII) / (STRETCH * excess))
    background = (reach + _LOOSE_HAIR < _RADII) & (moved > _SEEN_MOVE) & seen
    steps = moved / (_RADII[1] - _RADII[0]) + np.arange(len(_RADII))
    low = np.minimum(steps.astype(np.intp), len(_RADII) - 2)
    share = np.minimum(steps - low, 1.0)
    values = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float64)
    rows = np.arange(len(values))[:, None]
    drawn_in = values[rows, low] + share * (values[rows, low + 1] - values[rows, low])
    change = np.where(background, np.abs(drawn_in - values), 0.0).max(axis=1)
    harm = smooth_step(_UNSEEN, _BENT, change)
    # What is pressed beside what is not would end in a step.
    wide = np.pad(harm, 4, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(wide, 9)
    return np.asarray(np.sort(around, axis=1)[:, -3:].mean(axis=1))
