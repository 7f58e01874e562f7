"""The thread that captures and dresses frames, so that the window never waits."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QThread, Signal

from ar_preview.app.mailbox import Mailbox
from ar_preview.errors import ArPreviewError, SourceError
from ar_preview.preview import Preview, PreviewResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.frames import Frame
    from ar_preview.products.product import Product
    from ar_preview.scene import LightMode
    from ar_preview.sources import Source

__all__ = ["PreviewWorker"]

_NS_PER_S = 1e9
_LATE_S = 0.25


class PreviewWorker(QThread):
    """Runs a source through a preview and leaves the newest result in a mailbox.

    Files are played at their own pace and again from the start, a photo stays, a camera is
    shown as fast as frames come.

    Parameters
    ----------
    open_source : callable
        Opens the source; called again for every round of a file.
    product : Product or None
        What is worn at first.
    pupil_distance_mm : float, optional
        Known pupil distance of the person, for true size.
    light : {"auto", "studio", "off"}
        As `Preview` takes it.
    """

    arrived = Signal()
    failed = Signal(str)

    def __init__(
        self,
        open_source: Callable[[], Source],
        product: Product | None,
        pupil_distance_mm: float | None = None,
        light: LightMode = "auto",
    ) -> None:
        super().__init__()
        self._pupil_distance_mm = pupil_distance_mm
        self._light = light
        self._open_source = open_source
        self._product = product
        self._wake = threading.Event()
        self._stopping = False
        self.results: Mailbox[PreviewResult] = Mailbox()

    def wear(self, product: Product | None) -> None:
        """Change what is worn; takes effect with the next frame."""
        self._product = product
        self._wake.set()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping = True
        self._wake.set()
        self.wait()

    def run(self) -> None:
        """Work until stopped; a problem is told by the `failed` signal, never raised."""
        try:
            self._run()
        except ArPreviewError as error:
            self.failed.emit(str(error))
        except Exception as error:  # The thread's last door: the person sees a sentence.
            self.failed.emit(f"unexpected {type(error).__name__}: {error}")

    def _run(self) -> None:
        source = self._open_source()
        with Preview(
            self._worn(),
            continuous=source.info.is_continuous,
            pupil_distance_mm=self._pupil_distance_mm,
            light=self._light,
            live=source.info.is_live,
        ) as preview:
            while not self._stopping:
                with source:
                    last, count = self._play(source, preview)
                if self._stopping or source.info.is_live:
                    return
                if last is None:
                    raise SourceError("the source has no pictures: choose another one")
                while count == 1 and not self._stopping:
                    self._wake.wait()
                    self._change(preview)
                    self._show(preview.step(last))
                if not self._stopping:
                    source = self._open_source()

    def _worn(self) -> tuple[Product, ...]:
        return (self._product,) if self._product is not None else ()

    def _play(self, source: Source, preview: Preview) -> tuple[Frame | None, int]:
        """Show one round; return the last frame and how many there were."""
        last, count = None, 0
        start_s, first_ns = time.perf_counter(), 0
        with contextlib.closing(preview.run(source)) as results:
            while not self._stopping:
                self._change(preview)
                result = next(results, None)
                if result is None:
                    break
                last = result.frame
                if count == 0:
                    start_s, first_ns = time.perf_counter(), last.timestamp_ns
                elif not source.info.is_live:
                    due_s = start_s + (last.timestamp_ns - first_ns) / _NS_PER_S
                    ahead_s = due_s - time.perf_counter()
                    if ahead_s > 0:
                        time.sleep(min(ahead_s, 1.0))
                    elif ahead_s < -_LATE_S:
                        start_s -= ahead_s  # Too slow for the file's pace: no breath, no jump.
                count += 1
                self._show(result)
        return last, count

    def _change(self, preview: Preview) -> None:
        """Wear what was asked for since."""
        if self._wake.is_set():
            self._wake.clear()
            preview.wear(self._worn())

    def _show(self, result: PreviewResult) -> None:
        if self.results.put(result):
            self.arrived.emit()
