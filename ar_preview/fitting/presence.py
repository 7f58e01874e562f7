"""Who comes back into sight: pieces fade in, as the pose of a face that is half hidden is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Presence"]

_GONE_S, _COMES_BACK_S = 0.2, 0.2
"""How long a face is away that comes back, and how long its pieces take to be there again."""


class Presence:
    """Tells from frame to frame how much of their pieces people show."""

    def __init__(self) -> None:
        self._last_s: dict[int, float] = {}
        self._back_s: dict[int, float] = {}
        self._here: set[int] = set()

    def update(self, persons: Collection[int], time_s: float) -> dict[int, float]:
        """Return the opacity of everybody's pieces: 1, but for those who are just back.

        Parameters
        ----------
        persons : collection of int
            Ids of who is seen in this frame.
        time_s : float
            Of the frame.
        """
        for person in persons:
            away = person in self._last_s and person not in self._here
            if away and time_s - self._last_s[person] > _GONE_S:
                self._back_s[person] = time_s
            self._last_s[person] = time_s
        self._here = set(persons)
        return {person: self._opacity(person, time_s) for person in persons}

    def _opacity(self, person: int, time_s: float) -> float:
        back_s = self._back_s.get(person)
        if back_s is None or not back_s <= time_s < back_s + _COMES_BACK_S:
            return 1.0
        return (time_s - back_s) / _COMES_BACK_S
