"""Recording while the picture runs on: encoding on a thread of its own."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

from ar_preview.errors import ArPreviewError, OutputError
from ar_preview.frames import NS_PER_S
from ar_preview.recording.video import VideoRecorder

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import ImageSize

__all__ = ["LiveRecorder"]

_WAITING_PICTURES = 12
"""Most pictures that wait for the encoder; more are left out rather than the mirror slowed."""

_FALLBACK_STEP_NS = round(NS_PER_S / 30)


class LiveRecorder:
    """Writes a video without keeping the thread that makes the pictures waiting.

    Times may start again (a clip that loops, another source): from there the video goes on
    without a gap. A picture for which the encoder has no time is left out; the times of the
    others, and so the length, stay right.

    Parameters
    ----------
    path : Path
        As `VideoRecorder` takes it; must not exist.
    size : ImageSize
        Of the video; pictures of another size are fitted into it.
    frame_rate : Fraction or float, optional
        Nominal pace.
    on_end : callable, optional
        Told on the recording thread when the file is there (path, None) or could not be written
        (None, error).

    Raises
    ------
    OutputError
        If the path cannot be written.
    """

    def __init__(
        self,
        path: Path,
        size: ImageSize,
        *,
        frame_rate: Fraction | float | None = None,
        on_end: Callable[[Path | None, ArPreviewError | None], None] | None = None,
    ) -> None:
        self._recorder = VideoRecorder(path, size, frame_rate=frame_rate, sound=False, uneven=True)
        self._on_end = on_end
        self._waiting: queue.Queue[tuple[RgbImage, int, int | None] | None] = queue.Queue()
        self._offset_ns = 0
        self._last_ns: int | None = None
        self._first_ns = 0
        self._step_ns = _FALLBACK_STEP_NS
        self._finishing = False
        self.left_out = 0
        """Pictures that the encoder had no time for."""
        self.error: ArPreviewError | None = None
        """Why nothing more can be written, if so."""
        self._thread = threading.Thread(target=self._encode, name="ar-preview-recording")
        self._thread.start()

    @property
    def path(self) -> Path:
        """Where the video will be."""
        return self._recorder.path

    @property
    def elapsed_s(self) -> float:
        """Length of the video so far, seconds."""
        if self._last_ns is None:
            return 0.0
        return (self._last_ns - self._first_ns + self._step_ns) / NS_PER_S

    def write(self, image: RgbImage, timestamp_ns: int, duration_ns: int | None = None) -> None:
        """Add a picture that is not changed any more; returns at once.

        Parameters
        ----------
        image : ndarray, shape (H, W, 3), uint8
            RGB.
        timestamp_ns : int
            Capture time; one that is not later than the last goes on a frame after it.
        duration_ns : int, optional
        """
        if self._finishing or self.error is not None:
            return
        time_ns = timestamp_ns + self._offset_ns
        if self._last_ns is None:
            self._first_ns = time_ns
        elif time_ns <= self._last_ns:
            self._offset_ns += self._last_ns + self._step_ns - time_ns
            time_ns = self._last_ns + self._step_ns
        self._step_ns = duration_ns or self._step_ns
        self._last_ns = time_ns
        if self._waiting.qsize() >= _WAITING_PICTURES:
            self.left_out += 1
            return
        self._waiting.put((image, time_ns, duration_ns))

    def go_on_from(self, timestamp_ns: int) -> None:
        """Let the picture of this time follow the last one directly: what lay between is cut."""
        if self._last_ns is not None:
            self._offset_ns = self._last_ns + self._step_ns - timestamp_ns

    def finish(self) -> None:
        """Take no more; `on_end` is told when the file is whole."""
        if not self._finishing:
            self._finishing = True
            self._waiting.put(None)

    def close(self) -> None:
        """Finish and wait for the file.

        Raises
        ------
        OutputError
            If it could not be written.
        """
        self.finish()
        self._thread.join()
        if self.error is not None:
            raise self.error

    def _encode(self) -> None:
        try:
            while (item := self._waiting.get()) is not None:
                self._recorder.write(*item)
            self._recorder.close()
        except ArPreviewError as error:
            self.error = error
        except (OSError, ValueError, MemoryError) as error:
            self.error = OutputError(f"cannot write {self.path}: {error}")
        if self.error is not None:
            self._recorder.discard()
        if self._on_end is not None:
            self._on_end(None if self.error else self.path, self.error)
