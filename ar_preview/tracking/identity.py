"""Who is who from frame to frame: stable ids by overlap and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.geometry import Array

__all__ = ["IdentityKeeper"]

_MEMORY_NS = 1_000_000_000
_MIN_OVERLAP = 0.1


def _overlap(a: Array, b: Array) -> float:
    """Intersection over union of two boxes (x0, y0, x1, y1)."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    shared = float(np.prod(np.maximum(high - low, 0.0)))
    union = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - shared
    return shared / union if union > 0 else 0.0


class IdentityKeeper:
    """Gives each detection the id of the one it overlaps most, else the lowest free id.

    An id is kept for a second after its bearer was last seen, so that a person who turns
    away and back is the same person.
    """

    def __init__(self) -> None:
        self._seen: dict[int, tuple[Array, int]] = {}

    def assign(self, outlines: Sequence[Array], timestamp_ns: int) -> list[int]:
        """Return one id per outline.

        Parameters
        ----------
        outlines : sequence of ndarray, shape (N, 2)
            Landmarks of each detection, px.
        timestamp_ns : int
        """
        self._seen = {
            key: (box, time)
            for key, (box, time) in self._seen.items()
            if abs(timestamp_ns - time) <= _MEMORY_NS
        }
        boxes = [np.concatenate([o.min(axis=0), o.max(axis=0)]) for o in outlines]
        pairs = sorted(
            (
                (_overlap(box, old), index, key)
                for index, box in enumerate(boxes)
                for key, (old, _) in self._seen.items()
            ),
            reverse=True,
        )
        ids: dict[int, int] = {}
        for overlap, index, key in pairs:
            if overlap >= _MIN_OVERLAP and index not in ids and key not in ids.values():
                ids[index] = key
        for index in range(len(boxes)):
            if index not in ids:
                # A lone face is 0 again even when it jumped: nobody else could be meant.
                taken = set(ids.values()) | (set(self._seen) if len(boxes) > 1 else set())
                ids[index] = next(i for i in range(len(taken) + 1) if i not in taken)
        for index, box in enumerate(boxes):
            self._seen[ids[index]] = (box, timestamp_ns)
        return [ids[index] for index in range(len(boxes))]
