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

_HARDLY, _ROW = 0.004, 256
"""A share that is not seen, and how many pixels OpenCV is given in a row."""


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
        add, transmit = layer.add.reshape(-1, 3), layer.transmit.reshape(-1, 3)
        seen = pixels.colours(image, fill)
        seen *= transmit.take(at, axis=0) * np.float32(1.0 / 255.0)
        seen += add.take(at, axis=0)
        add[at] = seen.astype(np.uint8)
        transmit[at] = 0
    return layer


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
    filled : ndarray, shape (N,)
        Share of background instead of it, 0 to 1.
    place : ndarray, shape (N,)
        Direction from the middle of the hat, as a place in `ANGLES`.
    """

    columns: npt.NDArray[np.intp]
    rows: npt.NDArray[np.intp]
    hair_columns: Floats
    hair_rows: Floats
    filled: Floats
    place: Floats

    def colours(self, image: RgbImage, fill: Fill) -> Floats:
        """Return what they show after hair has gone, levels, shape (N, 3)."""
        found = _sampled(image, self.hair_columns, self.hair_rows)
        here = np.flatnonzero(self.filled > _HARDLY)
        columns, rows = self.columns.take(here), self.rows.take(here)
        behind = fill.seen(image, columns, rows, self.place.take(here))
        hair = found.take(here, axis=0)
        found[here] = hair + self.filled.take(here)[:, None] * (behind - hair)
        return np.asarray(np.clip(found, 0.0, 255.0))


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
    coarse, moves = move.at(np.stack(np.meshgrid(grid_x, grid_y), axis=-1))
    inside = cv2.dilate(moves.astype(np.uint8), np.ones((3, 3), np.uint8))
    inside = cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST)
    rows, columns = np.nonzero((inside > 0) & visible)
    x, y = columns.astype(np.float32), rows.astype(np.float32)
    node_x = np.asarray((x + 0.5) * (across / width) - 0.5, np.float32)
    node_y = np.asarray((y + 0.5) * (down / height) - 0.5, np.float32)
    shift_x, shift_y, beyond = _sampled(coarse[..., :3], node_x, node_y).T
    before, share, place = _sampled(coarse[..., 3:], node_x, node_y).T
    filled = share * _eased(beyond) * _eased(before)
    return _Pixels(columns + x0, rows + y0, x + x0 + shift_x, y + y0 + shift_y, filled, place)


def _sampled(picture: npt.NDArray[Any], columns: Floats, rows: Floats) -> Floats:
    """Return a picture of three channels at places, OpenCV pixels; shape (N, 3)."""
    # OpenCV takes no list that long, but rows of it.
    count = len(columns)
    places = np.zeros((-(-count // _ROW), _ROW, 2), np.float32)
    flat = places.reshape(-1, 2)[:count]
    flat[:, 0], flat[:, 1] = columns, rows
    border = cv2.BORDER_REPLICATE
    found = cv2.remap(picture, places, None, cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(found.reshape(-1, 3)[:count], np.float32)


def _eased(x: Floats) -> Floats:
    x = np.minimum(np.maximum(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)
