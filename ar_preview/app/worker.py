"""The thread that captures and dresses frames, so that the window never waits."""

from __future__ import annotations

import contextlib
import datetime
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QThread, Signal

from ar_preview.app.mailbox import Mailbox
from ar_preview.errors import ArPreviewError, ProductError, RenderError, SourceError
from ar_preview.preview import Preview, PreviewResult
from ar_preview.sources import CameraSource, CameraState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ar_preview.app.feeds import Feed
    from ar_preview.frames import Frame
    from ar_preview.media import SourceInfo
    from ar_preview.products.product import Product
    from ar_preview.quality import Quality
    from ar_preview.recording import LiveRecorder
    from ar_preview.scene import LightMode
    from ar_preview.sources import Source

__all__ = ["PreviewWorker", "Shown"]

_NS_PER_S = 1e9
_LATE_S = 0.25
_ROUND_GAP_NS = 1_100_000_000
"""Between the rounds of a file: long enough for the tracker to look anew, and too short for a
person to be forgotten, whose size would be learned again in every round."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A finished picture with what the status line says of it.

    Parameters
    ----------
    result : PreviewResult
    position : int
        Frame number in its file.
    due_ns : int
        When it was captured or its turn came, ``time.monotonic_ns``.
    quality : Quality
    driver : str
    """

    result: PreviewResult
    position: int
    due_ns: int
    quality: Quality
    driver: str


class PreviewWorker(QThread):
    """Shows one feed after another, dressed, and leaves the newest picture in a mailbox.

    Files are played at their own pace, a photo stays, a camera is shown as fast as frames come.
    All methods may be called from the window's thread and return at once, except `stop`.

    Parameters
    ----------
    pupil_distance_mm : float, optional
        Known pupil distance of the person, for true size.
    light : {"auto", "studio", "off"}
        As `Preview` takes it.
    faces : int
        Most people to dress.
    """

    arrived = Signal()
    """A picture is in `results`."""
    opened = Signal(object, object)
    """A feed plays: the feed and its `SourceInfo`."""
    failed = Signal(object, str)
    """A feed ended by a problem: the feed and one line."""
    refused = Signal(str)
    """What was asked for cannot be worn; the rest goes on."""
    paused = Signal(bool)
    """The file stands still, or plays again."""
    redrawn = Signal(object, object)
    """What `redraw` was asked for: the result, and what to do with it."""

    def __init__(
        self, pupil_distance_mm: float | None = None, light: LightMode = "auto", faces: int = 1
    ) -> None:
        super().__init__()
        self._faces = faces
        self.pupil_distance_mm = pupil_distance_mm
        self.light = light
        self.loop = True
        self.results: Mailbox[Shown] = Mailbox()
        self._wish = threading.Condition()
        self._feed: Feed | None = None
        self._changed_feed = False
        self._stopping = False
        self._playing = True
        self._seek: int | None = None
        self._worn: tuple[Product, ...] = ()
        self._changed_worn = False
        self._recorder: LiveRecorder | None = None
        self._to_redraw: list[tuple[PreviewResult, Callable[[PreviewResult], object]]] = []
        self._source: Source | None = None
        self._position = 0
        self._clock_ns: int | None = None
        self._shift_ns = 0

    def show_feed(self, feed: Feed) -> None:
        """Show another feed instead."""
        with self._wish:
            self._feed, self._changed_feed = feed, True
            self._playing, self._seek = True, None
            self._interrupt()

    def wear(self, products: Sequence[Product]) -> None:
        """Change what is worn; takes effect with the next frame."""
        with self._wish:
            self._worn, self._changed_worn = tuple(products), True
            self._wish.notify_all()

    def play(self, playing: bool) -> None:
        """Let a file stand still or go on."""
        with self._wish:
            self._playing = playing
            self._wish.notify_all()

    def seek(self, position: int) -> None:
        """Go to a frame of the file."""
        with self._wish:
            self._seek = max(0, position)
            self._wish.notify_all()

    def record_into(self, recorder: LiveRecorder | None) -> None:
        """Give every further picture to a recorder; None ends that."""
        with self._wish:
            self._recorder = recorder

    def redraw(self, result: PreviewResult, then: Callable[[PreviewResult], object]) -> None:
        """Draw a live picture once more, in full; `redrawn` brings it with what to do with it."""
        with self._wish:
            self._to_redraw.append((result, then))

    @property
    def is_playing(self) -> bool:
        """Whether a file goes on by itself."""
        return self._playing

    @property
    def is_waiting_for_camera(self) -> bool:
        """Whether the camera has gone and is looked for."""
        source = self._source
        return isinstance(source, CameraSource) and source.state is CameraState.RECONNECTING

    def stop(self) -> None:
        """End the thread and wait for it."""
        with self._wish:
            self._stopping = True
            self._interrupt()
        self.wait()

    def run(self) -> None:
        """Work until stopped; a problem is told by the `failed` signal, never raised."""
        while True:
            with self._wish:
                self._wish.wait_for(self._is_interrupted)
                feed, self._changed_feed = self._feed, False
            if self._stopping or feed is None:
                return
            try:
                self._run_feed(feed)
            except ArPreviewError as error:
                self.failed.emit(feed, str(error))
            except Exception as error:  # The thread's last door: the person sees a sentence.
                self.failed.emit(feed, f"unexpected {type(error).__name__}: {error}")

    def _interrupt(self) -> None:
        """Wake whatever waits; a camera that has gone ends its iteration only by closing."""
        source = self._source
        if source is not None and source.info.is_live:
            source.close()
        self._wish.notify_all()

    def _is_interrupted(self) -> bool:
        return self._stopping or self._changed_feed

    def _run_feed(self, feed: Feed) -> None:
        with self._opened(feed, 0) as source:
            info = source.info
            with Preview(
                continuous=info.is_continuous,
                pupil_distance_mm=self.pupil_distance_mm,
                light=self.light,
                num_faces=self._faces,
                live=info.is_live,
                watch_time=_now if info.is_live else None,
            ) as preview:
                self._changed_worn = True
                self.opened.emit(feed, info)
                self._clock_ns, self._shift_ns = None, 0
                last = self._play_round(source, preview)
                while (start := self._next_start(info, preview, last)) is not None:
                    with self._opened(feed, start) as again:
                        last = self._play_round(again, preview) or last
                self._redraw(preview)

    @contextlib.contextmanager
    def _opened(self, feed: Feed, start: int) -> Iterator[Source]:
        source = feed.open(start)
        try:
            with self._wish:
                self._source = source
                if self._is_interrupted():
                    self._interrupt()
            yield source
        finally:
            self._source = None
            source.close()

    def _next_start(self, info: SourceInfo, preview: Preview, last: Frame | None) -> int | None:
        """Wait until there is something to play again; return the frame, None for the end."""
        if info.is_live or self._is_interrupted():
            return None
        if last is None:
            raise SourceError("the source has no pictures: choose another one")
        still = info.frame_count == 1
        ended = not still and self._playing and self._seek is None
        if ended and self.loop:
            return 0
        if ended:
            self._playing = False
        if not still:
            self.paused.emit(True)
        while not self._is_interrupted():
            with self._wish:
                self._wish.wait_for(
                    lambda: (
                        self._is_interrupted()
                        or self._changed_worn
                        or (not still and (self._playing or self._seek is not None))
                    )
                )
                seek, self._seek = self._seek, None
                playing = self._playing
            if still or (seek is None and not playing):
                if self._change(preview):
                    self._show(preview, preview.step(last), time.monotonic_ns())
                continue
            if playing:
                self.paused.emit(False)
            if seek is not None:
                return self._inside(seek, info)
            return 0 if ended else self._inside(self._position + 1, info)
        return None

    def _inside(self, position: int, info: SourceInfo) -> int:
        return 0 if info.frame_count is None else min(position, info.frame_count - 1)

    def _play_round(self, source: Source, preview: Preview) -> Frame | None:
        """Show frames until the end, a pause or a seek; return the last."""
        last, start_s, first_ns = None, 0.0, 0
        live = source.info.is_live
        frames = source if live else self._on_one_clock(source)
        with contextlib.closing(preview.run(frames)) as results:
            while not self._is_interrupted():
                self._change(preview)
                self._redraw(preview)
                result = next(results, None)
                if result is None:
                    break
                before, last = last, result.frame
                self._position = last.index
                if live:
                    due_ns = last.timestamp_ns
                else:
                    if before is None:
                        start_s, first_ns = time.perf_counter(), last.timestamp_ns
                        self._splice(first_ns)
                    due_s = start_s + (last.timestamp_ns - first_ns) / _NS_PER_S
                    ahead_s = due_s - time.perf_counter()
                    if ahead_s > 0:
                        time.sleep(min(ahead_s, 1.0))
                    elif ahead_s < -_LATE_S:
                        start_s -= ahead_s  # Too slow for the file's pace: no breath, no jump.
                    due_ns = time.monotonic_ns() - round(max(0.0, -ahead_s) * _NS_PER_S)
                self._show(preview, result, due_ns)
                # A frame that was sought while paused is shown alone.
                if not live and (self._seek is not None or not self._playing):
                    break
        return last

    def _on_one_clock(self, source: Source) -> Iterator[Frame]:
        """Give the frames of a round times after all those before, so that time never runs back."""
        for frame in source:
            later_ns = frame.timestamp_ns + self._shift_ns
            if self._clock_ns is not None and not 0 < later_ns - self._clock_ns <= _ROUND_GAP_NS:
                later_ns = self._clock_ns + _ROUND_GAP_NS
                self._shift_ns = later_ns - frame.timestamp_ns
            self._clock_ns = later_ns
            yield replace(frame, timestamp_ns=later_ns)

    def _change(self, preview: Preview) -> bool:
        """Wear what was asked for since; return whether there was something."""
        with self._wish:
            worn, changed, self._changed_worn = self._worn, self._changed_worn, False
        if changed:
            try:
                preview.wear(worn)
            except ProductError as error:
                self.refused.emit(str(error))
        return changed

    def _redraw(self, preview: Preview) -> None:
        """Draw in full what is to be kept; what fails is kept as it was shown."""
        with self._wish:
            wanted, self._to_redraw = self._to_redraw, []
        for result, then in wanted:
            with contextlib.suppress(RenderError):
                result = preview.redraw(result)
            self.redrawn.emit(result, then)

    def _splice(self, timestamp_ns: int) -> None:
        with self._wish:
            if self._recorder is not None:
                self._recorder.go_on_from(timestamp_ns)

    def _show(self, preview: Preview, result: PreviewResult, due_ns: int) -> None:
        frame = result.frame
        with self._wish:
            if self._recorder is not None:
                self._recorder.write(result.image, frame.timestamp_ns, frame.duration_ns)
        shown = Shown(result, frame.index, due_ns, preview.quality, preview.driver)
        if self.results.put(shown):
            self.arrived.emit()


def _now() -> datetime.time:
    """Return what watches show in a mirror."""
    return datetime.datetime.now().astimezone().time()
