from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.errors import OutputError
from ar_preview.geometry import ImageSize
from ar_preview.recording import LiveRecorder, numbered_path
from ar_preview.sources import open_source

if TYPE_CHECKING:
    from pathlib import Path

SIZE = ImageSize(64, 48)
STEP_NS = 40_000_000


def picture(value: int) -> np.ndarray:
    return np.full((48, 64, 3), value, np.uint8)


def times_ms(path: Path) -> list[int]:
    with open_source(path) as source:
        return [round(frame.timestamp_ns / 1e6) for frame in source]


def test_a_clip_that_begins_anew_goes_on_without_a_gap(tmp_path: Path) -> None:
    ended = []
    recorder = LiveRecorder(
        tmp_path / "a.mp4", SIZE, frame_rate=25, on_end=lambda *args: ended.append(args)
    )
    for index in (0, 1, 2, 0, 1):
        recorder.write(picture(40 * index), index * STEP_NS, STEP_NS)
    # A jump on is kept unless it is cut.
    recorder.go_on_from(50 * STEP_NS)
    recorder.write(picture(9), 50 * STEP_NS, STEP_NS)
    assert recorder.elapsed_s == pytest.approx(0.24)
    recorder.close()
    assert times_ms(tmp_path / "a.mp4") == [0, 40, 80, 120, 160, 200]
    assert ended == [(tmp_path / "a.mp4", None)]
    recorder.write(picture(0), 99 * STEP_NS)
    recorder.close()


def test_pictures_without_time_are_left_out_and_times_stay_right(tmp_path: Path) -> None:
    recorder = LiveRecorder(tmp_path / "a.mp4", ImageSize(1280, 720), frame_rate=25)
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (720, 1280, 3), dtype=np.uint8)
    for index in range(60):
        recorder.write(noise, index * STEP_NS, STEP_NS)
    recorder.write(picture(0), 61 * STEP_NS, STEP_NS)
    recorder.close()
    assert recorder.left_out > 0
    times = times_ms(tmp_path / "a.mp4")
    assert len(times) == 61 - recorder.left_out
    assert all(t % 40 == 0 for t in times)


def test_nothing_recorded_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    ended = []
    recorder = LiveRecorder(tmp_path / "a.mp4", SIZE, on_end=lambda *args: ended.append(args))
    with pytest.raises(OutputError, match="no picture"):
        recorder.close()
    assert list(tmp_path.iterdir()) == []
    assert ended[0][0] is None


def test_numbers_go_on(tmp_path: Path) -> None:
    (tmp_path / "a-001.png").touch()
    assert numbered_path(tmp_path, "a", ".png") == tmp_path / "a-002.png"
    taken = [tmp_path / "a-002.png"]
    assert numbered_path(tmp_path, "a", ".png", taken) == tmp_path / "a-003.png"


def test_an_uneven_pace_lasts_as_long_as_it_did(tmp_path: Path) -> None:
    recorder = LiveRecorder(tmp_path / "a.mp4", SIZE, frame_rate=30)
    rng = np.random.default_rng(1)
    for time_ms in (0, 400, 700, 850, 900, 930, 1300, 1310):
        recorder.write(rng.integers(0, 255, (48, 64, 3), dtype=np.uint8), time_ms * 1_000_000)
    recorder.close()
    with open_source(tmp_path / "a.mp4") as source:
        assert source.info.duration_s == pytest.approx(recorder.elapsed_s, abs=1e-3)
    assert times_ms(tmp_path / "a.mp4") == [0, 400, 700, 850, 900, 930, 1300, 1310]
