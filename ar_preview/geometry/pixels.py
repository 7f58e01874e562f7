"""Image sizes, arrays of points, and where a pixel is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "OPENCV_PIXEL_OFFSET",
    "Array",
    "ImageSize",
    "as_points",
    "image_from_opencv",
    "opencv_from_image",
]

Array = npt.NDArray[np.float64]

OPENCV_PIXEL_OFFSET = 0.5
"""OpenCV puts pixel centres at integers, ar_preview at +0.5 (ARCHITECTURE.md: spaces)."""


class ImageSize(NamedTuple):
    """Width and height in px, in this order."""

    width: int
    height: int


def image_from_opencv(points: npt.ArrayLike) -> Array:
    """Turn OpenCV pixel coordinates (centres at integers) into image coordinates.

    Parameters
    ----------
    points : array_like, shape (..., 2)
        OpenCV pixels.

    Returns
    -------
    ndarray, shape (..., 2)
        Image coordinates in px.
    """
    return np.asarray(points, dtype=np.float64) + OPENCV_PIXEL_OFFSET


def opencv_from_image(points_image: npt.ArrayLike) -> Array:
    """Turn image coordinates into OpenCV pixel coordinates (centres at integers).

    Parameters
    ----------
    points_image : array_like, shape (..., 2)
        Image coordinates in px.

    Returns
    -------
    ndarray, shape (..., 2)
        OpenCV pixels.
    """
    return np.asarray(points_image, dtype=np.float64) - OPENCV_PIXEL_OFFSET


def as_points(values: Sequence[Sequence[float]] | npt.ArrayLike, dimension: int = 3) -> Array:
    """Return finite float64 points of shape (N, dimension).

    Raises
    ------
    ValueError
        If the shape is another one or a number is not finite.
    """
    points = np.ascontiguousarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != dimension:
        raise ValueError(f"expected points of shape (N, {dimension}), got {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("points must be finite")
    return points
