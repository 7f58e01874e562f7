"""The menu of what can be shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

from ar_preview.app.feeds import SAMPLE, Feed
from ar_preview.sources import list_cameras

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from ar_preview.app.player import Player

__all__ = ["SourceMenu"]


class SourceMenu(QMenu):
    """Lists the cameras anew whenever it opens, the sample, and the way to files.

    Parameters
    ----------
    player : Player
    open_file : QAction
    parent : QWidget
    """

    def __init__(self, player: Player, open_file: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._player, self._open_file = player, open_file
        self.aboutToShow.connect(self.list_sources)

    def list_sources(self) -> None:
        """Look which cameras there are now."""
        self.clear()
        now = self._player.feed
        playing, kind = (now.spec, now.kind) if now is not None else ("", "")
        cameras = [Feed.camera(c.index, c.name) for c in list_cameras()]
        for feed in [*(cameras or [Feed.camera()]), SAMPLE]:
            action = self.addAction(feed.title)
            action.setCheckable(True)
            action.setChecked(feed.spec == playing or (feed.kind == kind == "sample"))
            action.triggered.connect(partial(self._show, feed))
        self.addSeparator()
        self.addAction(self._open_file)

    def _show(self, feed: Feed, _checked: bool = True) -> None:
        self._player.show_feed(feed)
