"""Where there are shadows and no pieces: a table, which costs a CPU less than a shader."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.rendering.region import Region

    Bytes = npt.NDArray[np.uint8]

__all__ = ["around", "darkened"]


def darkened(roots: Bytes, behind: Bytes) -> Bytes:
    """Return which share of encoded values stays in a shadow, 255 is all.

    Parameters
    ----------
    roots : ndarray, uint8
        Square root of the share of linear light that stays, 255 is all.
    behind : ndarray, uint8, of the same shape
        Encoded values of the picture.
    """
    index = np.left_shift(roots, 8, dtype=np.intp)
    index |= behind
    return _table().take(index)


@cache
def _table() -> Bytes:
    """Return the share by root (times 256) and value; of black as if it were white."""
    values = np.arange(256) / 255.0
    values[0] = 1.0
    roots = np.arange(256)[:, None] / 255.0
    # sRGB, IEC 61966-2-1.
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    left = roots**2 * linear
    encoded = np.where(left <= 0.0031308, 12.92 * left, 1.055 * left ** (1.0 / 2.4) - 0.055)
    return np.asarray(np.rint(255.0 * encoded / values), np.uint8).ravel()


def around(window: Region | None, size: tuple[int, int]) -> list[tuple[slice, slice]]:
    """Return rows and columns of the rectangles that a window leaves of a picture.

    Parameters
    ----------
    window : Region or None
    size : tuple of int
        (width, height) of the picture, px.
    """
    width, height = size
    if window is None:
        return [(slice(0, height), slice(0, width))]
    rows, columns = window.slices
    parts = [
        (slice(0, rows.start), slice(0, width)),
        (rows, slice(0, columns.start)),
        (rows, slice(columns.stop, width)),
        (slice(rows.stop, height), slice(0, width)),
    ]
    return [(r, c) for r, c in parts if r.start < r.stop and c.start < c.stop]
