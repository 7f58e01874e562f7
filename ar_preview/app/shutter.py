"""The buttons that take pictures and videos, and what the person is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from ar_preview.app.share import SQUARE, STORY, share_card

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtGui import QAction

    from ar_preview.app.capture import Capture
    from ar_preview.app.player import Player
    from ar_preview.app.stage import Stage
    from ar_preview.app.wearing import Wearing
    from ar_preview.preview import PreviewResult

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
        return None if result is None else self._capture.save(result.image, self._stem)

    def make_cards(self) -> None:
        """Save cards to share, tall and square, of what is shown and worn."""
        result, latest = self._stage.mirror.result, self._wearing.latest
        if result is None or latest is None:
            self._tell(self.tr("Put something on first"))
            return
        entry = latest.entry
        for size, name in ((STORY, "story"), (SQUARE, "square")):
            card = share_card(
                result.image, entry.title, entry.price, entry.link, size, _centre(result)
            )
            if self._capture.save(card, f"{self._stem}-{name}") is None:
                return

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


def _centre(result: PreviewResult) -> tuple[float, float] | None:
    """Return the middle of the first worn piece, px."""
    if not result.scene.items:
        return None
    point = result.scene.items[0].camera_from_product.translation
    x, y = result.scene.camera.project(point[None])[0]
    return float(x), float(y)


def _reveal(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
