"""The buttons that take pictures and videos, and what the person is told of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from ar_preview.app.comparison import Comparison, four_of
from ar_preview.app.share import SQUARE, STORY, share_card, worn_centre

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtGui import QAction

    from ar_preview.app.capture import Capture
    from ar_preview.app.entries import Entry
    from ar_preview.app.favourites import Favourites
    from ar_preview.app.player import Player
    from ar_preview.app.stage import Stage
    from ar_preview.app.wearing import Wearing
    from ar_preview.frames import RgbImage
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
        self.comparison = Comparison()
        self.comparison.ready.connect(self._save_sheet)
        self.comparison.failed.connect(self._tell)
        stage.countdown.ended.connect(self.take_picture)
        player.worker.redrawn.connect(self._redrawn)
        capture.saved.connect(self._saved)
        capture.failed.connect(self._tell)
        capture.ended.connect(self._ended)

    def take_picture(self) -> None:
        """Save the picture that is shown now, unmirrored."""
        if (result := self._stage.mirror.result) is not None:
            stem = self._stem
            self._in_full(result, lambda full: self._capture.save(full.image, stem))

    def make_cards(self) -> None:
        """Save cards to share, tall and square, of what is shown and worn."""
        result, latest = self._stage.mirror.result, self._wearing.latest
        if result is None or latest is None:
            self._tell(self.tr("Put something on first"))
            return
        self._in_full(result, partial(self._save_cards, latest.entry, self._stem))

    def _save_cards(self, entry: Entry, stem: str, result: PreviewResult) -> None:
        for size, name in ((STORY, "story"), (SQUARE, "square")):
            card = share_card(
                result.image, entry.title, entry.price, entry.link, size, worn_centre(result)
            )
            if self._capture.save(card, f"{stem}-{name}") is None:
                return

    def _in_full(self, result: PreviewResult, then: Callable[[PreviewResult], object]) -> None:
        """Do something with a result, in full quality also where it is shown in less."""
        shown, worker = self._player.last, self._player.worker
        lowered = shown is not None and not shown.quality.match
        if lowered and worker.isRunning() and not worker.is_waiting_for_camera:
            worker.redraw(result, then)
        else:
            then(result)

    def compare_four(self, shown: Sequence[Entry], favourites: Favourites) -> None:
        """Begin a sheet of what is worn and what is like it, on the frame that is shown now."""
        result, latest = self._stage.mirror.result, self._wearing.latest
        if result is None or latest is None:
            self._tell(self.tr("Put something on first"))
            return
        worker = self._player.worker
        beside = [p for p in self._wearing.products if p.slot != latest.entry.slot]
        entries = four_of(latest.entry, shown, favourites)
        if self.comparison.start(
            result.frame, entries, beside, worker.pupil_distance_mm, worker.light
        ):
            self._tell(self.tr("Comparing %1 products ...").replace("%1", str(len(entries))))
        else:
            self._tell(self.tr("There is nothing like it to compare it with"))

    def show_saved(self, entry: Entry) -> None:
        """Tell of a product that was saved."""
        show = self.tr("Show in folder")
        told = self.tr("%1 is on the shelf").replace("%1", entry.title)
        self._tell(told, show, lambda: _reveal(entry.path))

    def _save_sheet(self, sheet: RgbImage) -> None:
        latest = self._wearing.latest
        kind = latest.entry.category if latest is not None else _NAMELESS
        self._capture.save(sheet, f"{kind}-compared")

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

    def _redrawn(self, result: PreviewResult, then: Callable[[PreviewResult], object]) -> None:
        then(result)

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
