"""Filling holes in pictures: smooth colour, and grain to match its surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["fill_smoothly", "mottle"]

_SMALLEST = 4


def fill_smoothly(image: npt.ArrayLike, known: npt.NDArray[np.bool_]) -> Array:
    """Fill unknown pixels with a smooth surface through the known ones (push-pull).

    Parameters
    ----------
    image : array_like, shape (H, W, C)
    known : ndarray, shape (H, W), bool
        At least one pixel is known.

    Returns
    -------
    ndarray, shape (H, W, C), float
        Known pixels are unchanged.
    """
    return _push_pull(np.asarray(image, dtype=np.float64), known.astype(np.float64))


def _push_pull(values: Array, weight: Array) -> Array:
    height, width = weight.shape
    if min(height, width) <= _SMALLEST or weight.min() >= 1:
        total = weight.sum()
        mean = (values * weight[..., None]).sum((0, 1)) / max(float(total), 1e-6)
        return np.asarray(values * weight[..., None] + mean * (1 - weight[..., None]))
    half = ((width + 1) // 2, (height + 1) // 2)
    soft_weight = cv2.GaussianBlur(weight, (0, 0), 1.0)
    soft = cv2.GaussianBlur(values * weight[..., None], (0, 0), 1.0)
    small_weight = np.asarray(cv2.resize(soft_weight, half, interpolation=cv2.INTER_AREA))
    small = np.asarray(cv2.resize(soft, half, interpolation=cv2.INTER_AREA))
    # OpenCV drops a channel axis of length one.
    small = small.reshape(half[1], half[0], -1) / np.maximum(small_weight, 1e-6)[..., None]
    coarse = _push_pull(small, np.minimum(small_weight * 4.0, 1.0))
    up = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))
    up = up.reshape(height, width, -1)
    return np.asarray(values * weight[..., None] + up * (1 - weight[..., None]))


def mottle(
    shape: tuple[int, int], scales: tuple[float, ...], strengths: tuple[float, ...], seed: int
) -> Array:
    """Return smooth noise of several scales, (H, W), each scale with its own deviation.

    Parameters
    ----------
    shape : tuple of int
        Height and width.
    scales : tuple of float
        Gaussian sigmas in px.
    strengths : tuple of float
        Standard deviation that each scale contributes.
    seed : int
    """
    random = np.random.default_rng(seed)
    total = np.zeros(shape)
    for sigma, strength in zip(scales, strengths, strict=True):
        noise = cv2.GaussianBlur(random.standard_normal(shape), (0, 0), sigma)
        total += strength * noise / noise.std()
    return total
