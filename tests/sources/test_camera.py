from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from ar_preview.errors import SourceError
from ar_preview.geometry import Camera, ImageSize
from ar_preview.sources import (
    CameraChoice,
    CameraSource,
    CameraState,
    CameraTimeouts,
    FakeCamera,
    Step,
    open_source,
)
from tests.sources.media_maker import smooth_picture, write_video

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK = CameraTimeouts(first_frame_s=2.0, stall_s=0.3, retry_s=0.02, retry_max_s=0.05, close_s=1.0)
PICTURES = [np.full((48, 64, 3), value, np.uint8) for value in range(250)]


def opened(fake: FakeCamera, **options: object) -> CameraSource:
    choice = options.pop("cameras", CameraChoice())
    return CameraSource(
        0,
        choice,
        capture_factory=fake.open,
        timeouts=QUICK,
        **options,  # type: ignore[arg-type]
    )


def value(frame: object) -> int:
    return int(frame.image[0, 0, 0])  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 3.0
    while any(t.name.startswith("camera-") for t in threading.enumerate()):
        assert time.monotonic() < deadline, "a camera thread is still running"
        time.sleep(0.01)


def test_frames_come_in_order_with_rising_times() -> None:
    fake = FakeCamera(PICTURES, frame_rate=200.0)
    with opened(fake) as source:
        frames = [next(source) for _ in range(10)]
        assert source.info.is_live
        assert source.info.size == (64, 48)
        assert source.state is CameraState.RUNNING
    assert source.state is CameraState.CLOSED
    times = [f.timestamp_ns for f in frames]
    assert times == sorted(set(times))
    values = [value(f) for f in frames]
    assert values == sorted(set(values))
    assert [f.index for f in frames] == values, "the index counts what the device gave"
    assert frames[0].camera is not None
    assert fake.open_devices == 0


def test_a_slow_reader_gets_the_newest_frame() -> None:
    fake = FakeCamera(PICTURES, frame_rate=100.0)
    with opened(fake) as source:
        first = next(source)
        time.sleep(0.3)
        asked_ns = time.monotonic_ns()
        late = next(source)
    assert value(late) - value(first) >= 20
    assert asked_ns - late.timestamp_ns < 60_000_000, "not older than a few frame times"


def test_each_frame_is_given_once() -> None:
    fake = FakeCamera(PICTURES, [Step("play", 3), Step("stall", seconds=0.2)], frame_rate=100.0)
    with opened(fake) as source:
        seen = [value(next(source)) for _ in range(6)]
    assert len(set(seen)) == 6


def test_unplug_and_replug() -> None:
    script = [Step("play", 5), Step("unplug", 4), Step("play", 5)]
    fake = FakeCamera(PICTURES, script, frame_rate=200.0)
    states = set()
    with opened(fake) as source:
        frames = []
        while len(frames) < 12:
            frame = source.latest(0.01)
            states.add(source.state)
            if frame is not None:
                frames.append(frame)
    assert fake.openings == 2
    assert fake.open_devices == 0
    assert CameraState.RECONNECTING in states
    times = [f.timestamp_ns for f in frames]
    assert times == sorted(set(times))


def test_close_does_not_hang_while_unplugged() -> None:
    fake = FakeCamera(PICTURES, [Step("play", 3), Step("unplug", 10**9)], frame_rate=200.0)
    source = opened(fake)
    ended = threading.Event()

    def read_all() -> None:
        for _ in source:
            pass
        ended.set()

    reader = threading.Thread(target=read_all)
    reader.start()
    time.sleep(0.2)
    assert source.state is CameraState.RECONNECTING
    begin = time.monotonic()
    source.close()
    assert ended.wait(1.0)
    reader.join()
    assert time.monotonic() - begin < 1.0
    assert list(source) == []


def test_a_stalled_device_is_opened_anew() -> None:
    """The driver hangs in ``read``: another reader takes over, the first one is left behind."""
    release = threading.Event()
    openings = []

    class Stuck:
        def __init__(self) -> None:
            self.number = len(openings)
            openings.append(self)
            self.reads = 0
            self.released = False

        def read(self) -> np.ndarray | None:
            self.reads += 1
            time.sleep(0.005)
            if self.number == 0 and self.reads > 3:
                release.wait(10.0)
                return None
            return np.full((48, 64, 3), 10 * self.number + min(self.reads, 9), np.uint8)

        def release(self) -> None:
            self.released = True

    source = CameraSource(0, CameraChoice(), capture_factory=lambda _: Stuck(), timeouts=QUICK)
    with source:
        begin = time.monotonic()
        while value(next(source)) < 10:
            assert time.monotonic() - begin < 3.0
        release.set()
        values = [value(next(source)) for _ in range(5)]
    assert all(v >= 10 for v in values), "nothing of the abandoned reader comes through"
    deadline = time.monotonic() + 2.0
    while not all(c.released for c in openings):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(openings) == 2


def test_changed_size_changes_the_camera() -> None:
    script = [Step("play", 3), Step("resize", size=ImageSize(32, 24))]
    fake = FakeCamera(PICTURES, script, frame_rate=100.0)
    with opened(fake) as source:
        sizes = []
        while not sizes or sizes[-1] != (32, 24):
            frame = next(source)
            assert frame.camera is not None
            assert (frame.camera.width, frame.camera.height) == frame.size
            sizes.append(frame.size)
    assert sizes[0] == (64, 48)


def test_explicit_camera_must_fit() -> None:
    wide = CameraChoice(Camera(1280, 720, 900.0, 900.0, 640.0, 360.0))
    fake = FakeCamera(PICTURES, frame_rate=100.0)
    with pytest.raises(SourceError, match="aspect ratio"):
        opened(fake, cameras=wide)
    scaled = CameraChoice(Camera(640, 480, 500.0, 500.0, 320.0, 240.0))
    with opened(FakeCamera(PICTURES, frame_rate=100.0), cameras=scaled) as source:
        camera = next(source).camera
    assert camera is not None
    assert camera.fx == pytest.approx(50.0)


def test_device_that_gives_no_picture() -> None:
    fake = FakeCamera(PICTURES, [Step("unplug", 10**9)])
    patience = CameraTimeouts(first_frame_s=0.2, retry_s=0.02)
    with pytest.raises(SourceError, match="gives no picture"):
        CameraSource(0, CameraChoice(), capture_factory=fake.open, timeouts=patience)
    assert fake.open_devices == 0


def test_failed_reads_while_warming_up_are_forgiven() -> None:
    class Sleepy:
        def __init__(self) -> None:
            self.reads = 0

        def read(self) -> np.ndarray | None:
            self.reads += 1
            time.sleep(0.002)
            return PICTURES[self.reads] if self.reads % 3 == 0 else None

        def release(self) -> None:
            pass

    openings = []

    def factory(_: int) -> Sleepy:
        openings.append(Sleepy())
        return openings[-1]

    with CameraSource(0, CameraChoice(), capture_factory=factory, timeouts=QUICK) as source:
        for _ in range(5):
            next(source)
    assert len(openings) == 1


def test_no_camera_is_a_remedy_and_no_noise(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError, match="connect one"):
        open_source("camera:97")
    assert capfd.readouterr() == ("", "")


def test_fake_camera_replays_a_video_through_the_front_door(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [smooth_picture(i) for i in range(8)])
    fake = FakeCamera.from_path(path, [Step("play", 2), Step("drop", 2)], frame_rate=None)
    with open_source("camera:0", capture_factory=fake.open, fov_degrees=60.0) as source:
        frame = next(source)
    assert frame.size == (160, 120)
    assert frame.camera is not None
    assert frame.camera.fov_degrees == pytest.approx(60.0)
    with pytest.raises(SourceError, match="for files"):
        open_source("camera:0", start=3, capture_factory=fake.open)


def test_fake_camera_shows_a_still_picture_or_a_folder(tmp_path: Path) -> None:
    for index in (1, 2):
        picture = np.full((40, 60, 3), 50 * index, np.uint8)
        assert cv2.imwrite(str(tmp_path / f"{index}.png"), picture)
    still = FakeCamera.from_path(tmp_path / "2.png", frame_rate=None).open(0)
    assert [int(still.read()[0, 0, 0]) for _ in range(3)] == [100] * 3  # type: ignore[index]
    folder = FakeCamera.from_path(tmp_path, frame_rate=None).open(0)
    assert [int(folder.read()[0, 0, 0]) for _ in range(3)] == [50, 100, 50]  # type: ignore[index]
    text = tmp_path / "a.txt"
    text.write_text("no picture")
    for path in (text, tmp_path / "missing.png"):
        with pytest.raises(SourceError, match=path.name):
            FakeCamera.from_path(path)


def test_fake_camera_drops_what_it_is_told_to() -> None:
    fake = FakeCamera(PICTURES, [Step("play", 2), Step("drop", 5), Step("play", 2)], None)
    capture = fake.open(0)
    values = [int(capture.read()[0, 0, 0]) for _ in range(4)]  # type: ignore[index]
    assert values == [0, 1, 7, 8]
    capture.release()
    with pytest.raises(ValueError, match="no such action"):
        FakeCamera(PICTURES, [Step("explode")], None).open(0).read()
