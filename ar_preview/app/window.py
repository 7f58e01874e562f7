"""The window: mirror, shelf and status line, and how they act on each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMainWindow, QWidget

from ar_preview.app.actions import HOLD_KEYS, make_actions
from ar_preview.app.capture import Capture
from ar_preview.app.dressing import Dressing
from ar_preview.app.entries import category_titles
from ar_preview.app.feeds import Feed
from ar_preview.app.icons import app_icon
from ar_preview.app.layouts import column
from ar_preview.app.more_menu import MoreMenu
from ar_preview.app.opening import Dropped, sort_paths
from ar_preview.app.options import Options
from ar_preview.app.player import Player
from ar_preview.app.sheet import KeySheet
from ar_preview.app.shelf import Shelf
from ar_preview.app.shutter import Shutter
from ar_preview.app.source_menu import SourceMenu
from ar_preview.app.stage import Stage
from ar_preview.app.status import StatusLine
from ar_preview.app.theme import current_theme, palette, style_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ar_preview.app.entries import Entry
    from ar_preview.app.theme import Theme
    from ar_preview.app.worker import Shown

__all__ = ["AppWindow"]

_WINDOW_SIZE = (1280, 800)
_TICK_MS = 250
_SEEK_S = 5.0
_SPLIT_STEP = 0.05


class AppWindow(QMainWindow):
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
        self.problem: str | None = None
        """Why there is nothing to show, if so."""
        self.shown_count = 0
        """Pictures shown so far."""
        self._settings = settings
        self._unpainted: Shown | None = None
        self.setWindowTitle("ar_preview")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.resize(*_WINDOW_SIZE)
        self.player = Player(self.options.pupil_distance_mm, self.options.light)
        self.capture = Capture(settings, self._ask_folder, self.options.folder)
        self.actions_by_name = make_actions(self, self._deeds())
        self._build(entries)
        self._connect()
        self._restore()
        self.apply_theme()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._refresh)
        self._tick.start()
        self.mirror.say("source", self.tr("One moment"), "")
        self.player.start(self.options.feed)
        self.dressing.start(self.options.wear)
        self.shelf.row.setFocus()

    # Building

    def _build(self, entries: Sequence[Entry]) -> None:
        theme = current_theme()
        self.sources = SourceMenu(self.player, self.actions_by_name["open"], self)
        self.more = MoreMenu(self.actions_by_name, self.player, self)
        self.stage = Stage(self.actions_by_name, self.sources, self.more, theme)
        self.mirror = self.stage.mirror
        self.shelf = Shelf(entries, theme)
        self.dressing = Dressing(self.shelf)
        self.wearing = self.dressing.wearing
        self.shutter = Shutter(
            self.capture, self.player, self.stage, self.wearing, self.actions_by_name["record"]
        )
        self.status = StatusLine(theme)
        middle = QWidget()
        layout = column(middle)
        layout.addWidget(self.stage, 1)
        layout.addWidget(self.shelf)
        layout.addWidget(self.status)
        self.setCentralWidget(middle)
        held = [(keys, self.tr(text)) for keys, text in HOLD_KEYS]
        self.sheet = KeySheet(list(self.actions_by_name.values()), held, middle)
        self.sheet.clicked.connect(lambda: self.actions_by_name["keys"].setChecked(False))

    def _deeds(self) -> dict[str, Callable[..., object]]:
        return {
            "previous": lambda: self.shelf.browse(-1),
            "next": lambda: self.shelf.browse(1),
            "variant": lambda: self.dressing.next_variant(),
            "take_off": lambda: self.wearing.clear(),
            "search": lambda: self.shelf.search.setFocus(),
            "snapshot": lambda: self.shutter.take_picture(),
            "share": lambda: self.shutter.make_cards(),
            "record": lambda on: self.shutter.record(on),
            "compare": lambda on: self.mirror.compare(on),
            "split_left": lambda: self._move_split(-_SPLIT_STEP),
            "split_right": lambda: self._move_split(_SPLIT_STEP),
            "measures": self._show_measures,
            "mirror": self._set_mirrored,
            "play": self.player.toggle,
            "back": lambda: self.player.jump(-_SEEK_S),
            "forward": lambda: self.player.jump(_SEEK_S),
            "loop": self._set_loop,
            "open": self.ask_file,
            "folder": lambda: self.capture.choose_folder(),
            "full_screen": self._set_full_screen,
            "keys": self._show_keys,
            "quit": self.close,
        }

    def _connect(self) -> None:
        self.player.shown.connect(self._show_picture)
        self.player.opened.connect(self._feed_opened)
        self.player.played.connect(self.stage.transport.show_playing)
        self.player.noted.connect(self.tell)
        self.player.empty.connect(self._nothing_to_show)
        self.mirror.painted.connect(self._painted)
        self.stage.double_clicked.connect(self.actions_by_name["full_screen"].toggle)
        self.stage.transport.sought.connect(self.player.worker.seek)
        self.dressing.noted.connect(self.tell)
        self.wearing.changed.connect(self._worn_changed)
        self.wearing.unsure.connect(self._ask_category)
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda: self.apply_theme())

    def _restore(self) -> None:
        stored = self._settings.value("geometry")
        if stored is not None:
            self.restoreGeometry(stored)
        for name, usual in (("mirror", True), ("loop", True), ("measures", False)):
            on = self._settings.value(name, usual, bool)
            self.actions_by_name[name].setChecked(bool(on))

    def apply_theme(self, theme: Theme | None = None) -> None:
        """Take these colours, or those that the system asks for."""
        theme = theme or current_theme()
        QApplication.setPalette(palette(theme))
        self.setStyleSheet(style_sheet(theme))
        self.mirror.theme = theme
        self.shelf.set_theme(theme)
        self.status.set_theme(theme)
        self.mirror.update()

    # Sources

    def ask_file(self) -> None:
        """Open a photo, a video or a product from a file."""
        kinds = self.tr("Photos, videos and products (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Open"), "", kinds)
        if path:
            self.open_paths([Path(path)])

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Take in photos, videos, product folders and models."""
        for path, kind in sort_paths(paths):
            if kind is Dropped.MODEL:
                self.wearing.add_model(path)
            elif kind is Dropped.PRODUCT:
                self.dressing.add_folder(path)
            else:
                self.player.show_feed(Feed.file(path))

    def _set_loop(self, on: bool) -> None:
        self.player.set_loop(on)
        self._settings.setValue("loop", on)

    def _feed_opened(self) -> None:
        feed, info, transport = self.player.feed, self.player.info, self.stage.transport
        if feed is None or info is None:
            return
        self.mirror.set_mirrored(self._is_mirrored)
        self.status.start(feed.title, info.is_live)
        if self.player.is_video:
            transport.show_length(info.frame_count or 1, float(info.frame_rate or 30))
            transport.show_playing(True)
        transport.setVisible(self.player.is_video)
        self.stage.arrange()
        self._suit_sample()

    def _nothing_to_show(self, why: str) -> None:
        self.problem = why
        self.mirror.say("away", self.tr("There is nothing to show"), why)
        if self.options.frame_limit is not None:
            self.close()

    # Pictures

    def _show_picture(self, shown: Shown) -> None:
        if self._is_done():
            return
        self._unpainted = shown
        self.shown_count += 1
        self.mirror.show_result(shown.result)
        if self.player.is_video:
            self.stage.transport.show_position(shown.position)
        if self._is_done():
            self.close()

    def _painted(self) -> None:
        if self._unpainted is not None:
            self.status.note_painted(self._unpainted)
            self._unpainted = None

    def _is_done(self) -> bool:
        limit = self.options.frame_limit
        return limit is not None and self.shown_count >= limit

    def _refresh(self) -> None:
        """Bring up to date, a few times a second, what need not follow every frame."""
        self.status.refresh(self.player.last)
        if self.player.worker.is_waiting_for_camera:
            self.mirror.say(
                "away",
                self.tr("The camera is away"),
                self.tr("Plug it in again; the picture comes back by itself."),
            )
        if self.stage.measures.isVisible():
            glasses = next((p for p in self.wearing.products if p.slot == "glasses"), None)
            self.stage.measures.show_result(self.mirror.result, glasses)
        self.shutter.refresh()

    @property
    def _is_mirrored(self) -> bool:
        return self.actions_by_name["mirror"].isChecked() and self.player.is_mirror

    def _set_mirrored(self, on: bool) -> None:
        self._settings.setValue("mirror", on)
        self.mirror.set_mirrored(self._is_mirrored)

    def _move_split(self, step: float) -> None:
        self.actions_by_name["compare"].setChecked(True)
        self.mirror.move_split(self.mirror.split + step)

    def _show_measures(self, on: bool) -> None:
        self._settings.setValue("measures", on)
        self.stage.measures.setVisible(on)
        self._refresh()

    # What is worn

    def _worn_changed(self) -> None:
        self.player.worker.wear(self.wearing.products)
        self._suit_sample()
        latest, result = self.wearing.latest, self.mirror.result
        for_hands = latest is not None and latest.entry.is_for_hands
        if for_hands and self.player.is_mirror and result is not None and not result.poses.hands:
            self.tell(self.tr("Hold your hand up to the camera"))

    def _ask_category(self, path: Path) -> None:
        """Ask what a model is whose shape does not tell."""
        titles = category_titles()
        title, told = QInputDialog.getItem(
            self, path.name, self.tr("What is it?"), list(titles.values()), 0, False
        )
        if told:
            self.wearing.add_model(path, next(c for c, t in titles.items() if t == title))

    def _suit_sample(self) -> None:
        if (latest := self.wearing.latest) is not None:
            self.player.suit(latest.entry.is_for_hands)

    def _ask_folder(self, proposal: Path) -> Path | None:
        title = self.tr("Where do pictures go?")
        chosen = QFileDialog.getExistingDirectory(self, title, str(proposal))
        return Path(chosen) if chosen else None

    # The window itself

    def tell(self, text: str) -> None:
        """Show a line that goes by itself."""
        self.stage.toast.tell(text)

    def _set_full_screen(self, on: bool) -> None:
        self.shelf.setVisible(not on)
        self.status.setVisible(not on)
        self.mirror.full = on
        self.stage.set_rests(on)
        if on:
            self.showFullScreen()
        else:
            self.showNormal()

    def _show_keys(self, on: bool) -> None:
        self.sheet.setVisible(on)
        self.sheet.adjustSize()
        self.sheet.move(
            (self.width() - self.sheet.width()) // 2, (self.height() - self.sheet.height()) // 2
        )
        self.sheet.raise_()

    def _escape(self) -> None:
        for name in ("keys", "compare", "full_screen"):
            if self.actions_by_name[name].isChecked():
                self.actions_by_name[name].setChecked(False)
                return
        self.stage.toast.dismiss()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Show what is below the products while B is held; Escape closes what is open."""
        if event.key() == Qt.Key.Key_B and not event.isAutoRepeat():
            self.mirror.hold_before(True)
        elif event.key() == Qt.Key.Key_Escape:
            self._escape()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Show the products again."""
        if event.key() == Qt.Key.Key_B and not event.isAutoRepeat():
            self.mirror.hold_before(False)
        else:
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Let go of a held key that is released in another window."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.mirror.hold_before(False)
        super().changeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        """Take files that are dragged in."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        """Open files that were dropped."""
        urls = event.mimeData().urls()
        self.open_paths([Path(u.toLocalFile()) for u in urls if u.isLocalFile()])
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Finish the recording and end every thread before the window goes."""
        if not self.isFullScreen():
            self._settings.setValue("geometry", self.saveGeometry())
        self.hide()
        self._tick.stop()
        self.player.worker.stop()
        self.capture.close()
        self.wearing.close()
        self._settings.sync()
        event.accept()
