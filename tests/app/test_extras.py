"""Favourites, two looks, countdown, comparison on one sheet, and the first welcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

from ar_preview.app.comparison import Cell, comparison_sheet, four_of
from ar_preview.app.favourites import Favourites
from ar_preview.app.kiosk import begin_anew
from ar_preview.app.options import Options
from ar_preview.app.window import AppWindow
from tests.app.desk import SOON_MS, START_MS, box_entry, settings, shelf, worn

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

MARLOW, BOX = "marlow-havana", "box-glasses"


def test_hearts_are_given_by_key_and_click_and_filter_the_shelf(
    live: AppWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: worn(live) == {MARLOW}, timeout=SOON_MS)
    row, heart = live.shelf.row, next(c for c in live.shelf.chips if c.text() == "♥")
    qtbot.keyClick(live, Qt.Key.Key_H)
    second = row.visualRect(row.model().index(1, 0))
    corner = second.topLeft() + second.center() / 1000 * 0
    corner.setX(second.left() + 20)
    corner.setY(second.top() + 20)
    qtbot.mouseClick(row.viewport(), Qt.MouseButton.LeftButton, pos=corner)
    # The click on the heart put nothing on.
    assert worn(live) == {MARLOW}
    qtbot.mouseClick(heart, Qt.MouseButton.LeftButton)
    assert [e.title for e in live.shelf.shown] == ["Marlow Havana", live.shelf.shown[1].title]
    assert len(live.shelf.shown) == 2
    qtbot.keyClick(live, Qt.Key.Key_H)
    assert "Marlow Havana" not in [e.title for e in live.shelf.shown]
    qtbot.mouseClick(live.shelf.chips[0], Qt.MouseButton.LeftButton)
    assert len(live.shelf.shown) > 2
    live.favourites.toggle(live.shelf.shown[1])


def test_favourites_are_remembered(qapp: object, tmp_path: Path) -> None:
    entries = shelf()[:3]
    for count in (1, 2, 3):
        first = Favourites(settings(tmp_path))
        first.toggle(entries[count - 1])
        again = Favourites(settings(tmp_path))
        assert [e in again for e in entries] == [i < count for i in range(3)]
    visitor = Favourites(settings(tmp_path), kept=False)
    assert not any(e in visitor for e in entries)
    visitor.toggle(entries[0])
    visitor.forget()
    assert entries[0] not in visitor
    assert entries[0] in Favourites(settings(tmp_path))


def test_one_key_goes_to_and_fro_between_two_looks(live: AppWindow, qtbot: QtBot) -> None:
    badge = live.stage.looks
    assert not badge.isVisible()
    qtbot.keyClick(live, Qt.Key.Key_X)
    assert badge.isVisible() and badge.buttons[1].isChecked()
    live.wearing.put_on(live.shelf.shown[1])
    qtbot.waitUntil(lambda: worn(live) == {BOX}, timeout=SOON_MS)
    qtbot.keyClick(live, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: worn(live) == {MARLOW}, timeout=SOON_MS)
    assert badge.buttons[0].isChecked()
    qtbot.mouseClick(badge.buttons[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: worn(live) == {BOX}, timeout=SOON_MS)
    qtbot.mouseClick(badge.buttons[1], Qt.MouseButton.LeftButton)
    assert live.looks.is_second and badge.buttons[1].isChecked()
    begin_anew(live)
    qtbot.waitUntil(lambda: worn(live) != {BOX}, timeout=SOON_MS)
    assert not badge.isVisible()


def test_the_countdown_ends_in_a_picture_unless_it_is_stopped(
    live: AppWindow, qtbot: QtBot
) -> None:
    folder, count = live.capture.folder, live.stage.countdown
    assert folder is not None
    before = len(list(folder.glob("*.png")))
    count.set_interval(30)
    qtbot.keyClick(live, Qt.Key.Key_T)
    assert count.isVisible() and count.left == 3
    qtbot.waitUntil(lambda: len(list(folder.glob("*.png"))) == before + 1, timeout=SOON_MS)
    assert not count.isVisible()
    count.set_interval(1000)
    qtbot.keyClick(live, Qt.Key.Key_T)
    qtbot.keyClick(live, Qt.Key.Key_Escape)
    assert not count.isVisible()
    qtbot.wait(60)
    assert len(list(folder.glob("*.png"))) == before + 1


@pytest.mark.slow
def test_products_are_compared_on_one_sheet(live: AppWindow, qtbot: QtBot) -> None:
    live.wearing.clear()
    live.wearing.put_on(live.shelf.shown[0])
    qtbot.waitUntil(lambda: worn(live) == {MARLOW}, timeout=SOON_MS)
    with qtbot.waitSignal(live.capture.saved, timeout=START_MS) as saved:
        qtbot.keyClick(live, Qt.Key.Key_4)
    (path,) = saved.args or ()
    sheet = cv2.imread(str(path))
    # Two pairs of glasses make one row, and are not the same.
    assert sheet.shape[1] > 2 * sheet.shape[0]
    left, right = sheet[:, : sheet.shape[1] // 2], sheet[:, sheet.shape[1] // 2 :]
    assert np.abs(left[100:600, 300:600].astype(int) - right[100:600, 300:600]).mean() > 1.0


def test_a_sheet_has_a_cell_for_each(qapp: object) -> None:
    cells = [
        Cell(np.full((90, 120, 3), shade, np.uint8), f"Number {shade}", "9 €")
        for shade in (50, 100, 150)
    ]
    sheet = comparison_sheet(cells)
    height, width = sheet.shape[:2]
    assert sheet[height // 4, width // 4].tolist() == [50, 50, 50]
    assert sheet[height // 4, 3 * width // 4].tolist() == [100, 100, 100]
    assert sheet[5 * height // 8, width // 4].tolist() == [150, 150, 150]
    assert sheet[5 * height // 8, 3 * width // 4].tolist() not in ([150] * 3, [100] * 3)


def test_favourites_are_compared_first(qapp: object, tmp_path: Path) -> None:
    entries = [box_entry() for _ in range(6)]
    for number, entry in enumerate(entries):
        object.__setattr__(entry, "path", tmp_path / f"pair-{number}")
    liked = Favourites(settings(tmp_path))
    liked.toggle(entries[5])
    numbers = [entries.index(e) for e in four_of(entries[2], entries, liked)]
    assert numbers == [2, 5, 3, 4]


def test_the_first_time_the_camera_is_asked_for(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = settings(tmp_path)
    kept.remove("welcomed")
    window = AppWindow([], kept, Options())
    qtbot.addWidget(window)
    played: list[object] = []
    monkeypatch.setattr(window.player, "start", played.append)
    window.show()
    welcome = window.welcome
    assert welcome.isVisible() and not window.stage.controls.isVisible()
    assert not window.player.worker.isRunning(), "no camera is opened before the answer"
    assert window.focusWidget() is welcome.camera
    # Space is short for something else, but a button that has the focus needs it.
    qtbot.keyClick(welcome.camera, Qt.Key.Key_Space)
    assert played == [None]
    assert not welcome.isVisible() and window.stage.controls.isVisible()
    window.close()
    again = AppWindow([], settings(tmp_path), Options())
    qtbot.addWidget(again)
    monkeypatch.setattr(again.player, "start", played.append)
    assert not again.welcome.isVisibleTo(again)
    again.close()
