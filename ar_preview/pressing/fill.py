"""What is seen where hair has gone: background from beside it, as it is, only shifted.

Lines go on where the shift is along them, texture stays texture, and over time it is as steady as
the background itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.pressing.outline import ANGLES
from ar_preview.pressing.samples import sampled

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.pressing.samples import Places

    Floats = npt.NDArray[np.float32]

__all__ = ["Fill"]

_GONE = 0.05
"""Weight below which a shift is no longer drawn."""

_FINE = 4
"""Steps from one of `ANGLES` to the next in which weights change."""

_STEPS = np.arange(_FINE * (len(ANGLES) - 1) + 1) / _FINE
_FINER = np.maximum(2.0 - np.abs(np.subtract.outer(_STEPS, np.arange(len(ANGLES)))), 0.0)
_FINER /= _FINER.sum(axis=1, keepdims=True)
"""Gives rows by direction in those steps, and softer."""


@dataclass(frozen=True, eq=False)
class Fill:
    """Which background stands in for hair, by direction from the middle of a hat.

    Parameters
    ----------
    shifts : ndarray, shape (L, 2), int
        Where a pixel's stand-in is, seen from it, px.
    weights : ndarray, shape (L, A)
        By `ANGLES`, the share of each, together at most 1; what is missing cannot be filled.
    lighter : ndarray, shape (A, 3)
        By how many levels the place is lighter than its stand-in.
    """

    shifts: npt.NDArray[np.intp]
    weights: Array
    lighter: Array

    @classmethod
    def nothing(cls) -> Fill:
        """Return a fill that cannot fill anything."""
        count = len(ANGLES)
        return cls(np.zeros((0, 2), np.intp), np.zeros((0, count)), np.zeros((count, 3)))

    @property
    def covers(self) -> Array:
        """By direction, 0 to 1: how well what hair leaves can be filled."""
        return np.asarray(self.weights.sum(axis=0))

    def eased(self, towards: Fill, share: float) -> Fill:
        """Return this fill after it has gone a share of the way to another."""
        if towards is self:
            return self
        rows: dict[tuple[int, int], Array] = {}
        for fill, part in ((self, 1.0 - share), (towards, share)):
            for (across, down), weights in zip(fill.shifts.tolist(), fill.weights, strict=True):
                rows[across, down] = rows.get((across, down), 0.0) + part * weights
        kept = {shift: weights for shift, weights in rows.items() if weights.max() > _GONE}
        lighter = self.lighter + share * (towards.lighter - self.lighter)
        shifts = np.array(list(kept), np.intp).reshape(-1, 2)
        return Fill(shifts, np.array(list(kept.values())).reshape(-1, len(ANGLES)), lighter)

    def seen(self, image: RgbImage, places: Places, direction: Floats) -> RgbImage:
        """Return what stands in for pixels, shape (R, C, 3).

        Parameters
        ----------
        image : ndarray, shape (H, W, 3), uint8
        places : ndarray, shape (R, C), complex64
            OpenCV pixels, x + iy.
        direction : ndarray, shape (R, C)
            Of each from the middle of the hat, as a place in `ANGLES`.
        """
        table = (_FINER @ np.hstack([self.lighter, self.weights.T])).astype(np.float32)
        fine = (direction * _FINE + 0.5).astype(np.intp)
        shifts = (self.shifts @ (1.0, 1.0j)).astype(np.complex64)
        # Two shifts at most: one gives way to another, or both meet.
        order = np.argsort(-table[:, 3:], axis=1, kind="stable")
        ranks = order[:, 0], order[:, min(1, len(shifts) - 1)]
        seen = [sampled(image, places + _at(fine, shifts[r]), cv2.INTER_NEAREST) for r in ranks]
        weights = (_at(fine, table[np.arange(len(table)), 3 + rank]) for rank in ranks)
        mixed = cv2.blendLinear(*seen, *weights)
        return np.asarray(cv2.add(mixed, _at(fine, table[:, :3]), dtype=cv2.CV_8U))


def _at(places: npt.NDArray[np.intp], table: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return table.take(places, axis=0, mode="clip")
