"""What comes in from outside: photos, videos, models, product folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ar_preview.app.feeds import Feed
from ar_preview.app.opening import Dropped, sort_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData

    from ar_preview.app.dressing import Dressing
    from ar_preview.app.fitting_panel import FittingPanel
    from ar_preview.app.fitting_room import FittingRoom

__all__ = ["Intake", "ask_folder"]


def ask_folder(window: QWidget, proposal: Path) -> Path | None:
    """Ask for the folder that pictures go to; None where the person would rather not."""
    title = QCoreApplication.translate("intake", "Where do pictures go?")
    chosen = QFileDialog.getExistingDirectory(window, title, str(proposal))
    return Path(chosen) if chosen else None


class Intake(QObject):
    """Sends what is opened or dropped to where it belongs.

    Parameters
    ----------
    dressing : Dressing
    room : FittingRoom
    panel : FittingPanel
    window : QWidget
        Above which the dialog opens.
    """

    noted = Signal(str)
    feed_wanted = Signal(object)
    """A photo or a video is to be shown: its `Feed`."""

    def __init__(
        self, dressing: Dressing, room: FittingRoom, panel: FittingPanel, window: QWidget
    ) -> None:
        super().__init__()
        self._dressing, self._room, self._panel, self._window = dressing, room, panel, window

    def ask_file(self) -> None:
        """Open a photo, a video or a product from a file."""
        kinds = self.tr("Photos, videos and products (*)")
        path, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open"), "", kinds)
        if path:
            self.open_paths([Path(path)])

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Take in photos, videos, product folders and models."""
        for path, kind in sort_paths(paths):
            if kind is Dropped.MODEL:
                self._room.open(path)
            elif kind is Dropped.PRODUCT:
                self._dressing.add_folder(path)
            else:
                self.feed_wanted.emit(Feed.file(path))

    def drop(self, data: QMimeData) -> None:
        """Open files that were dropped."""
        self.open_paths([Path(u.toLocalFile()) for u in data.urls() if u.isLocalFile()])

    def fit_own(self) -> None:
        """Fit what is worn, if it is the person's own; otherwise say how to have that."""
        latest = self._dressing.wearing.latest
        if self._panel.isVisible():
            self._panel.leave()
        elif latest is not None and self._room.is_own(latest.entry):
            self._room.open(latest.entry.path)
        else:
            self.noted.emit(self.tr("Drop a GLB model here to fit it"))
