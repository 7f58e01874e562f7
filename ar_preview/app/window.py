"""The window: mirror, shelf and status line, and how they act on each other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSettings, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import QApplication, QWidget

from ar_preview.app.actions import hold_keys, make_actions
from ar_preview.app.capture import Capture
from ar_preview.app.deeds import deeds_of
from ar_preview.app.dressing import Dressing
from ar_preview.app.favourites import Favourites
from ar_preview.app.feeds import SAMPLE, Feed
from ar_preview.app.fitting_panel import FittingPanel
from ar_preview.app.fitting_room import FittingRoom
from ar_preview.app.hints import Hints
from ar_preview.app.icons import app_icon
from ar_preview.app.input import InputWindow
from ar_preview.app.intake import Intake, ask_folder
from ar_preview.app.kiosk import Kiosk, stand_alone
from ar_preview.app.layouts import column
from ar_preview.app.looks import Looks
from ar_preview.app.more_menu import MoreMenu
from ar_preview.app.options import Options
from ar_preview.app.player import Player
from ar_preview.app.sheet import KeySheet
from ar_preview.app.shelf import Shelf
from ar_preview.app.showing import Showing
from ar_preview.app.shutter import Shutter
from ar_preview.app.source_menu import SourceMenu
from ar_preview.app.stage import Stage
from ar_preview.app.status import StatusLine
from ar_preview.app.theme import current_theme, palette, style_sheet
from ar_preview.app.welcome import Welcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ar_preview.app.entries import Entry
    from ar_preview.app.theme import Theme

__all__ = ["AppWindow"]

_WINDOW_SIZE = (1280, 800)
_TICK_MS = 250
_WELCOMED = "welcomed"


class AppWindow(InputWindow):
    """The desktop app.

    Parameters
    ----------
    entries : sequence of Entry
        The shelf.
    settings : QSettings
    options : Options
    """

    def __init__(
        self, entries: Sequence[Entry], settings: QSettings, options: Options | None = None
    ) -> None:
        super().__init__()
        self.options = options or Options()
        self.may_close = True
        """Whether the window's own ways to close work; a kiosk has only its chord."""
        self.kiosk: Kiosk | None = None
        self._settings = settings
        self.setWindowTitle("ar_preview")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.resize(*_WINDOW_SIZE)
        self.player = Player(self.options.pupil_distance_mm, self.options.light, self.options.faces)
        self.capture = Capture(settings, partial(ask_folder, self), self.options.folder)
        self.favourites = Favourites(settings, kept=not self.options.kiosk)
        self.actions_by_name = make_actions(self, deeds_of(self))
        self._build(entries)
        self._connect()
        self._restore()
        self.apply_theme()
        self._own_helpers()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._refresh)
        self._tick.start()
        self._begin()

    # Building

    def _build(self, entries: Sequence[Entry]) -> None:
        theme = current_theme()
        self.sources = SourceMenu(self.player, self.actions_by_name["open"], self)
        self.more = MoreMenu(self.actions_by_name, self.player, self)
        self.stage = Stage(self.actions_by_name, self.sources, self.more, theme)
        self.mirror = self.stage.mirror
        self.shelf = Shelf(entries, theme, self.favourites)
        self.dressing = Dressing(self.shelf)
        self.wearing = self.dressing.wearing
        self.looks = Looks(self.wearing)
        self.room = FittingRoom(self.wearing, self._settings, self.options.photograph)
        self.fitting = FittingPanel(self.room, self.stage)
        self.stage.set_beside(self.fitting)
        self.intake = Intake(self.dressing, self.room, self.fitting, self)
        self.shutter = Shutter(
            self.capture, self.player, self.stage, self.wearing, self.actions_by_name["record"]
        )
        self.status = StatusLine(theme)
        self.showing = Showing(
            self.player, self.stage, self.status, self.actions_by_name["mirror"], self.options
        )
        self.hints = Hints()
        self.hints.told.connect(self.tell)
        middle = QWidget()
        layout = column(middle)
        layout.addWidget(self.stage, 1)
        layout.addWidget(self.shelf)
        layout.addWidget(self.status)
        self.setCentralWidget(middle)
        self.welcome = Welcome(middle)
        self.sheet = KeySheet(list(self.actions_by_name.values()), hold_keys(), middle)
        self.sheet.clicked.connect(lambda: self.actions_by_name["keys"].setChecked(False))

    def _own_helpers(self) -> None:
        """Let all that has signals end with the window: slots would keep both alive for ever."""
        for helper in (
            self.player.worker,
            self.player,
            self.showing,
            self.capture,
            self.favourites,
            self.wearing,
            self.dressing,
            self.looks,
            self.room,
            self.intake,
            self.shutter.comparison,
            self.shutter,
            self.shelf.model,
        ):
            helper.setParent(self)

    def _connect(self) -> None:
        self.player.opened.connect(self._suit_sample)
        self.player.noted.connect(self.tell)
        self.showing.done.connect(self.leave)
        self.held.connect(self.mirror.hold_before)
        self.escaped.connect(self._escape)
        self.dropped.connect(self.intake.drop)
        self.reshaped.connect(self._centre_sheets)
        self.stage.double_clicked.connect(self._double_clicked)
        self.stage.looks.chosen.connect(self.looks.show)
        self.looks.changed.connect(lambda: self.stage.looks.show_looks(self.looks))
        self.dressing.noted.connect(self.tell)
        self.intake.noted.connect(self.tell)
        self.intake.feed_wanted.connect(self._show_feed)
        self.wearing.changed.connect(self._worn_changed)
        self.room.noted.connect(self.tell)
        self.room.worn.connect(self.shelf.model.replace)
        self.room.saved.connect(self._own_saved)
        self.room.opened.connect(self.stage.arrange)
        self.fitting.closed.connect(self._left_fitting)
        self.welcome.wants_camera.connect(lambda: self._welcomed(None))
        self.welcome.wants_sample.connect(lambda: self._welcomed(SAMPLE))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    def _restore(self) -> None:
        stored = self._settings.value("geometry")
        if stored is not None:
            self.restoreGeometry(stored)
        for name, usual in (("mirror", True), ("loop", True), ("measures", False)):
            on = self._settings.value(name, usual, bool)
            self.actions_by_name[name].setChecked(bool(on))

    def _begin(self) -> None:
        """Show the first source, or on the very first time ask which."""
        options = self.options
        self.dressing.start(options.wear)
        self.shelf.row.setFocus()
        known = bool(self._settings.value(_WELCOMED, False, bool))
        if known or options.kiosk or options.feed is not None or options.frame_limit is not None:
            self.showing.start(options.feed)
        else:
            self.stage.controls.hide()
            self.welcome.ask()
        if options.kiosk:
            self.kiosk = stand_alone(self)

    def _show_feed(self, feed: Feed) -> None:
        if self.welcome.isVisibleTo(self):
            self._welcomed(feed)
        else:
            self.player.show_feed(feed)

    def _welcomed(self, feed: Feed | None) -> None:
        self._settings.setValue(_WELCOMED, True)
        self.welcome.hide()
        self.stage.controls.show()
        self.shelf.row.setFocus()
        if feed is None:
            Feed.camera().ask_permission()
        self.showing.start(feed)

    def apply_theme(self, theme: Theme | None = None) -> None:
        """Take these colours, or those that the system asks for."""
        theme = theme or current_theme()
        QApplication.setPalette(palette(theme))
        self.setStyleSheet(style_sheet(theme))
        self.mirror.theme = theme
        self.shelf.set_theme(theme)
        self.status.set_theme(theme)
        self.welcome.set_theme(theme)
        self.mirror.update()

    def _scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        self.apply_theme()

    # Sources

    def set_loop(self, on: bool) -> None:
        """Let videos begin anew at their end, or stand still there."""
        self.player.set_loop(on)
        self._settings.setValue("loop", on)

    def _refresh(self) -> None:
        """Bring up to date, a few times a second, what need not follow every frame."""
        self.showing.refresh()
        self.hints.look(self.mirror.result, self.player.is_mirror)
        if self.stage.measures.isVisible():
            glasses = next((p for p in self.wearing.products if p.slot == "glasses"), None)
            self.stage.measures.show_result(self.mirror.result, glasses)
        self.shutter.refresh()

    def set_mirrored(self, on: bool) -> None:
        """Show a camera as a mirror would, or as others see one."""
        self._settings.setValue("mirror", on)
        self.showing.turn()

    def show_measures(self, on: bool) -> None:
        """Open or close the measures."""
        self._settings.setValue("measures", on)
        self.stage.measures.setVisible(on)
        self._refresh()

    # What is worn

    def _worn_changed(self) -> None:
        self.player.worker.wear(self.wearing.products)
        self._suit_sample()
        latest = self.wearing.latest
        self.hints.expect(None if latest is None else latest.entry)

    def _suit_sample(self) -> None:
        if (latest := self.wearing.latest) is not None:
            self.player.suit(latest.entry.is_for_hands)

    def _own_saved(self, folder: Path) -> None:
        entry = next(e for e in self.shelf.model.entries if e.path == folder)
        self.wearing.put_on(entry)
        self.shutter.show_saved(entry)

    def _left_fitting(self) -> None:
        self.stage.arrange()
        self.shelf.row.setFocus()

    # The window itself

    def tell(self, text: str) -> None:
        """Show a line that goes by itself."""
        self.stage.toast.tell(text)

    def _double_clicked(self) -> None:
        if self.actions_by_name["full_screen"].isEnabled():
            self.actions_by_name["full_screen"].toggle()

    def set_full_screen(self, on: bool) -> None:
        """Show the picture alone, to the edges, or the whole window again."""
        self.shelf.setVisible(not on)
        self.status.setVisible(not on)
        self.mirror.full = on
        self.stage.set_rests(on)
        if on:
            self.showFullScreen()
            # With the shelf the focus would go to a button, whose ring disturbs the picture.
            self.setFocus()
        else:
            self.showNormal()
            self.shelf.row.setFocus()

    def show_keys(self, on: bool) -> None:
        """Open or close the sheet of keys."""
        self.sheet.setVisible(on)
        self._centre_sheets()
        self.sheet.raise_()

    def _centre_sheets(self) -> None:
        self.sheet.resize(self.size())
        welcome, below = self.welcome, self.stage.height()
        x = (self.width() - welcome.width()) // 2
        welcome.move(x, max(0, below - welcome.height()) // 2)

    def _escape(self) -> None:
        if self.stage.countdown.isVisible():
            self.stage.countdown.cancel()
            return
        if self.fitting.isVisible():
            self.fitting.leave()
            return
        for name in ("keys", "compare", "full_screen"):
            if self.actions_by_name[name].isChecked():
                self.actions_by_name[name].setChecked(False)
                return
        self.stage.toast.dismiss()

    def leave(self) -> None:
        """Close, a kiosk too."""
        self.may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Finish the recording and end every thread before the window goes."""
        if not self.may_close:
            event.ignore()
            return
        if not self.isFullScreen():
            self._settings.setValue("geometry", self.saveGeometry())
        self.hide()
        self._tick.stop()
        self.stage.countdown.cancel()
        if self.kiosk is not None:
            self.kiosk.stop()
        self.player.worker.stop()
        # A picture that was taken a moment ago may be on its way.
        QCoreApplication.sendPostedEvents(self.shutter)
        self.shutter.comparison.close()
        self.capture.close()
        self.wearing.close()
        self._settings.sync()
        event.accept()
