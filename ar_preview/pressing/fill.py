"""What is seen where hair has gone: background from beside it, as it is, only shifted.

Lines go on where the shift is along them, texture stays texture, and over time it is as steady as
the background itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.pressing.outline import ANGLES

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

    Floats = npt.NDArray[np.float32]
    Places = npt.NDArray[np.intp]
    Pixels = npt.NDArray[np.int32]

__all__ = ["Fill"]

_GONE = 0.05
"""Weight below which a shift is no longer drawn."""

_AT_ONCE = 2
"""Shifts that a pixel is mixed of at most: one gives way to another, or two meet."""

_FINE = 4
"""Steps from one of `ANGLES` to the next in which weights change."""


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

    shifts: Places
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

    def seen(self, image: RgbImage, columns: Pixels, rows: Pixels, place: Floats) -> Floats:
        """Return what stands in for pixels, levels, shape (N, 3).

        Parameters
        ----------
        image : ndarray, shape (H, W, 3), uint8
        columns, rows : ndarray, shape (N,), int
        place : ndarray, shape (N,)
            Direction of each from the middle of the hat, as a place in `ANGLES`.
        """
        height, width = image.shape[:2]
        table = _finer(np.hstack([self.lighter, self.weights.T]))
        fine = np.rint(place * _FINE).astype(np.intp)
        fine = np.minimum(np.maximum(fine, 0), len(table) - 1)
        found = table[:, :3].take(fine, axis=0)
        weights = table[:, 3:]
        first = np.argsort(-weights, axis=1, kind="stable")[:, :_AT_ONCE]
        weights = np.take_along_axis(weights, first, axis=1)
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
        shifts = self.shifts.astype(np.int32)[first]
        pixels = image.reshape(-1, 3)
        for rank in range(weights.shape[1]):
            here = np.flatnonzero((weights[:, rank] > 0.0).take(fine))
            of = fine.take(here)
            x = columns.take(here) + shifts[:, rank, 0].take(of)
            y = rows.take(here) + shifts[:, rank, 1].take(of)
            x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
            share = weights[:, rank].take(of)
            found[here] += share[:, None] * pixels.take(y * width + x, axis=0)
        return found


def _finer(table: Array) -> Floats:
    """Return rows by direction, softer and in finer steps."""
    wide = np.concatenate([table[:1], table, table[-1:]])
    soft = 0.25 * wide[:-2] + 0.5 * table + 0.25 * wide[2:]
    at = np.arange(_FINE * (len(table) - 1) + 1) / _FINE
    low = np.minimum(at.astype(np.intp), len(table) - 2)
    return np.asarray(soft[low] + (at - low)[:, None] * (soft[low + 1] - soft[low]), np.float32)
