"""Watches that show a time: hands that turn, segments that sink."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, so3_exp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time

__all__ = ["SEGMENTS", "Clock"]

_PERIODS_S = {"hour": 43200.0, "minute": 3600.0, "second": 60.0}

SEGMENTS = {
    0: "abcdef",
    1: "bc",
    2: "abdeg",
    3: "abcdg",
    4: "bcfg",
    5: "acdfg",
    6: "acdefg",
    7: "abc",
    8: "abcdefg",
    9: "abcdfg",
}
"""Lit segments of each digit: a on top, then clockwise, g in the middle."""


@dataclass(frozen=True)
class Clock:
    """What of a watch shows the time.

    Parameters
    ----------
    shows : datetime.time
        What the model shows at rest.
    hands : mapping of str to str
        Node by ``hour``, ``minute``, ``second``; they turn clockwise about their own z axes,
        which point out of the dial.
    digits : tuple of str
        Four digits of hours and minutes: each is seven nodes ``<name>_a`` to ``<name>_g``,
        which sink along -z of their own to be dark.
    sink_m : float
        How far.
    """

    shows: time
    hands: Mapping[str, str] = field(default_factory=dict)
    digits: tuple[str, ...] = ()
    sink_m: float = 0.0

    def moves(self, now: time) -> dict[str, RigidTransform]:
        """Return the motion of each node, about its own origin, that shows a time.

        Parameters
        ----------
        now : datetime.time
            Of the clock that the caller goes by; hands sweep with its microseconds.

        Returns
        -------
        dict of str to RigidTransform
            For `Item.nodes`; at the time shown at rest nothing moves.
        """
        passed = _seconds(now) - _seconds(self.shows)
        found: dict[str, RigidTransform] = {}
        for hand, node in self.hands.items():
            angle = -2.0 * np.pi * passed / _PERIODS_S[hand]
            found[node] = RigidTransform(so3_exp([0.0, 0.0, angle]), np.zeros(3))
        for k, name in enumerate(self.digits):
            lit, rest = (SEGMENTS[_digits(t)[k]] for t in (now, self.shows))
            for segment in "abcdefg":
                depth = self.sink_m * ((segment in rest) * 1.0 - (segment in lit) * 1.0)
                found[f"{name}_{segment}"] = RigidTransform(np.eye(3), np.array([0.0, 0.0, -depth]))
        return found


def _seconds(t: time) -> float:
    return 3600.0 * t.hour + 60.0 * t.minute + t.second + 1e-6 * t.microsecond


def _digits(t: time) -> tuple[int, int, int, int]:
    return t.hour // 10, t.hour % 10, t.minute // 10, t.minute % 10
