"""A plain mirror: the picture, the next and previous product, a snapshot, the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow

from ar_preview.app.canvas import Canvas
from ar_preview.app.worker import PreviewWorker
from ar_preview.errors import ArPreviewError
from ar_preview.recording import write_image

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ar_preview.preview import PreviewResult
    from ar_preview.products.product import Product
    from ar_preview.scene import LightMode
    from ar_preview.sources import Source

__all__ = ["MirrorWindow"]

_KEYS = "left/right: product   S: snapshot   Q: quit"
_NOTICE_MS = 4000
_WINDOW_SIZE = (1120, 700)


class MirrorWindow(QMainWindow):
    """Shows a source with products worn.

    Parameters
    ----------
    open_source : callable
        Opens the source; called again for every round of a file.
    products : sequence of Product
        What can be worn; the first is worn at once.
    snapshots : Path
        Folder for snapshots; made when the first one is taken.
    mirrored : bool
        Show the picture as a mirror would. Snapshots are never mirrored.
    hint : str
        A line to show at first, for example why the sample is shown.
    frame_limit : int, optional
        Close by itself after so many shown pictures.
    pupil_distance_mm : float, optional
        Known pupil distance of the person, for true size.
    light : {"auto", "studio", "off"}
        As `Preview` takes it.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        products: Sequence[Product],
        snapshots: Path,
        *,
        mirrored: bool = True,
        hint: str = "",
        frame_limit: int | None = None,
        pupil_distance_mm: float | None = None,
        light: LightMode = "auto",
    ) -> None:
        super().__init__()
        self.setWindowTitle("ar_preview")
        self.resize(*_WINDOW_SIZE)
        self._products = tuple(products)
        self._chosen = 0
        self._snapshots = snapshots
        self._last: PreviewResult | None = None
        self._shown = 0
        self._frame_limit = frame_limit
        self.problem: str | None = None
        self._canvas = Canvas(mirrored)
        self.setCentralWidget(self._canvas)
        self._notice = QTimer(self, singleShot=True, interval=_NOTICE_MS)
        self._notice.timeout.connect(self._describe)
        for keys, action in (
            ((Qt.Key.Key_Right, Qt.Key.Key_N), self.show_next),
            ((Qt.Key.Key_Left, Qt.Key.Key_P), self.show_previous),
            ((Qt.Key.Key_S,), self.take_snapshot),
            ((Qt.Key.Key_Q, Qt.Key.Key_Escape), self.close),
        ):
            for key in keys:
                QShortcut(QKeySequence(key), self, action)
        self._worker = PreviewWorker(open_source, self.product, pupil_distance_mm, light)
        self._worker.arrived.connect(self._refresh)
        self._worker.failed.connect(self._fail)
        self._describe()
        if hint:
            self._tell(hint)
        self._worker.start()

    @property
    def product(self) -> Product | None:
        """What is worn now."""
        return self._products[self._chosen] if self._products else None

    @property
    def shown(self) -> int:
        """Pictures shown so far."""
        return self._shown

    def show_next(self) -> None:
        """Wear the next product."""
        self._choose(self._chosen + 1)

    def show_previous(self) -> None:
        """Wear the previous product."""
        self._choose(self._chosen - 1)

    def take_snapshot(self) -> Path | None:
        """Write the picture that is shown now, unmirrored; return its path."""
        if self._last is None:
            return None
        try:
            self._snapshots.mkdir(parents=True, exist_ok=True)
            number = 1
            while (path := self._snapshots / f"snapshot-{number:03d}.png").exists():
                number += 1
            write_image(path, self._last.image)
        except (ArPreviewError, OSError) as error:
            self._tell(f"the snapshot could not be saved: {error}")
            return None
        self._tell(f"saved {path}")
        return path

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        """Stop the worker before the window goes."""
        self._worker.stop()
        event.accept()

    def _choose(self, index: int) -> None:
        if self._products:
            self._chosen = index % len(self._products)
            self._worker.wear(self.product)
            self._describe()

    def _refresh(self) -> None:
        # A picture that was announced before the window closed is not shown any more.
        if self._is_done():
            return
        result = self._worker.results.take()
        if result is None:
            return
        self._last = result
        self._shown += 1
        self._canvas.show_picture(result.image)
        if self._is_done():
            self.close()

    def _is_done(self) -> bool:
        return self._frame_limit is not None and self._shown >= self._frame_limit

    def _fail(self, message: str) -> None:
        self.problem = message
        self._notice.stop()
        self._canvas.show_caption(message)
        if self._frame_limit is not None:
            self.close()

    def _tell(self, message: str) -> None:
        self._canvas.show_caption(message)
        self._notice.start()

    def _describe(self) -> None:
        if self.problem is None:
            name = self.product.title if self.product is not None else "no products"
            self._canvas.show_caption(f"{name}      {_KEYS}")
