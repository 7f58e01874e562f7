"""The picture round a hat, coarse, as the search for background looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.pressing.samples import middles
from ar_preview.pressing.silhouette import person_at

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.pressing.move import HatMove
    from ar_preview.tracks import SilhouetteTrack

    Bools = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float32]
    Shifts = npt.NDArray[np.intp]

__all__ = ["COARSE_PX", "LEAST_PX", "Sight", "StandIns"]

COARSE_PX = 24.0
"""The picture is looked at so coarsely: px of it for the size of the hat, some 85 mm."""

_ROOM = 2.3
"""How far from the middle background is taken from, relative to the hat's size."""

LEAST_PX = 8
"""Of background beside a sector, coarse; on fewer nothing is told."""

_PERSON = 0.1
"""How surely a pixel may be a person to be background."""

_LOOSE_PX = 5
"""Width of what counts as hair round the smallest tip of it, coarse px."""


@dataclass(frozen=True, eq=False)
class Sight:
    """The picture round a hat, coarse.

    Parameters
    ----------
    picture : ndarray, shape (h, w, 3), float32
    detail : ndarray, shape (h, w), float32
        Contrast of each pixel with its neighbours, levels.
    background : ndarray, shape (h, w), bool
    scale : float
        Coarse px for one of the frame.
    corner : ndarray, shape (2,)
        Where it begins, px of the frame.
    """

    picture: Floats
    detail: Floats
    background: Bools
    scale: float
    corner: Array

    @classmethod
    def of(cls, image: RgbImage, move: HatMove, silhouette: SilhouetteTrack) -> Sight | None:
        """Look at the picture round a hat, as far as the silhouette goes."""
        hat = move.hat
        left, top, right, bottom = silhouette.box
        x0, y0 = np.maximum(np.floor(hat.middle - _ROOM * hat.size), (left, top)).astype(int)
        x1, y1 = np.minimum(np.ceil(hat.middle + _ROOM * hat.size), (right, bottom)).astype(int)
        scale = min(1.0, COARSE_PX / hat.size)
        width, height = round((x1 - x0) * scale), round((y1 - y0) * scale)
        if min(width, height) < LEAST_PX:
            return None
        size = (width, height)
        small = cv2.resize(image[y0:y1, x0:x1], size, interpolation=cv2.INTER_AREA)
        neighbours = np.ones((3, 3), np.uint8)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        detail = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, neighbours).astype(np.float32)
        corner = np.array([x0, y0], np.float64)
        points = middles(corner, (height, width), 1.0 / scale)
        person = (person_at(silhouette, points) > _PERSON).astype(np.uint8)
        background = cv2.dilate(person, np.ones((_LOOSE_PX, _LOOSE_PX), np.uint8)) == 0
        return cls(small.astype(np.float32), detail, background, scale, corner)

    def coarse(self, shifts: Shifts) -> Shifts:
        """Return shifts in coarse px."""
        return np.asarray(np.rint(shifts * self.scale), np.intp).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class StandIns:
    """What stands in for the pixels of a sight under each of L shifts.

    Parameters
    ----------
    pixels : ndarray, shape (h, w, 4), float32
        Of the sight with a margin as wide as the farthest shift: colour, and 1 for background.
    detail : ndarray, shape (h, w), float32
        Square of that of the sight.
    margin : int
    steps : ndarray, shape (L,), int
        From a pixel to what stands in for it, in lists of the pixels.
    """

    pixels: Floats
    detail: Floats
    margin: int
    steps: Shifts

    @classmethod
    def of(cls, sight: Sight, shifts: Shifts) -> StandIns:
        """Look at a sight from all its pixels."""
        margin = int(np.abs(shifts).max())
        border, edge = (margin,) * 4, cv2.BORDER_REPLICATE
        colours = cv2.copyMakeBorder(sight.picture, *border, edge)
        background = np.pad(sight.background, margin).astype(np.float32)
        detail = np.asarray(cv2.copyMakeBorder(sight.detail**2, *border, edge), np.float32)
        steps = shifts[:, 1] * detail.shape[1] + shifts[:, 0]
        return cls(np.dstack([colours, background]), detail, margin, steps)

    def places(self, pixels: Shifts) -> Shifts:
        """Return where pixels of the sight, rows and columns, are in lists of pixels."""
        rows, columns = pixels + self.margin
        return np.asarray(rows * self.detail.shape[1] + columns)

    def at(self, places: Shifts) -> Floats:
        """Return pixels, shape (..., 4)."""
        # Each as one value, which NumPy is faster at.
        found = self.pixels.view(np.complex128).reshape(-1).take(places)
        return found.view(np.float32).reshape(*places.shape, 4)
