"""The quality ladder: how much a live frame may cost, found by measuring it."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from ar_preview.quality import Quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame

__all__ = ["SOFTWARE_RUNGS", "Ladder", "Pace"]

SOFTWARE_RUNGS = (
    Quality(),
    Quality(coarseness=1.2, light_every=15),
    Quality(coarseness=1.3, light_every=15, scale=0.75, match=False),
    Quality(coarseness=2.0, light_every=30, scale=0.5, match=False),
    Quality(coarseness=2.0, light_every=30, scale=0.5, track_every=2, match=False),
)
"""Dearest first. The pose is touched last: a soft picture is better than one that slides."""

_FULL, _ROOM = 0.95, 0.80
"""Share of the time between frames above which a rung is too dear, and below which the cost of a
better one must lie for it to be tried."""

_WINDOW = 9
"""Frames that one decision looks at: their median, so that a single slow one decides nothing."""

_AFTER_CHANGE = 3
"""Frames after a change that tell nothing: models and shaders may be made."""

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.5, 60.0
"""How long there must be room before a better rung is tried; doubled each time that was wrong."""

_WRONG_WITHIN_S = 5.0
"""A better rung that is left again so soon was wrong."""

_USUAL_RATIO = 1.15
"""Cost of a rung as a share of the next cheaper one's, until it was measured."""

_RATIO_LIMITS = (1.02, 1.6)

_FORGOTTEN_IN_S = 15.0
"""Time in which a measured ratio loses two thirds of its weight: what else goes on may have begun
or ended between its two halves."""

_EASIER = 0.8
"""Share of the load of a wrong try, below which it is no longer held against the rung."""


@dataclass
class _Step:
    """What is known of the step from one rung to the next cheaper one."""

    wait_s: float = _FIRST_WAIT_S
    tried_load: float = 0.0
    _ratio: float = _USUAL_RATIO
    _learnt_s: float = 0.0

    def ratio(self, now_s: float) -> float:
        """Return what the better rung costs as a share of the cheaper one."""
        weight = math.exp((self._learnt_s - now_s) / _FORGOTTEN_IN_S)
        return float(_USUAL_RATIO * (self._ratio / _USUAL_RATIO) ** weight)

    def learn(self, ratio: float, now_s: float) -> None:
        """Take note of a measured ratio."""
        low, high = _RATIO_LIMITS
        self._ratio, self._learnt_s = min(max(ratio, low), high), now_s

    def wait_at(self, load: float) -> float:
        """Return how long there must be room at this load before the better rung is tried."""
        if load < _EASIER * self.tried_load:
            self.wait_s, self.tried_load = _FIRST_WAIT_S, 0.0
        return self.wait_s

    def note_wrong(self) -> None:
        """Take note of a try that failed."""
        self.wait_s = min(2.0 * self.wait_s, _LONGEST_WAIT_S)


@dataclass
class Ladder:
    """Chooses the rung that holds the pace of the frames; never swings between two.

    A rung is left as soon as the median cost of a few frames does not fit. A better one is
    tried only after its predicted cost has fitted with room to spare for a while, and a try
    that fails doubles the wait, until the machine has clearly less to do than it had then.

    Parameters
    ----------
    rungs : sequence of Quality
        Dearest first.
    """

    rungs: Sequence[Quality] = SOFTWARE_RUNGS
    _rung: int = 0
    _costs: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    _skip: int = _AFTER_CHANGE
    _now_s: float = 0.0
    _room_since_s: float | None = None
    _climbed_s: float = -1e9
    _before: tuple[int, float] | None = None

    def __post_init__(self) -> None:
        self._steps = [_Step() for _ in self.rungs[1:]]

    @property
    def rung(self) -> int:
        """Index of the rung in use, 0 for the best."""
        return self._rung

    @property
    def quality(self) -> Quality:
        """What the next frame may cost."""
        return self.rungs[self._rung]

    def update(self, cost_s: float, interval_s: float) -> Quality:
        """Take note of a frame and return the quality of the next one.

        Parameters
        ----------
        cost_s : float
            Time that the busiest stage of the pipeline took for it: the time to the next frame
            where frames do not wait.
        interval_s : float
            Time from frame to frame that the source gives.
        """
        self._now_s += max(cost_s, interval_s)
        if self._skip > 0:
            self._skip -= 1
            return self.quality
        self._costs.append(cost_s / max(interval_s, 1e-6))
        if len(self._costs) < _WINDOW:
            return self.quality
        load = median(self._costs)
        self._learn(load)
        if load > _FULL:
            self._descend(load)
        else:
            self._climb(load)
        return self.quality

    def _climb(self, load: float) -> None:
        """Try the better rung where its cost has fitted for long enough."""
        if self._rung == 0 or load * self._steps[self._rung - 1].ratio(self._now_s) >= _ROOM:
            self._room_since_s = None
            return
        step = self._steps[self._rung - 1]
        if self._room_since_s is None:
            self._room_since_s = self._now_s
        if self._now_s - self._room_since_s >= step.wait_at(load):
            self._climbed_s, step.tried_load = self._now_s, load
            self._move(self._rung - 1, load)

    def _descend(self, load: float) -> None:
        self._room_since_s = None
        if self._rung == len(self.rungs) - 1:
            return
        if self._now_s - self._climbed_s < _WRONG_WITHIN_S:
            self._steps[self._rung].note_wrong()
        target, expected = self._rung, load
        while target < len(self.rungs) - 1 and expected > _FULL:
            expected /= self._steps[target].ratio(self._now_s)
            target += 1
        self._move(target, load)

    def _learn(self, load: float) -> None:
        """Compare the costs before and after a change of one rung."""
        if self._before is None:
            return
        rung, before = self._before
        self._before = None
        if abs(rung - self._rung) != 1:
            return
        dear, cheap = (before, load) if rung < self._rung else (load, before)
        self._steps[min(rung, self._rung)].learn(dear / max(cheap, 1e-6), self._now_s)

    def _move(self, rung: int, load: float) -> None:
        self._before = (self._rung, load)
        self._rung = rung
        self._costs.clear()
        self._skip = _AFTER_CHANGE
        self._room_since_s = None


_LOOKED_BACK, _MAY_LOSE = 30, 3
"""Frames that tell whether the camera's pace is held, and how many of them may follow a lost one:
others need the machine now and then."""


class Pace:
    """Feeds a ladder with the frames of a camera.

    What the stages take is known for every frame, so that a rung is left before frames are lost.
    Where some are lost all the same, because what is done with the results takes its time too, the
    camera's pace is told by them.

    Parameters
    ----------
    ladder : Ladder
    """

    def __init__(self, ladder: Ladder) -> None:
        self._ladder = ladder
        self._intervals_s: deque[float] = deque(maxlen=31)
        self._track_s: deque[float] = deque(maxlen=2)
        self._gaps: deque[int] = deque(maxlen=_LOOKED_BACK)
        self._before: Frame | None = None

    @property
    def quality(self) -> Quality:
        """What the next frame may cost."""
        return self._ladder.quality

    def note(
        self,
        frame: Frame,
        track_s: float,
        place_s: float,
        draw_s: float,
        *,
        overlapped: bool,
    ) -> None:
        """Take note of a frame that is done.

        Parameters
        ----------
        frame : Frame
            Its number counts the pictures of the camera, dropped ones too, so the camera's pace
            is known also where we are slower.
        track_s, place_s, draw_s : float
            Time in the two stages of the pipeline, and between them in what either may do.
        overlapped : bool
            Whether they run side by side.
        """
        before, self._before = self._before, frame
        # Every second frame may have gone without a search.
        self._track_s.append(track_s)
        track_s = sum(self._track_s) / len(self._track_s)
        if before is None or frame.index <= before.index:
            return
        gap = frame.index - before.index
        self._intervals_s.append(1e-9 * (frame.timestamp_ns - before.timestamp_ns) / gap)
        interval_s = median(self._intervals_s)
        if interval_s <= 0.0:
            return
        total_s = track_s + place_s + draw_s
        cost_s = max(track_s, draw_s, 0.5 * total_s) if overlapped else total_s
        rung = self._ladder.rung
        self._ladder.update(max(cost_s, interval_s * self._pace_of_losses(gap)), interval_s)
        if self._ladder.rung != rung:
            self._gaps.clear()

    def _pace_of_losses(self, gap: int) -> float:
        """Return the time from result to result in frames, 0 where next to none were lost."""
        self._gaps.append(min(gap, 2))  # One long stop is one loss.
        lost = sum(self._gaps) - len(self._gaps)
        return sum(self._gaps) / len(self._gaps) if lost > _MAY_LOSE else 0.0
