"""A scripted camera without hardware: replays pictures and misbehaves on cue.

It stands in for a webcam in tests and on machines without one: pass ``FakeCamera(...).open`` as
``capture_factory``.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.sources.capture import CaptureError
from ar_preview.sources.intrinsics import CameraChoice
from ar_preview.sources.source import FileSource, check_readable
from ar_preview.sources.still import FolderSource, ImageSource, is_still
from ar_preview.sources.video import VideoSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import ImageSize

__all__ = ["FakeCamera", "Step"]


@dataclass(frozen=True)
class Step:
    """One act of the script.

    Parameters
    ----------
    action : str
        ``play`` shows ``count`` pictures; ``drop`` loses ``count`` pictures while time passes;
        ``stall`` hangs inside ``read`` for ``seconds``; ``unplug`` ends the device, and opening
        it fails ``count`` times before it is back; ``resize`` changes the size to ``size``.
    count : int
    seconds : float
    size : ImageSize or None
    """

    action: str
    count: int = 1
    seconds: float = 0.0
    size: ImageSize | None = None


class FakeCamera:
    """Replays pictures as a camera would, in a loop, following a script.

    Parameters
    ----------
    pictures : sequence of ndarray, shape (H, W, 3), uint8
    script : iterable of Step, optional
        When it ends the pictures go on for ever.
    frame_rate : float or None
        Pictures a second; None gives them as fast as they are read.
    """

    def __init__(
        self,
        pictures: Sequence[RgbImage],
        script: Iterable[Step] = (),
        frame_rate: float | None = 30.0,
    ) -> None:
        if not pictures:
            raise ValueError("expected at least one picture")
        self._pictures = pictures
        self._acts = self._performed(script)
        self._period_s = 0.0 if frame_rate is None else 1.0 / frame_rate
        self._due_s = time.monotonic()
        self._shown = 0
        self._size: ImageSize | None = None
        self._refusals = 0
        self._lock = threading.Lock()
        self.open_devices = 0
        """How many captures are open now."""
        self.openings = 0
        """How often the device was opened."""

    @classmethod
    def from_path(
        cls,
        path: Path,
        script: Iterable[Step] = (),
        frame_rate: float | None = 30.0,
        max_pictures: int = 300,
    ) -> FakeCamera:
        """Replay a video, a folder or one still picture, up to a number of frames in memory.

        Raises
        ------
        SourceError
            If it cannot be read.
        """
        source: FileSource
        if path.is_dir():
            source = FolderSource(path, CameraChoice(), 0, max_pictures)
        else:
            check_readable(path)
            if is_still(path):
                source = ImageSource(path, CameraChoice())
            else:
                source = VideoSource(path, CameraChoice(), 0, max_pictures)
        with source:
            return cls([frame.image for frame in source], script, frame_rate)

    def open(self, device: int) -> _FakeCapture:
        """Open the device; the ``capture_factory`` of a camera source.

        Raises
        ------
        CaptureError
            While it is unplugged.
        """
        with self._lock:
            if self._refusals > 0:
                self._refusals -= 1
                raise CaptureError(f"camera {device} is unplugged")
            self.open_devices += 1
            self.openings += 1
        return _FakeCapture(self)

    def _performed(self, script: Iterable[Step]) -> Iterator[RgbImage | None]:
        for step in script:
            match step.action:
                case "play":
                    for _ in range(step.count):
                        yield self._next_picture()
                case "drop":
                    for _ in range(step.count):
                        self._next_picture()
                case "stall":
                    time.sleep(step.seconds)
                case "unplug":
                    self._refusals = step.count
                    yield None
                case "resize":
                    self._size = step.size
                case _:
                    raise ValueError(f"no such action: {step.action!r}")
        while True:
            yield self._next_picture()

    def _next_picture(self) -> RgbImage:
        """Wait until the next picture is due; late ones come at once."""
        self._due_s = max(self._due_s + self._period_s, time.monotonic() - self._period_s)
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        picture = self._pictures[self._shown % len(self._pictures)]
        self._shown += 1
        if self._size is None:
            return picture.copy()
        resized = cv2.resize(picture, tuple(self._size), interpolation=cv2.INTER_AREA)
        return np.asarray(resized, dtype=np.uint8)


class _FakeCapture:
    def __init__(self, camera: FakeCamera) -> None:
        self._camera = camera
        self._is_open = True
        self._is_lost = False

    def read(self) -> RgbImage | None:
        with self._camera._lock:
            picture = None if self._is_lost else next(self._camera._acts)
        # Once unplugged this handle stays dead; the device has to be opened again.
        self._is_lost = picture is None
        return picture

    def release(self) -> None:
        with self._camera._lock:
            if self._is_open:
                self._is_open = False
                self._camera.open_devices -= 1
