"""The quality ladder on a simulated machine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_preview.frames import Frame
from ar_preview.ladder import SOFTWARE_RUNGS, Ladder, Pace
from ar_preview.quality import Quality

INTERVAL_S = 1.0 / 30.0
COSTS = np.array([1.0, 0.85, 0.72, 0.55, 0.45])
"""Cost of the rungs as a share of the best one's."""


class Machine:
    """Frames that cost what the rung costs, times what else goes on, with some noise."""

    def __init__(self, best_s: float, noise: float = 0.08, seed: int = 0) -> None:
        self.best_s, self.noise = best_s, noise
        self.rng = np.random.default_rng(seed)
        self.ladder = Ladder()
        self.rungs: list[int] = []

    def run(self, seconds: float, load: float = 1.0) -> list[int]:
        """Play; return the rungs of the frames."""
        start, now = len(self.rungs), 0.0
        while now < seconds:
            rung = self.ladder.rung
            self.rungs.append(rung)
            cost = self.best_s * COSTS[rung] * load * (1.0 + self.noise * self.rng.normal())
            if self.rng.random() < 0.02:
                cost *= 3.0  # Someone else's turn.
            self.ladder.update(cost, INTERVAL_S)
            now += max(cost, INTERVAL_S)
        return self.rungs[start:]


def changes(rungs: list[int]) -> int:
    return int(np.count_nonzero(np.diff(rungs)))


def test_a_machine_that_is_fast_enough_stays_on_top() -> None:
    assert set(Machine(0.7 * INTERVAL_S).run(60.0)) == {0}


@pytest.mark.parametrize("load", [1.2, 1.5, 2.0])
def test_it_settles_within_two_seconds_and_climbs_back(load: float) -> None:
    machine = Machine(0.7 * INTERVAL_S)
    machine.run(5.0)
    machine.run(2.0, load / 0.7)
    held = machine.run(20.0, load / 0.7)
    assert changes(held) == 0
    assert COSTS[held[0]] * load <= 1.0
    machine.run(20.0)
    assert set(machine.run(5.0)) == {0}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("load", "busy_s"), [(1.1, 0.35), (1.3, 0.7), (1.6, 0.7), (1.3, 90.0)])
def test_it_climbs_back_soon_after_others_were_busy(load: float, busy_s: float, seed: int) -> None:
    machine = Machine(0.65 * INTERVAL_S, noise=0.1, seed=seed)
    machine.run(5.0)
    machine.run(busy_s, load / 0.65)
    machine.run(15.0)
    assert set(machine.run(5.0)) == {0}


def test_frames_that_are_lost_count_also_where_the_stages_fit() -> None:
    pace, picture, index = Pace(Ladder()), np.zeros((4, 4, 3), np.uint8), 0
    for i in range(60):
        index += 2 if i % 5 == 0 else 1  # The window takes its time too.
        frame = Frame(picture, index, round(1e9 * index * INTERVAL_S))
        pace.note(frame, 0.012, 0.005, 0.015, overlapped=True)
    assert pace.quality != SOFTWARE_RUNGS[0]
    pace, index = Pace(Ladder()), 0
    for i in range(60):
        index += 9 if i == 40 else 1  # One long stop.
        frame = Frame(picture, index, round(1e9 * index * INTERVAL_S))
        pace.note(frame, 0.012, 0.005, 0.015, overlapped=True)
    assert pace.quality == SOFTWARE_RUNGS[0]


@settings(max_examples=40, deadline=None)
@given(load=st.floats(0.3, 4.0), noise=st.floats(0.0, 0.15), seed=st.integers(0, 1000))
def test_it_never_oscillates(load: float, noise: float, seed: int) -> None:
    machine = Machine(load * INTERVAL_S, noise, seed)
    machine.run(5.0)
    # A wrong try is possible where a rung just fits; each doubles the wait for the next.
    assert changes(machine.run(60.0)) <= 8


def test_what_no_rung_holds_ends_on_the_last() -> None:
    machine = Machine(5.0 * INTERVAL_S)
    machine.run(5.0)
    assert set(machine.run(10.0)) == {len(SOFTWARE_RUNGS) - 1}


def test_one_slow_frame_changes_nothing() -> None:
    ladder = Ladder()
    for i in range(100):
        ladder.update((10.0 if i % 10 == 5 else 0.6) * INTERVAL_S, INTERVAL_S)
    assert ladder.rung == 0


def test_a_ladder_of_one_rung_stays() -> None:
    ladder = Ladder((Quality(),))
    for _ in range(50):
        assert ladder.update(1.0, INTERVAL_S) == Quality()


@pytest.mark.parametrize(
    "wrong", [{"scale": 0.0}, {"scale": 1.5}, {"coarseness": -1.0}, {"light_every": 0}]
)
def test_impossible_qualities_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Quality(**wrong)  # type: ignore[arg-type]


def test_the_camera_s_own_pace_counts_also_where_pictures_are_dropped() -> None:
    pace = Pace(Ladder())
    picture = np.zeros((4, 4, 3), np.uint8)
    for i in range(
        0, 120, 2
    ):  # Every second picture is taken: 50 ms of work at 30 pictures a second.
        frame = Frame(picture, i, round(1e9 * i * INTERVAL_S))
        pace.note(frame, 0.02, 0.005, 0.045, overlapped=True)
    assert pace.quality != SOFTWARE_RUNGS[0]
    alone = Pace(Ladder())
    for i in range(60):
        frame = Frame(picture, i, round(1e9 * i * INTERVAL_S))
        alone.note(frame, 0.02, 0.015, 0.025, overlapped=True)
    assert alone.quality == SOFTWARE_RUNGS[0]
