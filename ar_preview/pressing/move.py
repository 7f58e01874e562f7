"""The picture round a hat is drawn inwards until the background begins where the hat ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.layer import Layer
from ar_preview.pressing.outline import ANGLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.pressing.outline import HatOutline

    Floats = npt.NDArray[np.float32]
    Pixels = npt.NDArray[np.uint8]

__all__ = ["STRETCH", "HatMove", "drawn_in"]

_MARGIN = 0.05
"""Hair ends softly so far beyond its measured edge, and is pressed as far under the hat's; all
lengths here are relative to the hat's size, some 85 mm."""

_HARDLY, _SEEN = 0.02, 0.01

STRETCH = 3.0
"""Background over this multiple of the excess is drawn in: it becomes at most twice as wide."""

_INNER = 0.85
"""From here to the edge everything is squeezed, under the hat."""

_TO_EAR, _EAR = 0.3, 0.2
"""How far below the hem ears begin, and how far they stand out: they stay as they are."""

_NODES = 10.0
"""Places over the hat's size where it is worked out how far the picture moves."""


@dataclass(frozen=True, eq=False)
class HatMove:
    """How the picture moves round one hat.

    Parameters
    ----------
    hat : HatOutline
    excess : ndarray, shape (A,)
        How far hair is pressed in each direction, relative to the hat's size.
    target : ndarray, shape (A,)
        Where it ends then.
    inner : ndarray, shape (A,)
        From where on it is squeezed.
    """

    hat: HatOutline
    excess: Array
    target: Array
    inner: Array

    @classmethod
    def of(cls, hat: HatOutline, reach: Array, trust: Array) -> HatMove:
        """Work out how hair gives way.

        Parameters
        ----------
        hat : HatOutline
        reach : ndarray, shape (A,)
            How far hair reaches, relative to the hat's size.
        trust : ndarray, shape (A,)
            0 to 1: the part of what stands out that is pressed.
        """
        beside_ears = _EAR * smooth_step(0.0, _TO_EAR, hat.below_hem)
        beyond = reach - hat.edge - beside_ears
        # Gradually, as what hardly stands out comes and goes.
        soft = 2.0 * _MARGIN * smooth_step(-_HARDLY, _HARDLY, beyond)
        excess = np.maximum(beyond, 0.0) + soft
        excess = _smooth(excess * trust * (1.0 - hat.free_hair))
        excess[excess < _SEEN] = 0.0
        # Hair is pressed a margin under the edge.
        target = np.maximum(hat.edge - _MARGIN, _smooth(reach) + _MARGIN - excess)
        inner = hat.edge * np.where(hat.below_hem > 0.0, 1.0, _INNER) + beside_ears
        return cls(hat, excess, target, np.minimum(inner, target - 0.02))

    def boxes(self, width: int, height: int) -> list[tuple[int, int, int, int]]:
        """Return the rectangles that change, one a side: x0, y0, x1, y1, px."""
        ends = self.target + STRETCH * self.excess
        found = []
        for side in (ANGLES <= 0.0, ANGLES >= 0.0):
            pressed = np.flatnonzero(side & (self.excess > 0.0))
            if len(pressed) == 0:
                continue
            part = slice(max(pressed[0] - 1, 0), pressed[-1] + 2)
            rim = np.vstack([self.hat.at(ANGLES[part], d[part]) for d in (ends, self.inner)])
            x0, y0 = np.clip(np.floor(rim.min(axis=0)).astype(int), 0, (width, height)).tolist()
            x1, y1 = np.clip(np.ceil(rim.max(axis=0)).astype(int), 0, (width, height)).tolist()
            if x1 - x0 > 1 and y1 - y0 > 1:
                found.append((x0, y0, x1, y1))
        return found

    def source(self, box: tuple[int, int, int, int]) -> tuple[Floats, Floats, Pixels]:
        """Return where the pixels of a box come from, and which of them move.

        Returns
        -------
        columns, rows : ndarray, shape (h, w), float32
            OpenCV pixels of the box.
        moves : ndarray, shape (h, w), uint8
            0 or 1.
        """
        x0, y0, x1, y1 = box
        width, height = x1 - x0, y1 - y0
        step = max(2.0, self.hat.size / _NODES)
        across, down = (int(np.ceil(length / step)) + 1 for length in (width, height))
        # Pixels of the coarse grid are as far apart as an enlargement puts them.
        x = x0 + (np.arange(across) + 0.5) * (width / across)
        y = y0 + (np.arange(down) + 0.5) * (height / down)
        nodes = np.stack(np.meshgrid(x, y), axis=-1)
        angle, distance = self.hat.seen_from_middle(nodes)
        far = np.interp(angle, ANGLES, self.excess, left=0.0, right=0.0)
        inner, target = (np.interp(angle, ANGLES, v) for v in (self.inner, self.target))
        rising = (distance - inner) / (target - inner)
        falling = (target + STRETCH * far - distance) / np.maximum(STRETCH * far, 1e-6)
        moved = far * np.minimum(np.clip(rising, 0.0, 1.0), smooth_step(0.0, 1.0, falling))
        shift = (moved / np.maximum(distance, 1e-6))[..., None] * (nodes - self.hat.middle)
        columns = _enlarged(shift[..., 0], width, height)
        rows = _enlarged(shift[..., 1], width, height)
        columns += np.arange(width, dtype=np.float32)
        rows += np.arange(height, dtype=np.float32)[:, None]
        near = cv2.dilate((moved > 0.0).astype(np.uint8), np.ones((3, 3), np.uint8))
        moves = cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST)
        return columns, rows, np.asarray(moves, np.uint8)


def _enlarged(coarse: Array, width: int, height: int) -> Floats:
    enlarged = cv2.resize(np.ascontiguousarray(coarse, np.float32), (width, height))
    return np.asarray(enlarged, np.float32)


def _smooth(values: Array) -> Array:
    window = np.hanning(7)[1:-1]
    return np.convolve(np.pad(values, 2, mode="edge"), window / window.sum(), mode="valid")


def drawn_in(image: RgbImage, layer: Layer, moves: Sequence[HatMove]) -> Layer:
    """Return the layer over a picture that is drawn in round hats."""
    height, width = image.shape[:2]
    found = [(move, move.boxes(width, height)) for move in moves]
    corners = np.array([box for _, boxes in found for box in boxes])
    if len(corners) == 0:
        return layer
    (left, top), (right, bottom) = corners[:, :2].min(axis=0), corners[:, 2:].max(axis=0)
    picture = image[top:bottom, left:right].copy()
    changed = np.zeros(picture.shape[:2], np.uint8)
    # One hat after the other: what is between two people moves twice.
    for move, boxes in found:
        before = picture.copy()
        for box in boxes:
            part = slice(box[1] - top, box[3] - top), slice(box[0] - left, box[2] - left)
            columns, rows, moving = move.source(box)
            # Maps of whole numbers and weights halve the time of drawing.
            places, weights = cv2.convertMaps(columns, rows, cv2.CV_16SC2)
            picture[part] = cv2.remap(
                before[part], places, weights, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            changed[part] |= moving
    layer = _widened(layer, (int(left), int(top)), (int(right), int(bottom)))
    for x0, y0, x1, y1 in corners:
        part = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
        x, y = layer.offset
        there = slice(y0 - y, y1 - y), slice(x0 - x, x1 - x)
        _show_instead(layer.add[there], layer.transmit[there], picture[part], changed[part])
    return layer


def _show_instead(add: Pixels, transmit: Pixels, picture: Pixels, changed: Pixels) -> None:
    """Let halves of a layer show another picture instead of the frame where it is changed."""
    seen = cv2.add(cv2.multiply(picture, transmit, scale=1.0 / 255.0), add)
    cv2.copyTo(seen, changed, add)
    transmit[...] = cv2.copyTo(transmit, 1 - changed)


def _widened(layer: Layer, corner: tuple[int, int], end: tuple[int, int]) -> Layer:
    """Return a copy of a layer that also covers a rectangle."""
    (x, y), (h, w) = layer.offset, layer.add.shape[:2]
    x0, y0 = min(x, corner[0]), min(y, corner[1])
    x1, y1 = max(x + w, end[0]), max(y + h, end[1])
    part = slice(y - y0, y - y0 + h), slice(x - x0, x - x0 + w)
    add = np.zeros((y1 - y0, x1 - x0, 3), np.uint8)
    transmit = np.full_like(add, 255)
    add[part], transmit[part] = layer.add, layer.transmit
    return Layer((x0, y0), add, transmit)
