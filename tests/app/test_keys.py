"""Every key and button of a live window does what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu, QToolButton, QWidget

from ar_preview.app.theme import DARK, LIGHT
from ar_preview.quality import SOFTWARE
from tests.app.desk import SOON_MS, START_MS, worn

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ar_preview.app.window import AppWindow

MARLOW, BOX = "marlow-havana", "box-glasses"


def saved(window: AppWindow, suffix: str) -> list[Path]:
    folder = window.capture.folder
    assert folder is not None
    return sorted(folder.glob(f"*{suffix}"))


def test_the_first_product_is_worn_at_once(live: AppWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: worn(live) == {MARLOW}, timeout=SOON_MS)
    assert live.shelf.caption.text() == "Marlow Havana"
    assert live.shelf.price.text()


def test_arrows_go_through_the_shelf(live: AppWindow, qtbot: QtBot) -> None:
    glasses = next(chip for chip in live.shelf.chips if chip.text() == "Glasses")
    qtbot.mouseClick(glasses, Qt.MouseButton.LeftButton)
    assert len(live.shelf.shown) == 2
    for key, expected in (
        (Qt.Key.Key_Right, BOX),
        (Qt.Key.Key_Right, MARLOW),
        (Qt.Key.Key_Left, BOX),
        (Qt.Key.Key_Left, MARLOW),
    ):
        qtbot.keyClick(live, key)
        qtbot.waitUntil(lambda expected=expected: worn(live) == {expected}, timeout=SOON_MS)
    qtbot.mouseClick(live.shelf.chips[0], Qt.MouseButton.LeftButton)
    assert len(live.shelf.shown) > 2


def test_a_click_puts_on_and_takes_off(live: AppWindow, qtbot: QtBot) -> None:
    row = live.shelf.row
    middle = row.visualRect(row.model().index(0, 0)).center()
    qtbot.mouseClick(row.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: worn(live) == set(), timeout=SOON_MS)
    assert live.shelf.caption.text() == ""
    qtbot.mouseClick(row.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: worn(live) == {MARLOW}, timeout=SOON_MS)


def test_colours_change_by_key_and_by_swatch(live: AppWindow, qtbot: QtBot) -> None:
    def material() -> object:
        result = live.mirror.result
        return result and result.scene.items and result.scene.items[0].product.materials

    before = material()
    buttons = live.shelf.swatches.buttons
    assert len(buttons) >= 2
    qtbot.keyClick(live, Qt.Key.Key_V)
    qtbot.waitUntil(lambda: material() not in (before, ()), timeout=SOON_MS)
    assert live.shelf.caption.text() == "Marlow Havana Sun"
    assert buttons[1].isChecked()
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: material() is before, timeout=SOON_MS)


def test_everything_comes_off(live: AppWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(live, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: worn(live) == set(), timeout=SOON_MS)
    live.shelf.point_at(live.shelf.shown[1])
    qtbot.keyClick(live, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: worn(live) == {MARLOW}, timeout=SOON_MS)


def test_the_picture_is_a_mirror_and_the_snapshot_is_not(live: AppWindow, qtbot: QtBot) -> None:
    live.player.worker.blockSignals(True)
    try:
        result = live.mirror.result
        assert result is not None and live.player.last is not None
        live.player.last = replace(live.player.last, quality=SOFTWARE)  # However busy it is here.
        live.resize(1400, 1400)
        live.mirror.repaint()
        shown = live.mirror.displayed
        assert shown is not None
        fitted = cv2.resize(result.image[:, ::-1], shown.shape[1::-1])
        assert np.abs(shown.astype(int) - fitted).mean() < 1.0
        before = len(saved(live, ".png"))
        qtbot.keyClick(live, Qt.Key.Key_S)
        path = saved(live, ".png")[-1]
        np.testing.assert_array_equal(
            cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB), result.image
        )
        qtbot.mouseClick(live.stage.controls.shutter, Qt.MouseButton.LeftButton)
        assert len(saved(live, ".png")) == before + 2
        assert live.stage.toast.isVisible()
        qtbot.keyClick(live, Qt.Key.Key_M)
        live.mirror.repaint()
        plain = live.mirror.displayed
        assert plain is not None
        assert np.abs(plain[:, ::-1].astype(int) - shown).mean() < 1.0
        qtbot.keyClick(live, Qt.Key.Key_M)
    finally:
        live.player.worker.blockSignals(False)
        live.resize(1000, 700)
        live.player.shown.emit(live.player.worker.results.take() or live.player.last)


def test_cards_are_made_of_what_is_worn(live: AppWindow, qtbot: QtBot) -> None:
    before = len(saved(live, ".png"))
    qtbot.keyClick(live, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: len(saved(live, ".png")) == before + 2, timeout=SOON_MS)
    names = [path.name for path in saved(live, ".png")]
    assert any("story" in name for name in names) and any("square" in name for name in names)


def test_before_is_shown_while_the_key_is_held(live: AppWindow, qtbot: QtBot) -> None:
    qtbot.keyPress(live, Qt.Key.Key_B)
    assert live.mirror.split == 1.0
    qtbot.keyRelease(live, Qt.Key.Key_B)
    assert live.mirror.split == 0.0


def test_the_line_of_the_comparison_is_dragged(live: AppWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(live.stage.controls.compare, Qt.MouseButton.LeftButton)
    assert live.mirror.split == 0.5
    rect = live.mirror.picture_rect()
    middle = rect.center()
    aside = QPoint(rect.left() + rect.width() // 4, middle.y())
    qtbot.mousePress(live.mirror, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(live.mirror, aside)
    qtbot.mouseRelease(live.mirror, Qt.MouseButton.LeftButton, pos=aside)
    assert live.mirror.split == pytest.approx(0.25, abs=0.01)
    result, shown = live.mirror.result, live.mirror.displayed
    assert result is not None and shown is not None
    qtbot.keyClick(live, Qt.Key.Key_BracketRight)
    assert live.mirror.split == pytest.approx(0.30, abs=0.01)
    qtbot.keyClick(live, Qt.Key.Key_BracketLeft)
    qtbot.keyClick(live, Qt.Key.Key_C)
    assert live.mirror.split == 0.0


def test_measures_and_fit_are_told(live: AppWindow, qtbot: QtBot) -> None:
    panel = live.stage.measures
    assert not panel.isVisible()
    qtbot.keyClick(live, Qt.Key.Key_F)
    assert panel.isVisible()
    assert live.stage.controls.measures.isChecked()
    qtbot.waitUntil(lambda: panel.pupils.value.text().endswith("mm"), timeout=SOON_MS)
    assert 45 < float(panel.pupils.value.text().split()[0]) < 80
    assert " to " in panel.face.range.text()
    qtbot.mouseClick(live.stage.controls.measures, Qt.MouseButton.LeftButton)
    assert not panel.isVisible()


def test_full_screen_is_left_by_escape(live: AppWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(live, Qt.Key.Key_F11)
    assert live.isFullScreen()
    assert not live.shelf.isVisible()
    assert live.focusWidget() is not live.stage.controls.source
    qtbot.keyClick(live, Qt.Key.Key_Escape)
    assert not live.isFullScreen()
    assert live.shelf.isVisible()


def test_the_sheet_lists_every_key(live: AppWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(live, Qt.Key.Key_F1)
    assert live.sheet.isVisible()
    told = " ".join(label.text() for label in live.sheet.findChildren(type(live.shelf.price)))
    for action in live.actions_by_name.values():
        assert action.text() in told
        assert action.shortcuts()
    qtbot.keyClick(live, Qt.Key.Key_Escape)
    assert not live.sheet.isVisible()


def test_the_window_follows_the_colours_of_the_system(
    live: AppWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = QGuiApplication.styleHints()
    for theme in (LIGHT, DARK):
        monkeypatch.setattr("ar_preview.app.window.current_theme", lambda theme=theme: theme)
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
        assert theme.surface in live.styleSheet()
        assert live.mirror.theme is theme
        assert QApplication.palette().window().color().name() == theme.surface


def test_what_has_no_button_is_in_the_menu(live: AppWindow) -> None:
    controls, menu = live.stage.controls, live.more
    buttons = {button.accessibleName() for button in controls.findChildren(QToolButton)}
    there = {action.text() for action in menu.actions()} | buttons
    by_mouse = {"previous", "next", "variant", "take_off", "search", "split_left", "split_right"}
    transport = {"play", "back", "forward", "loop"}
    for name, action in live.actions_by_name.items():
        if name not in by_mouse | transport | {"source"}:
            assert action.text() in there, name


def test_no_two_actions_share_a_key(live: AppWindow) -> None:
    keys = [k.toString() for a in live.actions_by_name.values() for k in a.shortcuts()]
    assert len(keys) == len(set(keys))


def test_letters_in_the_search_do_nothing_else(live: AppWindow, qtbot: QtBot) -> None:
    before = len(saved(live, ".png"))
    qtbot.keyClick(live, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert live.shelf.search.hasFocus()
    qtbot.keyClicks(live.shelf.search, "steel b")
    assert len(saved(live, ".png")) == before
    assert live.mirror.split == 0.0
    names = [entry.title for entry in live.shelf.shown]
    assert names and "Marlow Havana" not in names
    qtbot.keyClick(live.shelf.search, Qt.Key.Key_Escape)
    assert len(live.shelf.shown) > len(names)


def test_every_control_has_a_name_and_can_be_reached(live: AppWindow) -> None:
    controls = live.stage.controls
    for button in (
        controls.source,
        controls.compare,
        controls.measures,
        controls.shutter,
        controls.record,
        controls.full,
        controls.more,
        live.stage.transport.play,
        live.stage.transport.loop,
        live.stage.transport.slider,
        live.shelf.row,
        live.shelf.search,
        live.mirror,
    ):
        assert button.accessibleName()


def test_the_tab_key_goes_down_the_window_and_every_stop_has_a_name(live: AppWindow) -> None:
    stops: list[QWidget] = []
    while (stop := live.focusWidget()) not in stops:
        assert stop is not None
        stops.append(stop)
        live.focusNextPrevChild(True)
    for stop in stops:
        assert stop.accessibleName() or stop.property("text"), stop
    there = {
        widget
        for widget in live.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    }
    # Of the colours of a product, one is a stop; arrows choose among them.
    others = {button for button in live.shelf.swatches.buttons if not button.isChecked()}
    assert there - set(stops) <= others
    first = stops.index(live.stage.controls.source)
    ordered = stops[first:] + stops[:first]
    assert ordered[-1] is live.shelf.row
    on_shelf = [live.shelf.isAncestorOf(stop) for stop in ordered]
    assert on_shelf == sorted(on_shelf)
    for part in (live.stage.controls, live.shelf):
        inside = [stop for stop in ordered[:-1] if part.isAncestorOf(stop)]
        across = [stop.mapTo(live, stop.rect().center()).x() for stop in inside]
        assert len(across) > 4 and across == sorted(across)


@pytest.mark.parametrize(("key", "name"), [("O", "Sample"), ("F10", "Pupil distance ...")])
def test_menus_open_by_key(live: AppWindow, qtbot: QtBot, key: str, name: str) -> None:
    seen: list[str] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            seen.extend(action.text() for action in menu.actions())
            menu.close()

    QTimer.singleShot(200, look)
    qtbot.keySequence(live, key)
    assert name in seen


def test_the_status_tells_pace_and_delay(live: AppWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "behind" in live.status.pace.text(), timeout=SOON_MS)
    assert live.status.frame_rate > 0
    assert live.status.latency_ms > 0
    assert live.status.driver.text()
    assert "leaves" in live.status.privacy.text()


def test_a_told_pupil_distance_is_measured(
    live: AppWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QInputDialog, "getDouble", lambda *_: (58.0, True))
    live.more.pupils.trigger()
    live.actions_by_name["measures"].setChecked(True)
    qtbot.waitUntil(lambda: live.stage.measures.pupils.value.text() == "58 mm", timeout=START_MS)
    live.actions_by_name["measures"].setChecked(False)


def test_the_light_is_chosen(live: AppWindow, qtbot: QtBot) -> None:
    room, _, off = live.more.lights.actions()
    assert room.isChecked()
    off.trigger()
    assert live.player.worker.light == "off"
    before = live.showing.shown_count
    qtbot.waitUntil(lambda: live.showing.shown_count > before + 1, timeout=START_MS)
    assert off.isChecked() and not room.isChecked()
