"""The quality ladder: how much a live frame may cost, found by measuring it."""

from __future__ import annotations

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

_USUAL_RATIO = 1.3
"""Cost of a rung as a share of the next cheaper one's, until it was measured."""

_RATIO_LIMITS = (1.05, 2.0)


@dataclass
class _Step:
    """What is known of the step from one rung to the next cheaper one."""

    ratio: float = _USUAL_RATIO
    wait_s: float = _FIRST_WAIT_S


@dataclass
class Ladder:
    """Chooses the rung that holds the pace of the frames; never swings between two.

    A rung is left as soon as the median cost of a few frames does not fit. A better one is
    tried only after its predicted cost has fitted with room to spare for a while, and a try
    that fails doubles the wait.

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
        elif self._rung > 0 and load * self._steps[self._rung - 1].ratio < _ROOM:
            if self._room_since_s is None:
                self._room_since_s = self._now_s
            if self._now_s - self._room_since_s >= self._steps[self._rung - 1].wait_s:
                self._climbed_s = self._now_s
                self._move(self._rung - 1, load)
        else:
            self._room_since_s = None
        return self.quality

    def _descend(self, load: float) -> None:
        self._room_since_s = None
        if self._rung == len(self.rungs) - 1:
            return
        if self._now_s - self._climbed_s < _WRONG_WITHIN_S:
            step = self._steps[self._rung]
            step.wait_s = min(2.0 * step.wait_s, _LONGEST_WAIT_S)
        target, expected = self._rung, load
        while target < len(self.rungs) - 1 and expected > _FULL:
            expected /= self._steps[target].ratio
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
        low, high = _RATIO_LIMITS
        self._steps[min(rung, self._rung)].ratio = min(max(dear / max(cheap, 1e-6), low), high)

    def _move(self, rung: int, load: float) -> None:
        self._before = (self._rung, load)
        self._rung = rung
        self._costs.clear()
        self._skip = _AFTER_CHANGE
        self._room_since_s = None


class Pace:
    """Feeds a ladder with the frames of a camera.

    Parameters
    ----------
    ladder : Ladder
    """

    def __init__(self, ladder: Ladder) -> None:
        self._ladder = ladder
        self._intervals_s: deque[float] = deque(maxlen=31)
        self._track_s: deque[float] = deque(maxlen=2)
        self._before: Frame | None = None

    @property
    def quality(self) -> Quality:
        """What the next frame may cost."""
        return self._ladder.quality

    def note(
        self,
        frame: Frame,
        track_s: float,
        register_s: float,
        dress_s: float,
        *,
        overlapped: bool,
    ) -> None:
        """Take note of a frame that is done.

        Parameters
        ----------
        frame : Frame
            Its number counts the pictures of the camera, dropped ones too, so the camera's pace
            is known also where we are slower.
        track_s, register_s, dress_s : float
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
        span_ns = frame.timestamp_ns - before.timestamp_ns
        self._intervals_s.append(1e-9 * span_ns / (frame.index - before.index))
        total_s = track_s + register_s + dress_s
        cost_s = max(track_s, dress_s, 0.5 * total_s) if overlapped else total_s
        interval_s = median(self._intervals_s)
        if interval_s > 0.0:
            self._ladder.update(cost_s, interval_s)
