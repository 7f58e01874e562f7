"""Pictures and tables read at many places at once, by OpenCV, which is quicker than NumPy at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.geometry import Array

__all__ = ["Places", "middles", "sampled"]

Places = npt.NDArray[np.complex64]
"""OpenCV pixels, x + iy."""


def middles(corner: Sequence[float] | Array, shape: Sequence[int], step: float) -> Array:
    """Return the middles of square cells, `step` wide, from a corner on; shape (H, W, 2)."""
    height, width = shape
    columns = corner[0] + (np.arange(width) + 0.5) * step
    rows = corner[1] + (np.arange(height) + 0.5) * step
    return (columns + 1j * rows[:, None]).view(np.float64).reshape(height, width, 2)


def sampled(picture: npt.NDArray[Any], places: Places, how: int = cv2.INTER_LINEAR) -> Any:
    """Return what a picture shows at places; beyond its edge it goes on as there.

    Parameters
    ----------
    picture : ndarray, shape (h, w, C)
        OpenCV is quickest at 3 channels of bytes and at 4 of float32.
    places : ndarray, shape (H, W), complex64
        Both less than 32768.
    how : int
        One of OpenCV's interpolations.

    Returns
    -------
    ndarray, shape (H, W, C)
    """
    pairs = places.view(np.float32).reshape(*places.shape, 2)
    return cv2.remap(picture, pairs, None, how, borderMode=cv2.BORDER_REPLICATE)
