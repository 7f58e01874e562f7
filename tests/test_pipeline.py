"""The pipeline of two stages: the same pictures, in order, and no thread left behind."""

from __future__ import annotations

import itertools
import random
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

import ar_preview as ar
from ar_preview.ahead import Ahead, both
from ar_preview.errors import SourceError, TrackingError
from ar_preview.ladder import SOFTWARE_RUNGS
from ar_preview.preview import Preview
from ar_preview.tracking import FaceTracker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ar_preview.frames import Frame
    from ar_preview.tracks import Tracks


def tracking_threads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name.startswith("ar-preview-tracking")]


class CountingTracker(FaceTracker):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.tracked: list[int] = []

    def track(self, frame: Frame) -> Tracks:
        self.tracked.append(frame.index)
        return super().track(frame)


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    with ar.open_source("sample:face", end=8) as source:
        return list(source)


def test_the_pictures_are_those_of_one_step_after_the_other(frames: list[Frame]) -> None:
    glasses = ar.load_product("marlow-havana")
    with Preview([glasses]) as preview:
        steps = [preview.step(frame) for frame in frames]
    with Preview([glasses]) as preview:
        ran = list(preview.run(frames))
        assert not tracking_threads()
    assert [r.frame.index for r in ran] == [f.index for f in frames]
    for one, other in zip(steps, ran, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        assert list(one.timings_ms) == list(other.timings_ms)


def test_a_run_that_is_given_up_leaves_no_thread(frames: list[Frame]) -> None:
    with Preview() as preview:
        results = preview.run(frames)
        next(results)
        with pytest.raises(TrackingError, match="middle of a run"):
            preview.step(frames[1])
        results.close()
        assert not tracking_threads()
        assert preview.step(frames[1]).tracks.faces

        results = preview.run(frames[2:])
        next(results)
    assert not tracking_threads()
    assert list(results) == []


def test_what_is_worn_changes_in_the_middle_of_a_run(frames: list[Frame]) -> None:
    with Preview([ar.load_product("marlow-havana")]) as preview:
        worn = []
        for result in preview.run(frames):
            worn.append(len(result.scene.items))
            assert [p.worn for p in result.persons] == [("marlow-havana",) * worn[-1]]
            if result.frame.index == 1:
                preview.wear([])
    # Up to two frames were dressed already.
    assert worn == sorted(worn, reverse=True)
    assert worn[:2] == [1, 1] and sum(worn) <= 4


def test_a_lowered_picture_is_drawn_once_more_in_full(
    frames: list[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    glasses = ar.load_product("marlow-havana")
    with Preview([glasses], continuous=False) as preview:
        full = preview.step(frames[0])
        monkeypatch.setattr(preview, "_quality", SOFTWARE_RUNGS[-1])
        low = preview.step(frames[0])
        again = preview.redraw(low)
    assert again.frame is low.frame and again.scene is low.scene
    piece = np.abs(full.image.astype(int) - frames[0].image).max(axis=2) > 16
    lost, left = (
        np.abs(full.image[piece].astype(int) - shown.image[piece]).mean() for shown in (low, again)
    )
    assert left < 0.4 * lost


def test_what_the_source_raises_arrives_once_and_in_its_place(frames: list[Frame]) -> None:
    def broken() -> Iterator[Frame]:
        yield from frames[:2]
        raise SourceError("unplugged")

    with Preview() as preview:
        results = preview.run(broken())
        assert [next(results).frame.index for _ in range(2)] == [0, 1]
        with pytest.raises(SourceError, match="unplugged"):
            next(results)
        assert list(results) == []
        assert not tracking_threads()


@pytest.mark.parametrize("most", [1, 2, 3])
def test_work_is_so_far_ahead_and_no_more(most: int) -> None:
    begun: list[int] = []
    reached = threading.Event()

    def begin(item: int) -> int:
        begun.append(item)
        if item == most:
            reached.set()
        return -item

    with Ahead(begin, lambda found: 10 * found, range(9), "ahead", most) as results:
        assert begun == []
        assert next(results) == 0
        assert reached.wait(10)
        time.sleep(0.05)
        assert begun == [*range(most + 1)]
        assert [*results] == [-10 * i for i in range(1, 9)]
    assert begun == list(range(9))


@pytest.mark.parametrize("most", [1, 2, 3])
def test_every_step_is_at_work_once_and_in_order(most: int) -> None:
    """However long each takes: the steps dawdle at random, and so does the taker."""
    rng = random.Random(most)
    at_work: dict[str, list[int]] = {"begin": [], "finish": []}
    busy = {name: threading.Lock() for name in at_work}

    def work(name: str, item: int) -> int:
        assert busy[name].acquire(blocking=False)
        time.sleep(0.002 * rng.random())
        at_work[name].append(item)
        busy[name].release()
        return item

    begin, finish = partial(work, "begin"), partial(work, "finish")
    with Ahead(begin, finish, range(150), "ahead", most) as results:
        for expected, item in enumerate(results):
            assert item == expected
            time.sleep(0.002 * rng.random())
    assert at_work["begin"] == at_work["finish"] == list(range(150))


@pytest.mark.parametrize("most", [1, 2])
@pytest.mark.parametrize("taken", [0, 1, 2, 5])
def test_one_that_is_given_up_ends_its_thread(most: int, taken: int) -> None:
    results = Ahead(lambda item: item, lambda item: item, itertools.count(), "given-up", most)
    assert [next(results) for _ in range(taken)] == list(range(taken))
    results.close()
    results.close()
    assert list(results) == []
    assert not [t for t in threading.enumerate() if t.name == "given-up"]


def test_whoever_has_time_finishes_in_order() -> None:
    let_begin, finished = threading.Event(), threading.Event()
    by: list[tuple[int, bool]] = []
    here = threading.get_ident()

    def begin(item: int) -> int:
        if item == 0:
            let_begin.wait(10)
        return item

    def finish(item: int) -> int:
        by.append((item, threading.get_ident() == here))
        if item == 1:
            finished.set()
        return item

    with Ahead(begin, finish, range(3), "ahead") as results:
        # The first is awaited before it is begun; the second has all the time.
        threading.Timer(0.05, let_begin.set).start()
        assert next(results) == 0
        assert finished.wait(10)
        assert list(results) == [1, 2]
    assert by[:2] == [(0, True), (1, False)]
    assert [item for item, _ in by] == [0, 1, 2]


@pytest.mark.parametrize("awaited", [True, False])
def test_what_finishing_raises_arrives_whoever_does_it(awaited: bool) -> None:
    waiting = threading.Event()

    def begin(item: int) -> int:
        if item == 1:
            waiting.wait(10 if awaited else 0)
        return item

    def finish(item: int) -> int:
        if item == 1:
            raise SourceError("no")
        return item

    with Ahead(begin, finish, range(9), "ahead") as results:
        assert next(results) == 0
        threading.Timer(0.05, waiting.set).start()
        with pytest.raises(SourceError, match="no"):
            next(results)
        assert list(results) == []


def test_a_studied_recording_is_tracked_once_and_worn_alike_throughout(
    frames: list[Frame],
) -> None:
    tracker = CountingTracker()
    with Preview([ar.load_product("marlow-havana")], tracker=tracker) as preview:
        preview.study(frames[:6])
        assert not tracking_threads()
        results = list(preview.run(frames))
    assert tracker.tracked == [f.index for f in frames]
    assert [r.frame.index for r in results] == [f.index for f in frames]
    assert len({id(r.persons[0].head) for r in results[:6]}) == 1
    assert len({tuple(r.timings_ms) for r in results}) == 1


def test_only_recordings_are_studied(frames: list[Frame]) -> None:
    with Preview(live=True) as preview, pytest.raises(TrackingError, match="recording"):
        preview.study(frames)
    with Preview(continuous=False) as preview, pytest.raises(TrackingError, match="recording"):
        preview.study(frames)


class Started:
    """Knows whether it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


def test_two_starts_meet() -> None:
    met = threading.Barrier(2, timeout=30)

    def start() -> Started:
        met.wait()  # Fails unless the other is under way too.
        return Started()

    assert not any(started.closed for started in both(start, start))


@pytest.mark.parametrize("fails_here", [True, False])
def test_what_started_is_closed_where_the_other_failed(fails_here: bool) -> None:
    started = Started()

    def fail() -> Started:
        raise SourceError("no")

    steps = (lambda: started, fail) if fails_here else (fail, lambda: started)
    with pytest.raises(SourceError, match="no"):
        both(*steps)
    assert started.closed
