"""Layers over a picture in which hair is pressed under hats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.layer import Layer
from ar_preview.pressing.samples import middles, sampled

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.pressing.fill import Fill
    from ar_preview.pressing.move import HatMove
    from ar_preview.pressing.samples import Places

    Bools = npt.NDArray[np.bool_]
    Bytes = npt.NDArray[np.uint8]
    Floats = npt.NDArray[np.float32]
    Box = tuple[int, int, int, int]

__all__ = ["drawn_in"]

_NODES = 24.0
"""Places over the hat's size where it is worked out how the picture changes."""

_ROW = 256
"""Pixels that OpenCV is given in a row: it takes no list that long, but rows of it."""


def drawn_in(image: RgbImage, layer: Layer, moves: Sequence[tuple[HatMove, Fill]]) -> Layer:
    """Return the layer over a picture in which hair is pressed under hats."""
    height, width = image.shape[:2]
    for move, fill in moves:
        box = move.box(width, height)
        if box is not None:
            layer = _widened(layer, box)
            _press(image, layer, box, move, fill)
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


def _press(image: RgbImage, layer: Layer, box: Box, move: HatMove, fill: Fill) -> None:
    """Let a layer show the changed picture in a box, where that is seen beside the hat."""
    (x, y), (x0, y0, x1, y1) = layer.offset, box
    part = np.s_[y0 - y : y1 - y, x0 - x : x1 - x]
    add, transmit = layer.add[part], layer.transmit[part]
    step = max(2.0, move.hat.size / _NODES)
    fields, near = _coarse(move, box, step)
    changes = cv2.min(near, cv2.extractChannel(transmit, 1)) > 0
    if not changes.any():
        return
    places = _places(changes, x0, y0)
    # The middle of the first node is half a step from the box's edge.
    nodes = (places - complex(x0, y0)).view(np.float32)
    nodes *= 1.0 / step
    nodes += 0.5 / step - 0.5
    moved, beside = (sampled(half, nodes.view(np.complex64)) for half in fields)
    hair = sampled(image, places + moved.view(np.complex64)[..., 0])
    share = beside[..., 0] * _eased(moved[..., 2]) * _eased(moved[..., 3])
    seen = cv2.blendLinear(hair, fill.seen(image, places, beside[..., 1]), 1.0 - share, share)
    through, light = (_whole(p)[changes].view(np.uint8)[:, None] for p in (transmit, add))
    seen = cv2.multiply(seen.reshape(-1, 1)[: len(light)], through, None, 1.0 / 255.0)
    shown = np.asarray(cv2.add(seen, light)).reshape(-1).view("V3")
    _whole(add)[changes], _whole(transmit)[changes] = shown, np.zeros_like(shown)


def _coarse(move: HatMove, box: Box, step: float) -> tuple[Floats, Bytes]:
    """Return the fields of `HatMove.at` in the middles of cells, and what is near to changes.

    Returns
    -------
    fields : ndarray, shape (2, h, w, 4)
    near : ndarray, shape (H, W)
        Of the box; not 0 where something changes.
    """
    x0, y0, x1, y1 = box
    down, across = (int(np.ceil(length / step)) for length in (y1 - y0, x1 - x0))
    fields, changes = move.at(middles((x0, y0), (down, across), step))
    size = int(np.ceil(across * step)), int(np.ceil(down * step))
    near = cv2.resize(255 * changes.view(np.uint8), size)
    return fields, np.asarray(near, np.uint8)[: y1 - y0, : x1 - x0]


def _places(changes: Bools, x0: int, y0: int) -> Places:
    """Return pixels of a box as OpenCV counts them, in rows; the last one is filled up."""
    columns = np.arange(x0, x0 + changes.shape[1], dtype=np.complex64)
    rows = 1j * np.arange(y0, y0 + changes.shape[0], dtype=np.complex64)
    count = np.count_nonzero(changes)
    places = np.full(-(-count // _ROW) * _ROW, complex(x0, y0), np.complex64)
    places[:count] = np.broadcast_to(columns, changes.shape)[changes]
    places[:count] += np.broadcast_to(rows[:, None], changes.shape)[changes]
    return places.reshape(-1, _ROW)


def _whole(picture: Bytes) -> npt.NDArray[np.void]:
    """Return the pixels of a picture each as one value: NumPy is faster at those."""
    return picture.view("V3")[..., 0]


def _eased(x: Floats) -> Floats:
    x = np.minimum(np.maximum(x, 0.0), 1.0)
    eased = 3.0 - 2.0 * x
    eased *= x
    eased *= x
    return eased
