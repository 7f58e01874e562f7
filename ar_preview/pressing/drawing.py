"""Layers over a picture in which hair is pressed under hats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.pressing.fill import Fill
    from ar_preview.pressing.move import HatMove

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float32]
    Box = tuple[int, int, int, int]

__all__ = ["drawn_in"]

_NODES = 16.0
"""Places over the hat's size where it is worked out how the picture changes."""

_HARDLY = 0.05
"""Part of the way over a seam that is not seen yet."""

_ROW = 256
"""Pixels that OpenCV is given in a row."""


def drawn_in(image: RgbImage, layer: Layer, moves: Sequence[tuple[HatMove, Fill]]) -> Layer:
    """Return the layer over a picture in which hair is pressed under hats."""
    height, width = image.shape[:2]
    for move, fill in moves:
        box = move.box(width, height)
        if box is None:
            continue
        layer = _widened(layer, box)
        (x, y), (x0, y0, x1, y1) = layer.offset, box
        pixels = _pixels(move, box, layer.transmit[y0 - y : y1 - y, x0 - x : x1 - x, 1] > 0)
        if len(pixels.rows) == 0:
            continue
        at = (pixels.rows - y) * layer.add.shape[1] + (pixels.columns - x)
        add, transmit = _whole(layer.add), _whole(layer.transmit)
        seen = pixels.colours(image, fill)
        seen *= transmit.take(at).view(np.uint8).reshape(-1, 3) * np.float32(1.0 / 255.0)
        seen += add.take(at).view(np.uint8).reshape(-1, 3)
        add[at] = _whole(seen.astype(np.uint8))
        transmit[at] = _whole(np.zeros((1, 3), np.uint8))
    return layer


def _whole(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.void]:
    """Return a list of the pixels of a picture, each as one value: NumPy is faster at those."""
    return colours.reshape(-1).view("V3")


def _widened(layer: Layer, box: Box) -> Layer:
    """Return a copy of a layer that also covers a rectangle."""
    (x, y), (h, w) = layer.offset, layer.add.shape[:2]
    x0, y0 = min(x, box[0]), min(y, box[1])
    x1, y1 = max(x + w, box[2]), max(y + h, box[3])
    part = slice(y - y0, y - y0 + h), slice(x - x0, x - x0 + w)
    add = np.zeros((y1 - y0, x1 - x0, 3), np.uint8)
    transmit = np.full_like(add, 255)
    add[part], transmit[part] = layer.add, layer.transmit
    return Layer((x0, y0), add, transmit)


@dataclass(frozen=True, eq=False)
class _Pixels:
    """Pixels that change.

    Parameters
    ----------
    columns, rows : ndarray, shape (N,), int
    hair_columns, hair_rows : ndarray, shape (N,)
        OpenCV pixels that hair in each comes from.
    filled : ndarray, shape (M,), int
        Which of them show background too.
    share, place : ndarray, shape (M,)
        Of those, how much, 0 to 1, and their direction from the middle of the hat, as a place in
        `ANGLES`.
    """

    columns: npt.NDArray[np.int32]
    rows: npt.NDArray[np.int32]
    hair_columns: Floats
    hair_rows: Floats
    filled: npt.NDArray[np.intp]
    share: Floats
    place: Floats

    def colours(self, image: RgbImage, fill: Fill) -> Floats:
        """Return what they show after hair has gone, levels, shape (N, 3)."""
        found = _sampled(image, self.hair_columns, self.hair_rows)
        columns, rows = self.columns.take(self.filled), self.rows.take(self.filled)
        behind = np.clip(fill.seen(image, columns, rows, self.place), 0.0, 255.0)
        hair = found.take(self.filled, axis=0)
        found[self.filled] = hair + self.share[:, None] * (behind - hair)
        return found


def _pixels(move: HatMove, box: Box, visible: Bools) -> _Pixels:
    """Return the pixels of a box that change, and how.

    Parameters
    ----------
    move : HatMove
    box : tuple of int
    visible : ndarray, shape (h, w), bool
        What of the box is seen beside the hat.
    """
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    step = max(2.0, move.hat.size / _NODES)
    across, down = (int(np.ceil(length / step)) + 1 for length in (width, height))
    # Nodes lie as far apart as an enlargement would put them.
    grid_x = x0 + (np.arange(across) + 0.5) * (width / across)
    grid_y = y0 + (np.arange(down) + 0.5) * (height / down)
    coarse, changes = move.at(np.stack(np.meshgrid(grid_x, grid_y), axis=-1))
    near = cv2.dilate(changes.astype(np.uint8), np.ones((3, 3), np.uint8))
    near = cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST)
    found = cv2.findNonZero(near & visible.astype(np.uint8))
    columns, rows = np.zeros((2, 0), np.int32) if found is None else found.reshape(-1, 2).T
    x, y = columns.astype(np.float32), rows.astype(np.float32)
    node_x = (x + 0.5) * np.float32(across / width) - 0.5
    node_y = (y + 0.5) * np.float32(down / height) - 0.5
    shift_x, shift_y, beyond, before = _sampled(coarse[..., :4], node_x, node_y).T
    filled = np.flatnonzero((beyond > _HARDLY) & (before > _HARDLY))
    there = node_x.take(filled), node_y.take(filled)
    share, place = _sampled(coarse[..., 4:], *there).T
    share = share * _eased(beyond.take(filled)) * _eased(before.take(filled))
    from_x, from_y = x + shift_x + np.float32(x0), y + shift_y + np.float32(y0)
    columns, rows = columns + np.int32(x0), rows + np.int32(y0)
    return _Pixels(columns, rows, from_x, from_y, filled, share, place)


def _sampled(picture: npt.NDArray[Any], columns: Floats, rows: Floats) -> Floats:
    """Return a picture of C channels at places, OpenCV pixels; shape (N, C)."""
    count, channels = len(columns), picture.shape[2]
    if count == 0:
        return np.zeros((0, channels), np.float32)
    # OpenCV takes no list that long, but rows of it.
    places = np.zeros((-(-count // _ROW), _ROW, 2), np.float32)
    flat = places.reshape(-1, 2)[:count]
    flat[:, 0], flat[:, 1] = columns, rows
    border = cv2.BORDER_REPLICATE
    found = cv2.remap(picture, places, None, cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(found.reshape(-1, channels)[:count], np.float32)


def _eased(x: Floats) -> Floats:
    x = np.minimum(np.maximum(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)
