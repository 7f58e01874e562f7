"""Which source is shown, what follows when it fails, and where in it we are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ar_preview.app.feeds import HAND_SAMPLE, SAMPLE, Feed
from ar_preview.app.worker import PreviewWorker, Shown

if TYPE_CHECKING:
    from ar_preview.media import SourceInfo
    from ar_preview.scene import LightMode

__all__ = ["Player"]


class Player(QObject):
    """Plays feeds through the worker.

    A first camera that is not there is replaced by the sample; a later source that fails is said
    and the one before goes on.

    Parameters
    ----------
    pupil_distance_mm : float or None
    light : {"auto", "studio", "off"}
        As `Preview` takes them.
    faces : int
        Most people to dress.
    """

    shown = Signal(object)
    """A picture is ready: `Shown`."""
    opened = Signal()
    """Another source plays: `feed` and `info` are its."""
    played = Signal(bool)
    """A file goes on, or stands still."""
    noted = Signal(str)
    """One line that the person should read."""
    empty = Signal(str)
    """There is nothing to show, and why."""

    def __init__(self, pupil_distance_mm: float | None, light: LightMode, faces: int) -> None:
        super().__init__()
        self.feed: Feed | None = None
        self.info: SourceInfo | None = None
        self.last: Shown | None = None
        self._may_fall_back = False
        self._hint = ""
        self.worker = PreviewWorker(pupil_distance_mm, light, faces)
        self.worker.arrived.connect(self._take_picture)
        self.worker.opened.connect(self._opened)
        self.worker.failed.connect(self._failed)
        self.worker.refused.connect(self.noted)
        self.worker.paused.connect(lambda still: self.played.emit(not still))

    def start(self, feed: Feed | None) -> None:
        """Begin with a feed; None is the first camera, or the sample where there is none."""
        self._may_fall_back = feed is None
        self.worker.start()
        self.show_feed(feed or Feed.camera())

    def show_feed(self, feed: Feed) -> None:
        """Show another source; it comes when it is ready."""
        self.worker.show_feed(feed)

    def suit(self, for_hands: bool) -> None:
        """Where a sample plays, play the one that shows a hand, or the one that shows a face."""
        sample = HAND_SAMPLE if for_hands else SAMPLE
        if self.feed is not None and self.feed.kind == "sample" and self.feed != sample:
            self.show_feed(sample)

    def toggle(self) -> None:
        """Let a video stand still, or go on."""
        if self.is_video:
            self.worker.play(not self.worker.is_playing)

    def jump(self, seconds: float) -> None:
        """Go on or back in a video."""
        if self.is_video and self.info is not None and self.last is not None:
            step = round(seconds * float(self.info.frame_rate or 30))
            self.worker.seek(self.last.position + step)

    def set_loop(self, on: bool) -> None:
        """Let a video begin anew at its end, or stand still there."""
        self.worker.loop = on

    def set_pupil_distance(self, millimetres: float | None) -> None:
        """Take the pupil distance of the person as known; the source begins anew."""
        self.worker.pupil_distance_mm = millimetres
        self._begin_anew()

    def set_light(self, light: LightMode) -> None:
        """Light the products otherwise; the source begins anew."""
        self.worker.light = light
        self._begin_anew()

    def _begin_anew(self) -> None:
        if self.feed is not None:
            self.show_feed(self.feed)

    @property
    def is_video(self) -> bool:
        """Whether what is shown can be paused and sought in."""
        return self.info is not None and self.info.kind == "video"

    @property
    def is_mirror(self) -> bool:
        """Whether people see themselves in it."""
        return self.feed is not None and self.feed.is_mirror

    def _take_picture(self) -> None:
        shown = self.worker.results.take()
        if shown is not None:
            self.last = shown
            self.shown.emit(shown)

    def _opened(self, feed: Feed, info: SourceInfo) -> None:
        self.feed, self.info = feed, info
        self._may_fall_back = False
        self.opened.emit()
        if self._hint:
            self.noted.emit(self._hint)
            self._hint = ""

    def _failed(self, feed: Feed, message: str) -> None:
        if self._may_fall_back:
            self._may_fall_back = False
            self._hint = self.tr("No camera found: this is the bundled sample")
            self.show_feed(SAMPLE)
        elif self.feed is None or self.feed == feed:
            self.empty.emit(message)
        else:
            self.noted.emit(message)
            self.show_feed(self.feed)
