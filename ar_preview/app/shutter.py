"""The buttons that take pictures and videos, and what the person is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QAction

    from ar_preview.app.capture import Capture
    from ar_preview.app.player import Player
    from ar_preview.app.stage import Stage
    from ar_preview.app.wearing import Wearing

__all__ = ["Shutter"]

_NAMELESS = "ar-preview"


class Shutter(QObject):
    """Takes pictures and videos of what the stage shows, named after what is worn.

    Parameters
    ----------
    capture : Capture
    player : Player
    stage : Stage
    wearing : Wearing
    record : QAction
        The switch that goes back when a recording ends by itself.
    """

    def __init__(
        self, capture: Capture, player: Player, stage: Stage, wearing: Wearing, record: QAction
    ) -> None:
        super().__init__()
        self._capture, self._player, self._stage = capture, player, stage
        self._wearing, self._record = wearing, record
        capture.saved.connect(self._saved)
        capture.failed.connect(self._tell)
        capture.ended.connect(self._ended)

    def take_picture(self) -> Path | None:
        """Save the picture that is shown now, unmirrored; return its path."""
        result = self._stage.mirror.result
        return None if result is None else self._capture.snapshot(result, self._stem)

    def record(self, on: bool) -> None:
        """Begin or end a video."""
        if not on:
            self._player.worker.record_into(None)
            self._capture.stop()
            return
        info, recorder = self._player.info, None
        if info is None or info.kind == "image":
            self._tell(self.tr("A photo does not move: take a picture instead"))
        else:
            recorder = self._capture.start(self._stem, info.size, info.frame_rate)
        if recorder is None:
            self._record.setChecked(False)
            return
        self._stage.controls.show_recording(True)
        self._player.worker.record_into(recorder)
        self.refresh()

    def refresh(self) -> None:
        """Show how long the recording is."""
        if self._capture.recorder is not None:
            self._stage.badge.show_time(self._capture.recorder.elapsed_s)
            self._stage.arrange()

    @property
    def _stem(self) -> str:
        latest = self._wearing.latest
        return latest.product.title if latest is not None else _NAMELESS

    def _tell(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        self._stage.toast.tell(text, action, act)

    def _ended(self) -> None:
        self._player.worker.record_into(None)
        self._record.setChecked(False)
        self._stage.controls.show_recording(False)
        self._stage.badge.hide()

    def _saved(self, path: Path) -> None:
        show = self.tr("Show in folder")
        self._tell(self.tr("Saved %1").replace("%1", path.name), show, lambda: _reveal(path))


def _reveal(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
