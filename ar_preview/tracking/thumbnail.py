"""Pictures shrunk to a few cells: enough to know one again, or to see that it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage

__all__ = ["thumbnail"]

_MOST_ROWS = 256
"""To which large pictures are thinned first."""


def thumbnail(image: RgbImage, side: int) -> npt.NDArray[np.uint8]:
    """Return the mean grey of equal parts of a picture, shape (side, side), levels.

    Parameters
    ----------
    image : ndarray, shape (H, W, C), uint8
        All channels count the same.
    side : int
    """
    step = max(1, min(image.shape[:2]) // _MOST_ROWS)
    image = image[::step, ::step]
    height, width = image.shape[:2]
    rows, columns = (np.arange(side) * length // side for length in (height, width))
    sums = np.add.reduceat(image, rows, axis=0, dtype=np.uint32)
    sums = np.add.reduceat(sums, columns, axis=1, dtype=np.uint32).sum(axis=2)
    # A picture smaller than the thumbnail repeats pixels.
    counts = [
        np.maximum(np.diff(np.append(begins, length)), 1)
        for begins, length in ((rows, height), (columns, width))
    ]
    means: npt.NDArray[np.float64] = sums / (image.shape[2] * np.outer(*counts))
    return np.asarray(np.round(means), dtype=np.uint8)
