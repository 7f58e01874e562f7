"""Rectangles of a picture that are looked at by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array, ImageSize

__all__ = ["HALVINGS", "Window", "parts", "window_around", "window_at"]

HALVINGS = 3
"""The smallest parts are an eighth of the picture's longer side."""

_LEAST_PART = 200
"""px; a face that is too small for a part of this side is lower than 25 px."""


@dataclass(frozen=True)
class Window:
    """Columns from `left` and rows from `top` on, px; outside the picture it is black."""

    left: int
    top: int
    width: int
    height: int

    def cut(self, frame: Frame) -> Frame:
        """Return a copy of the frame within; it has no camera of its own."""
        image = np.zeros((self.height, self.width, 3), np.uint8)
        left, top, right, bottom = self.in_picture(frame.size)
        if left < right and top < bottom:
            rows = slice(top + self.top, bottom + self.top)
            columns = slice(left + self.left, right + self.left)
            image[top:bottom, left:right] = frame.image[rows, columns]
        return replace(frame, image=image, camera=None)

    def in_picture(self, size: ImageSize) -> tuple[int, int, int, int]:
        """Return the part of it that a picture fills: left, top, right, bottom, px of its own."""
        (width, height), left, top = size, self.left, self.top
        return (
            max(-left, 0),
            max(-top, 0),
            min(width - left, self.width),
            min(height - top, self.height),
        )

    def moved_out(self, table: Array) -> Array:
        """Return landmarks (N, 2 or more) found within as landmarks of the whole picture, px."""
        out = table.copy()
        out[:, :2] += (self.left, self.top)
        return out

    def cuts_off(self, table: Array, size: ImageSize, margin: float) -> bool:
        """Tell whether landmarks (N, 2 or more) of the picture come near an edge inside it.

        Parameters
        ----------
        table : ndarray
            px of the whole picture.
        size : ImageSize
            Of the whole picture: its own edges cut off nothing that could be seen elsewhere.
        margin : float
            px.
        """
        low, high = table[:, :2].min(axis=0), table[:, :2].max(axis=0)
        right, bottom = self.left + self.width, self.top + self.height
        return bool(
            (self.left > 0 and low[0] < self.left + margin)
            or (self.top > 0 and low[1] < self.top + margin)
            or (right < size[0] and high[0] > right - margin)
            or (bottom < size[1] and high[1] > bottom - margin)
        )


def window_around(points_image: Array, share: float) -> Window:
    """Return the square round points.

    Parameters
    ----------
    points_image : ndarray, shape (N, 2)
    share : float
        Side of the square over the longer side of the points' box.
    """
    low, high = points_image.min(axis=0), points_image.max(axis=0)
    return window_at(0.5 * (low + high), round(share * float((high - low).max())))


def window_at(centre: Array, side: int) -> Window:
    """Return the square of a side, px, round a point."""
    left, top = (round(float(middle) - 0.5 * side) for middle in centre)
    return Window(left, top, max(side, 1), max(side, 1))


def parts(size: ImageSize, halvings: int = HALVINGS) -> Iterator[Window]:
    """Yield squares of a half, a quarter and so on of a picture's longer side.

    Neighbours overlap by half, so that whatever is no larger than half of one is wholly in one.

    Parameters
    ----------
    size : ImageSize
    halvings : int
        How often the side is halved.
    """
    for halving in range(1, halvings + 1):
        side = max(size) >> halving
        if side < _LEAST_PART:
            return
        for top in _starts(size[1], side):
            for left in _starts(size[0], side):
                yield Window(left, top, min(side, size[0]), min(side, size[1]))


def _starts(length: int, side: int) -> list[int]:
    steps = max(int(np.ceil(2 * (length - side) / side)), 0)
    return [round(k * (length - side) / max(steps, 1)) for k in range(steps + 1)]
