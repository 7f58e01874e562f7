"""Who is who from frame to frame: stable ids by likeness and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ar_preview.geometry import Array

__all__ = ["IdentityKeeper", "box_overlap", "shape_likeness"]

_MEMORY_NS = 1_000_000_000
_MIN_LIKENESS = 0.1
_AHEAD_NS = 200_000_000
"""Hands are looked for where they are heading, at most so far ahead."""

_OTHER_KIND = 0.15
"""What looks like the other hand is less alike by so much."""

_GROWN, _ASTRAY = 1.6, 1.0
"""Somebody who was hidden comes back at most so much larger or smaller, and so many sizes away
from where they were heading."""


def box_overlap(a: Array, b: Array) -> float:
    """Intersection over union of the boxes around two outlines, (N, 2) px: 0 to 1."""
    low = np.maximum(a.min(axis=0), b.min(axis=0))
    high = np.minimum(a.max(axis=0), b.max(axis=0))
    shared = float(np.prod(np.maximum(high - low, 0.0)))
    union = float(np.prod(np.ptp(a, axis=0)) + np.prod(np.ptp(b, axis=0))) - shared
    return shared / union if union > 0 else 0.0


def shape_likeness(a: Array, b: Array) -> float:
    """Likeness of two outlines point by point: 1 if equal, 0 if a hand's size apart.

    Hands that cross have boxes that overlap, but point by point they are far apart.
    """
    size = float(np.linalg.norm(np.ptp(a, axis=0)) + np.linalg.norm(np.ptp(b, axis=0))) / 2.0
    away = float(np.linalg.norm(a - b, axis=1).mean())
    return max(0.0, 1.0 - away / size) if size > 0 else 0.0


class IdentityKeeper:
    """Gives each detection the id of the one it is most like, else the lowest free id.

    An id is kept for a second after its bearer was last seen, so that a person who turns
    away and back is the same person.

    Parameters
    ----------
    likeness : callable
        Of two outlines of shape (N, 2): 0 to 1.
    """

    def __init__(self, likeness: Callable[[Array, Array], float] = box_overlap) -> None:
        self._likeness = likeness
        self._seen: dict[int, tuple[Array, str, int]] = {}
        self._pace: dict[int, Array] = {}

    def assign(
        self, outlines: Sequence[Array], timestamp_ns: int, kinds: Sequence[str] | None = None
    ) -> list[int]:
        """Return one id per outline.

        Parameters
        ----------
        outlines : sequence of ndarray, shape (N, 2)
            Landmarks of each detection, px.
        timestamp_ns : int
        kinds : sequence of str, optional
            What each looks like, left or right: it decides who comes back after a jump.
        """
        kinds = ["" for _ in outlines] if kinds is None else kinds
        self._seen = {
            key: seen
            for key, seen in self._seen.items()
            if abs(timestamp_ns - seen[2]) <= _MEMORY_NS
        }
        pairs = sorted(
            (
                (self._alike(outline, kinds[index], key, timestamp_ns), index, key)
                for index, outline in enumerate(outlines)
                for key in self._seen
            ),
            reverse=True,
        )
        ids: dict[int, int] = {}
        for likeness, index, key in pairs:
            if likeness >= _MIN_LIKENESS and index not in ids and key not in ids.values():
                ids[index] = key
        if not any(kinds):
            self._come_back(outlines, timestamp_ns, ids)
        for index in range(len(outlines)):
            if index not in ids:
                ids[index] = self._free(set(ids.values()), kinds[index], len(outlines) == 1)
        for index, outline in enumerate(outlines):
            self._note_pace(ids[index], outline, timestamp_ns)
            self._seen[ids[index]] = (outline, kinds[index], timestamp_ns)
        return [ids[index] for index in range(len(outlines))]

    def tell_kind(self, key: int, kind: str) -> None:
        """Say what somebody looks like who was seen just now, if that is known better."""
        outline, _, seen_ns = self._seen[key]
        self._seen[key] = outline, kind, seen_ns

    def _alike(self, outline: Array, kind: str, key: int, timestamp_ns: int) -> float:
        """Likeness to somebody; what is of a kind is expected where it was heading.

        Where hands cross, the one in front soon lies where the other one was seen last.
        """
        last, last_kind, seen_ns = self._seen[key]
        if not kind:
            return self._likeness(outline, last)
        ahead_s = 1e-9 * min(timestamp_ns - seen_ns, _AHEAD_NS)
        expected = last + ahead_s * self._pace.get(key, np.zeros(2))
        return self._likeness(outline, expected) - _OTHER_KIND * (kind != last_kind)

    def _come_back(self, outlines: Sequence[Array], timestamp_ns: int, ids: dict[int, int]) -> None:
        """Give ids back to those who were hidden, for example behind somebody they crossed.

        They are looked for where they would be had they gone on, in about their old size.
        """
        found = []
        for key, (last, _, seen_ns) in self._seen.items():
            if key in ids.values():
                continue
            away_s = 1e-9 * (timestamp_ns - seen_ns)
            size = float(np.linalg.norm(np.ptp(last, axis=0)))
            ahead = last.mean(axis=0) + self._pace.get(key, np.zeros(2)) * away_s
            for index, outline in enumerate(outlines):
                grown = float(np.linalg.norm(np.ptp(outline, axis=0))) / max(size, 1e-9)
                off = float(np.linalg.norm(outline.mean(axis=0) - ahead)) / max(size, 1e-9)
                if index not in ids and 1.0 / _GROWN < grown < _GROWN and off < _ASTRAY:
                    found.append((off, index, key))
        for _, index, key in sorted(found):
            if index not in ids and key not in ids.values():
                ids[index] = key

    def _note_pace(self, key: int, outline: Array, timestamp_ns: int) -> None:
        """Remember how fast somebody moves, px/s: half of it from the last step."""
        if key not in self._seen:
            self._pace.pop(key, None)
            return
        last, _, seen_ns = self._seen[key]
        passed_s = 1e-9 * (timestamp_ns - seen_ns)
        if passed_s > 0.0:
            pace = (outline.mean(axis=0) - last.mean(axis=0)) / passed_s
            self._pace[key] = 0.5 * (self._pace.get(key, pace) + pace)

    def _free(self, given: set[int], kind: str, alone: bool) -> int:
        """Return the lowest id that nobody else bears.

        A lone face is 0 again even when it jumped: nobody else could be meant. A right hand is
        the right one that was seen before, not the left one.
        """
        others = {
            key for key, seen in self._seen.items() if (seen[1] != kind if kind else not alone)
        }
        taken = given | others
        return next(i for i in range(len(taken) + 1) if i not in taken)
