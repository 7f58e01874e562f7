"""Cameras that go and come back, files, and what is dropped on the window."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from ar_preview.app.entries import Entry
from ar_preview.app.feeds import HAND_SAMPLE, SAMPLE, Feed
from ar_preview.app.opening import Dropped, sort_paths
from ar_preview.app.options import Options
from ar_preview.assets import asset_path
from ar_preview.geometry import ImageSize
from ar_preview.products import Catalogue
from ar_preview.sources import FakeCamera, Step
from tests.app.desk import SOON_MS, START_MS, box_entry, camera, drop, open_window, worn
from tests.people import PORTRAIT, portrait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ar_preview.app.window import AppWindow
    from ar_preview.app.worker import Shown

MARLOW = asset_path("products", "marlow-havana")


@pytest.fixture(scope="module")
def video(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second in which the portrait moves."""
    from ar_preview.recording import VideoRecorder

    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    capture = camera().open(0)
    with VideoRecorder(path, ImageSize(512, 512), frame_rate=30) as recorder:
        for index in range(30):
            picture = capture.read()
            assert picture is not None
            recorder.write(picture, index * 33_333_333)
    return path


@pytest.fixture
def played(qtbot: QtBot, tmp_path: Path, video: Path) -> Iterator[AppWindow]:
    window = open_window(qtbot, tmp_path, Feed.file(video), [box_entry()])
    yield window
    window.close()


@pytest.fixture
def photo(qtbot: QtBot, tmp_path: Path) -> Iterator[AppWindow]:
    window = open_window(qtbot, tmp_path, Feed.file(PORTRAIT), [box_entry()])
    yield window
    window.close()


@pytest.mark.slow
def test_a_video_is_paused_sought_and_looped(played: AppWindow, qtbot: QtBot) -> None:
    transport, worker = played.stage.transport, played.player.worker
    assert transport.isVisible()
    assert transport.slider.maximum() == 29
    QCoreApplication.sendEvent(transport, QEvent(QEvent.Type.Leave))
    played.stage.set_rests(True)
    qtbot.waitUntil(lambda: not transport.isVisible(), timeout=SOON_MS)
    played.stage.set_rests(False)
    assert transport.isVisible()
    qtbot.keyClick(played, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not worker.is_playing, timeout=SOON_MS)
    qtbot.wait(300)
    still = played.showing.shown_count
    qtbot.wait(300)
    assert played.showing.shown_count == still
    transport.slider.setValue(21)
    qtbot.waitUntil(
        lambda: played.player.last is not None and played.player.last.position == 21,
        timeout=SOON_MS,
    )
    # Looks change while the picture stands still.
    played.wearing.clear()
    qtbot.waitUntil(lambda: worn(played) == set(), timeout=SOON_MS)
    assert played.player.last is not None and played.player.last.position == 21
    qtbot.mouseClick(transport.play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: worker.is_playing, timeout=SOON_MS)
    # Round and round ...
    qtbot.waitUntil(lambda: played.player.last.position < 15, timeout=SOON_MS)
    # ... until told otherwise.
    qtbot.keyClick(played, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: not worker.is_playing, timeout=SOON_MS)
    # The last picture may still be on its way to the window.
    qtbot.waitUntil(lambda: played.player.last.position == 29, timeout=SOON_MS)
    qtbot.keyClick(played, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: played.player.last.position < 15, timeout=SOON_MS)


def test_what_is_dropped_is_shown_or_worn(photo: AppWindow, qtbot: QtBot, tmp_path: Path) -> None:
    assert drop(photo, MARLOW)
    qtbot.waitUntil(lambda: worn(photo) == {"marlow-havana"}, timeout=SOON_MS)
    assert photo.shelf.shown[0].title == "Marlow Havana"
    assert drop(photo, MARLOW / "model.glb")
    qtbot.waitUntil(lambda: photo.shelf.shown[0].path.suffix == ".glb", timeout=SOON_MS)
    broken = tmp_path / "broken.glb"
    broken.write_bytes(b"glTF but no more")
    drop(photo, broken)
    qtbot.waitUntil(lambda: "broken.glb" in photo.stage.toast.label.text(), timeout=SOON_MS)
    note = tmp_path / "note.txt"
    note.write_text("no picture")
    drop(photo, note)
    qtbot.waitUntil(lambda: "note.txt" in photo.stage.toast.label.text(), timeout=SOON_MS)
    # What was shown comes back.
    before = photo.showing.shown_count
    qtbot.waitUntil(lambda: photo.showing.shown_count > before, timeout=START_MS)
    drop(photo, asset_path("samples", "face.mp4"))
    qtbot.waitUntil(lambda: photo.stage.transport.isVisible(), timeout=SOON_MS)


def test_a_photo_is_not_recorded(photo: AppWindow, qtbot: QtBot) -> None:
    assert not photo.stage.transport.isVisible()
    qtbot.keyClick(photo, Qt.Key.Key_R)
    assert not photo.actions_by_name["record"].isChecked()
    assert "photo" in photo.stage.toast.label.text()


@pytest.mark.slow
def test_an_unplugged_camera_is_waited_for(qtbot: QtBot, tmp_path: Path) -> None:
    fake = camera(Step("play", 90), Step("unplug", 4), Step("play", 3))
    window = open_window(qtbot, tmp_path, fake, [])
    said = []
    window.mirror.say, say = lambda *a: (said.append(a[1]), say(*a)), window.mirror.say
    qtbot.waitUntil(lambda: "The camera is away" in said, timeout=START_MS)
    seen = window.showing.shown_count
    qtbot.waitUntil(lambda: window.showing.shown_count > seen + 2, timeout=START_MS)
    assert window.mirror._message[1] == ""
    window.close()
    assert fake.open_devices == 0
    assert window.showing.problem is None


@pytest.mark.slow
def test_a_camera_that_changes_size_or_stalls_goes_on(qtbot: QtBot, tmp_path: Path) -> None:
    smaller = ImageSize(256, 256)
    fake = camera(
        Step("play", 4), Step("resize", size=smaller), Step("play", 4), Step("stall", seconds=9.0)
    )
    window = open_window(qtbot, tmp_path, fake)
    qtbot.waitUntil(lambda: window.mirror.result.frame.size == smaller, timeout=START_MS)
    rect = window.mirror.picture_rect()
    assert rect.width() == rect.height() > 256, "letterboxed at its new shape"
    qtbot.waitUntil(lambda: fake.openings >= 2, timeout=START_MS)
    seen = window.showing.shown_count
    qtbot.waitUntil(lambda: window.showing.shown_count > seen + 2, timeout=START_MS)
    assert window.showing.problem is None
    window.close()
    qtbot.waitUntil(lambda: fake.open_devices == 0, timeout=SOON_MS)


def test_closing_does_not_wait_for_a_camera_that_is_away(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, camera(Step("play", 3), Step("unplug", 99)), [])
    qtbot.waitUntil(lambda: window.player.worker.is_waiting_for_camera, timeout=START_MS)
    window.close()
    assert window.player.worker.isFinished()


def test_without_a_camera_the_sample_plays(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, None, [])
    assert window.player.feed == SAMPLE
    assert "No camera" in window.stage.toast.label.text()
    window.sources.list_sources()
    titles = [action.text() for action in window.sources.actions()]
    assert "Sample" in titles
    assert next(a for a in window.sources.actions() if a.text() == "Sample").isChecked()
    # A ring is shown on the sample that has a hand.
    ring = next(e for e in Entry.of_catalogue(Catalogue.bundled()) if e.category == "ring")
    window.dressing.add(ring)
    qtbot.waitUntil(lambda: window.player.feed == HAND_SAMPLE, timeout=START_MS)
    window.close()


def test_a_first_source_that_fails_is_said_in_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, Feed.file(tmp_path / "no.mp4"), [])
    assert window.showing.problem is not None
    assert "no such file" in window.showing.problem
    window.close()


@pytest.mark.slow
def test_no_thread_outlives_its_window(qtbot: QtBot, tmp_path: Path) -> None:
    before, windows = threading.active_count(), []
    for _ in range(20):
        fake = camera()
        window = open_window(qtbot, tmp_path, fake)
        window.close()
        assert fake.open_devices == 0
        windows.append(weakref.ref(window))
        window.deleteLater()
        del window
    assert threading.active_count() <= before + 1
    # Nor does anything of the window: pictures and meshes went with it.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert not any(window() is not None for window in windows)


def test_paths_are_told_apart(tmp_path: Path) -> None:
    paths = [MARLOW, MARLOW / "product.toml", tmp_path / "a.GLB", tmp_path, tmp_path / "b.mp4"]
    assert list(sort_paths(paths)) == [
        (MARLOW, Dropped.PRODUCT),
        (MARLOW, Dropped.PRODUCT),
        (tmp_path / "a.GLB", Dropped.MODEL),
        (tmp_path / "b.mp4", Dropped.PICTURE),
    ]


def test_a_person_is_known_in_every_round_of_a_file(
    qtbot: QtBot, tmp_path: Path, video: Path
) -> None:
    window = open_window(qtbot, tmp_path, Feed.file(video), [])
    rounds: list[tuple[int, bool, int]] = []

    def note(shown: Shown) -> None:
        persons, frame = shown.result.persons, shown.result.frame
        rounds.append((shown.position, bool(persons and persons[0].settled), frame.timestamp_ns))

    window.player.shown.connect(note)
    qtbot.waitUntil(lambda: any(known for _, known, _ in rounds), timeout=START_MS)
    begun = len(rounds)
    qtbot.waitUntil(lambda: any(position < 15 for position, *_ in rounds[begun:]), timeout=START_MS)
    window.close()
    assert all(known for _, known, _ in rounds[begun:])
    times = [time_ns for *_, time_ns in rounds]
    assert times == sorted(set(times))


def test_several_people_are_dressed(qtbot: QtBot, tmp_path: Path) -> None:
    one = portrait().image
    pictures = [
        np.ascontiguousarray(np.hstack([one, np.roll(one, 3 * i, axis=1)])) for i in range(8)
    ]
    window = open_window(qtbot, tmp_path, FakeCamera(pictures), [box_entry()], Options(faces=2))

    def both() -> bool:
        result = window.mirror.result
        return result is not None and len(result.scene.items) == 2

    qtbot.waitUntil(both, timeout=START_MS)
    window.close()
