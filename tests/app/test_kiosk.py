"""A mirror that stands alone: invites, serves, forgets, and is left by a chord only."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ar_preview.app import kiosk as kiosk_module
from ar_preview.app.feeds import Feed
from ar_preview.app.kiosk import Attendance, KioskTimes
from ar_preview.app.lookout import Lookout
from ar_preview.app.options import Options
from ar_preview.app.window import AppWindow
from ar_preview.frames import Frame
from ar_preview.sources import FakeCamera
from ar_preview.tracking import FaceTracker
from tests.app.desk import SOON_MS, START_MS, open_window, worn
from tests.people import portrait

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ar_preview.app.entries import Entry

CHORD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ShiftModifier
)


def test_who_was_there_is_forgotten_once() -> None:
    there = Attendance(10.0)
    assert not there.is_to_forget(20.0, 3.0), "nobody was there yet"
    there.note(True, 20.0)
    there.note(False, 22.0)
    assert not there.is_to_forget(22.9, 3.0)
    assert there.alone_s(22.9) == pytest.approx(2.9)
    assert there.is_to_forget(23.1, 3.0)
    assert not there.is_to_forget(30.0, 3.0)
    there.note(True, 31.0)
    assert there.alone_s(32.0) == pytest.approx(1.0)
    assert there.is_to_forget(35.0, 3.0)


class Passage:
    """A camera before which somebody is, or not, as the test says."""

    def __init__(self) -> None:
        face = portrait().image
        self.pictures = [face, np.zeros_like(face)]
        self.somebody = True
        self.fake = FakeCamera([face])
        self.fake._next_picture = self._next  # type: ignore[method-assign]
        self._plain = FakeCamera._next_picture

    def _next(self) -> np.ndarray:
        self._plain(self.fake)
        return self.pictures[not self.somebody].copy()


def kiosk_window(
    qtbot: QtBot,
    folder: Path,
    fake: FakeCamera,
    times: KioskTimes,
    monkeypatch: pytest.MonkeyPatch,
    entries: list[Entry] | None = None,
) -> AppWindow:
    monkeypatch.setattr(kiosk_module, "KioskTimes", lambda: times)
    options = Options(kiosk=True)
    return open_window(qtbot, folder, Feed.camera(capture_factory=fake.open), entries, options)


def test_nothing_leads_out_but_the_chord(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The offscreen platform soon forgets the state of windows that are larger than its screen.
    filled: list[bool] = []
    monkeypatch.setattr(AppWindow, "showFullScreen", lambda _: filled.append(True))
    window = kiosk_window(qtbot, tmp_path, Passage().fake, KioskTimes(), monkeypatch, [])
    assert filled and window.shelf.isVisible()
    for key in (Qt.Key.Key_F11, Qt.Key.Key_Escape, Qt.Key.Key_S, Qt.Key.Key_R, Qt.Key.Key_G):
        qtbot.keyClick(window, key)
    qtbot.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    window.close()
    assert window.isVisible()
    assert window.capture.recorder is None
    assert not (tmp_path / "saved").exists()
    controls = window.stage.controls
    assert not any(b.isVisible() for b in (controls.source, controls.more, controls.full))
    assert not window.acceptDrops()
    qtbot.keyClick(window, Qt.Key.Key_Q, CHORD)
    assert not window.isVisible()
    assert window.player.worker.isFinished()


@pytest.mark.slow
def test_it_forgets_invites_and_serves_the_next(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passage = Passage()
    times = KioskTimes(forget_s=0.5, attract_s=4.0, change_s=0.4)
    window = kiosk_window(qtbot, tmp_path, passage.fake, times, monkeypatch)
    qtbot.waitUntil(lambda: worn(window) == {"marlow-havana"}, timeout=SOON_MS)
    window.wearing.put_on(window.shelf.shown[1])
    window.actions_by_name["compare"].setChecked(True)
    qtbot.waitUntil(lambda: worn(window) == {"box-glasses"}, timeout=SOON_MS)
    passage.somebody = False
    qtbot.waitUntil(
        lambda: window.wearing.entries["glasses"].path.name == "marlow-havana", timeout=START_MS
    )
    assert not window.actions_by_name["compare"].isChecked()
    # Nobody comes: the sample plays and shows one product after the other.
    qtbot.waitUntil(lambda: window.player.feed.kind == "sample", timeout=START_MS)
    assert window.stage.invitation.isVisible()
    qtbot.waitUntil(
        lambda: window.wearing.entries["glasses"].path.name != "marlow-havana", timeout=START_MS
    )
    # Somebody comes by, and is seen.
    passage.somebody = True
    qtbot.waitUntil(lambda: window.player.feed.kind == "camera", timeout=START_MS)
    assert not window.stage.invitation.isVisible()
    assert window.wearing.entries["glasses"].path.name == "marlow-havana"
    # The next time somebody touches it instead.
    passage.somebody = False
    qtbot.waitUntil(lambda: window.player.feed.kind == "sample", timeout=START_MS)
    before = window.wearing.entries
    qtbot.mouseClick(window.mirror, Qt.MouseButton.LeftButton)
    assert not window.kiosk.is_attracting
    qtbot.waitUntil(lambda: window.player.feed.kind == "camera", timeout=START_MS)
    assert window.wearing.entries.keys() == before.keys()
    window.leave()
    assert passage.fake.open_devices == 0
    assert QApplication.instance() is not None


def test_somebody_two_metres_away_is_seen(qtbot: QtBot) -> None:
    # A camera of 70 degrees shows a head of 20 cm at two metres 91 px high.
    person = cv2.resize(portrait().image, None, fx=0.87, fy=0.87, interpolation=cv2.INTER_AREA)
    wall = np.full((720, 1280, 3), 120, np.uint8)
    wall[200 : 200 + len(person), 700 : 700 + person.shape[1]] = person
    with closing(FaceTracker(continuous=False)) as tracker:
        assert not tracker.track(Frame(wall)).faces
    lookout = Lookout(Feed.camera(capture_factory=FakeCamera([wall]).open))
    with qtbot.waitSignal(lookout.found, timeout=START_MS):
        lookout.start()
    lookout.stop()
