"""What the tests of the app share: a camera, a shelf, and a window on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from ar_preview.app.entries import Entry
from ar_preview.app.feeds import Feed
from ar_preview.app.options import Options
from ar_preview.app.window import AppWindow
from ar_preview.products import Catalogue
from ar_preview.sources import FakeCamera, Step
from tests.people import box_glasses, portrait

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

START_MS, SOON_MS = 20_000, 8_000


def camera(*script: Step) -> FakeCamera:
    """A camera before which the portrait moves."""
    image = portrait().image
    pictures = [np.ascontiguousarray(np.roll(image, 3 * i, axis=1)) for i in range(10)]
    return FakeCamera(pictures, script)


def shelf() -> list[Entry]:
    """Two pairs of glasses, then what is not for faces."""
    entries = Entry.of_catalogue(Catalogue.bundled())
    first = [entry for entry in entries if entry.path.name == "marlow-havana"]
    return [*first, box_entry(), *(entry for entry in entries if entry.is_for_hands)]


def box_entry() -> Entry:
    """A pair of glasses made of boxes."""
    return Entry.from_product(Catalogue.bundled().folder / "box", box_glasses())


def settings(folder: Path) -> QSettings:
    """Settings of their own, with a folder for pictures."""
    made = QSettings(str(folder / "app.ini"), QSettings.Format.IniFormat)
    made.setValue("folder", str(folder / "saved"))
    made.setValue("own_products", str(folder / "own"))
    made.setValue("welcomed", True)
    return made


def open_window(
    qtbot: QtBot,
    folder: Path,
    feed: Feed | FakeCamera | None,
    entries: list[Entry] | None = None,
    options: Options | None = None,
) -> AppWindow:
    """Open the window and wait for the first picture."""
    if isinstance(feed, FakeCamera):
        feed = Feed.camera(capture_factory=feed.open)
    options = replace(options or Options(), feed=feed)
    window = AppWindow(shelf() if entries is None else entries, settings(folder), options)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(
        lambda: window.showing.shown_count >= 1 or window.showing.problem is not None,
        timeout=START_MS,
    )
    return window


def worn(window: AppWindow) -> set[str]:
    """Ids of what is in the picture."""
    result = window.mirror.result
    return set() if result is None else {item.product.id for item in result.scene.items}


def drop(window: AppWindow, *paths: Path) -> bool:
    """Drop files on a window; return whether it takes them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    entering = QDragEnterEvent(QPoint(9, 9), copy, data, left, none)
    window.dragEnterEvent(entering)
    window.dropEvent(QDropEvent(QPointF(9, 9), copy, data, left, none))
    return entering.isAccepted()
