"""Pictures on their way from the player to the mirror, and what is said where there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from ar_preview.app.feeds import Feed
    from ar_preview.app.options import Options
    from ar_preview.app.player import Player
    from ar_preview.app.stage import Stage
    from ar_preview.app.status import StatusLine
    from ar_preview.app.worker import Shown

__all__ = ["Showing"]


class Showing(QObject):
    """Shows what the player plays: in the mirror, in the transport, in the status line.

    Parameters
    ----------
    player : Player
    stage : Stage
    status : StatusLine
    mirrored : QAction
        Whether cameras are shown as a mirror would.
    options : Options
    """

    done = Signal()
    """As many pictures as were asked for have been shown, or none can be."""

    def __init__(
        self,
        player: Player,
        stage: Stage,
        status: StatusLine,
        mirrored: QAction,
        options: Options,
    ) -> None:
        super().__init__()
        self.problem: str | None = None
        """Why there is nothing to show, if so."""
        self.shown_count = 0
        """Pictures shown so far."""
        self._player, self._stage, self._status = player, stage, status
        self._mirrored, self._options = mirrored, options
        self._unpainted: Shown | None = None
        player.shown.connect(self._show)
        player.opened.connect(self._opened)
        player.played.connect(stage.transport.show_playing)
        player.empty.connect(self._empty)
        stage.mirror.painted.connect(self._painted)
        stage.transport.sought.connect(player.worker.seek)

    def start(self, feed: Feed | None) -> None:
        """Begin with a feed; None is the first camera, or the sample where there is none."""
        self._stage.mirror.say("source", self.tr("One moment"), "")
        self._player.start(feed)

    def turn(self) -> None:
        """Show a camera as a mirror would, or as others see one."""
        is_mirror = self._mirrored.isChecked() and self._player.is_mirror
        self._stage.mirror.set_mirrored(is_mirror)

    def refresh(self) -> None:
        """Bring up to date what need not follow every picture."""
        self._status.refresh(self._player.last)
        if self._player.worker.is_waiting_for_camera:
            self._stage.mirror.say(
                "away",
                self.tr("The camera is away"),
                self.tr("Plug it in again; the picture comes back by itself."),
            )

    def _opened(self) -> None:
        feed, info, transport = self._player.feed, self._player.info, self._stage.transport
        if feed is None or info is None:
            return
        self.turn()
        self._status.start(feed.title, info.is_live)
        if self._player.is_video:
            transport.show_length(info.frame_count or 1, float(info.frame_rate or 30))
            transport.show_playing(True)
        self._stage.offer_transport(self._player.is_video and not self._options.kiosk)

    def _empty(self, why: str) -> None:
        self.problem = why
        self._stage.mirror.say("away", self.tr("There is nothing to show"), why)
        if self._options.frame_limit is not None:
            self.done.emit()

    def _show(self, shown: Shown) -> None:
        if self._is_done():
            return
        self._unpainted = shown
        self.shown_count += 1
        self._stage.mirror.show_result(shown.result)
        if self._player.is_video:
            self._stage.transport.show_position(shown.position)
        if self._is_done():
            self.done.emit()

    def _painted(self) -> None:
        if self._unpainted is not None:
            self._status.note_painted(self._unpainted)
            self._unpainted = None

    def _is_done(self) -> bool:
        limit, info = self._options.frame_limit, self._player.info
        if limit is None:
            return False
        # After a photo nothing else comes.
        alone = info is not None and info.frame_count == 1
        return self.shown_count >= (1 if alone else limit)
