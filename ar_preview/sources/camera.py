"""The live camera: always the newest picture, and back again after an unplugged cable."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ar_preview.errors import SourceError
from ar_preview.frames import NS_PER_S, Frame
from ar_preview.geometry import ImageSize
from ar_preview.media import SourceInfo
from ar_preview.sources.calibration import load_calibration
from ar_preview.sources.capture import Capture, CaptureError, CaptureFactory, OpenCvCapture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import Self

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Camera
    from ar_preview.sources.intrinsics import CameraChoice

__all__ = ["CameraSource", "CameraState", "CameraTimeouts"]


# A single failed read happens on healthy devices.
_MISSES_UNTIL_GONE = 3


class CameraState(Enum):
    """What the camera is doing, for a status line."""

    RUNNING = "running"
    RECONNECTING = "reconnecting"
    CLOSED = "closed"


@dataclass(frozen=True)
class CameraTimeouts:
    """How patient the camera source is; seconds.

    Parameters
    ----------
    first_frame_s : float
        Longest wait for the first picture of a device that opened.
    stall_s : float
        A device that gives nothing for so long is opened anew.
    retry_s, retry_max_s : float
        First and longest pause between two attempts to open the device again; it doubles.
    close_s : float
        Longest wait for the reading thread when closing.
    """

    first_frame_s: float = 6.0
    stall_s: float = 3.0
    retry_s: float = 0.25
    retry_max_s: float = 2.0
    close_s: float = 1.0


@dataclass(frozen=True)
class _Shot:
    image: RgbImage
    time_ns: int


class CameraSource:
    """Frames of a camera, newest first come; older ones that nobody took are dropped.

    A thread reads the device. When the device goes away or stalls the iteration waits, opens it
    again with growing pauses and goes on; ``close`` ends it at any time, from any thread. The
    ``index`` counts the pictures that the device gave, so gaps show what was dropped.

    Parameters
    ----------
    device : int
        Device number.
    cameras : CameraChoice
        Where nothing was told, a stored calibration of this device counts before the default.
    capture_factory : callable, optional
        Opens the device; OpenCV by default. The first call is made on the caller's thread, which
        macOS needs for its permission dialogue.
    clock_ns : callable, optional
        A clock that never runs back; the timestamps are its values when a picture arrived.
    timeouts : CameraTimeouts, optional

    Raises
    ------
    SourceError
        If the device cannot be opened or gives no picture; while iterating, if the picture
        changes to an aspect ratio that the explicit camera does not fit.
    """

    def __init__(
        self,
        device: int,
        cameras: CameraChoice,
        *,
        capture_factory: CaptureFactory | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        timeouts: CameraTimeouts | None = None,
    ) -> None:
        self._device = device
        self._cameras = cameras
        self._factory = capture_factory or OpenCvCapture
        self._clock_ns = clock_ns
        self._timeouts = timeouts or CameraTimeouts()
        self._condition = threading.Condition()
        self._closing = threading.Event()
        self._calibrated: dict[ImageSize, Camera | None] = {}
        self._generation = 0
        self._shot: _Shot | None = None
        self._count = 0
        self._last_ns = -1
        self._state = CameraState.RUNNING
        self._thread: threading.Thread | None = None
        self._start_reading(self._first_capture())
        try:
            self._info = self._probe()
        except BaseException:
            self.close()
            raise

    @property
    def info(self) -> SourceInfo:
        """Size of the first picture; a live source has no end."""
        return self._info

    @property
    def state(self) -> CameraState:
        """Running, reconnecting or closed."""
        return self._state

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        while True:
            frame = self.latest(self._timeouts.stall_s)
            if frame is not None:
                return frame
            if self._closing.is_set():
                raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def latest(self, timeout_s: float) -> Frame | None:
        """Take the newest picture that was not taken yet.

        Parameters
        ----------
        timeout_s : float
            How long to wait for one, seconds.

        Returns
        -------
        Frame or None
            None if none came in time or the source is closed.
        """
        with self._condition:
            self._condition.wait_for(self._has_news, timeout_s)
            shot, self._shot = self._shot, None
            index = self._count - 1
            stalled = shot is None and self._is_stalled()
        if self._closing.is_set():
            return None
        if stalled:
            # The reading thread hangs inside the driver and cannot be ended: leave it behind.
            self._start_reading(None)
        if shot is None:
            return None
        size = ImageSize(shot.image.shape[1], shot.image.shape[0])
        return Frame(shot.image, index, shot.time_ns, self._camera_of(size))

    def close(self) -> None:
        """Stop reading and free the device; safe at any time, from any thread."""
        self._closing.set()
        with self._condition:
            self._state = CameraState.CLOSED
            self._condition.notify_all()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(self._timeouts.close_s)

    def _camera_of(self, size: ImageSize) -> Camera:
        """Camera of a frame: as told, else as calibrated, else the default."""
        told = self._cameras.camera is not None or self._cameras.fov_degrees is not None
        # Another capture is another camera, whatever its number.
        if told or self._factory is not OpenCvCapture:
            return self._cameras.for_frame(size)
        if size not in self._calibrated:
            self._calibrated[size] = load_calibration(self._device, size)
        return self._calibrated[size] or self._cameras.for_frame(size)

    def _has_news(self) -> bool:
        return self._shot is not None or self._closing.is_set()

    def _is_stalled(self) -> bool:
        if self._state is not CameraState.RUNNING:
            return False
        return self._clock_ns() - self._last_ns > self._timeouts.stall_s * NS_PER_S

    def _first_capture(self) -> Capture:
        try:
            return self._factory(self._device)
        except CaptureError:
            raise SourceError(
                f"camera {self._device} cannot be opened: connect one, close other programs that "
                "use it, allow camera access, or use a file or sample:face instead"
            ) from None

    def _probe(self) -> SourceInfo:
        with self._condition:
            # Webcams may refuse a few reads while they warm up: give them the whole time.
            self._condition.wait_for(self._has_news, self._timeouts.first_frame_s)
            if self._shot is None:
                raise SourceError(
                    f"camera {self._device} opens but gives no picture: close other programs that "
                    "use it, or unplug it and plug it in again"
                )
            height, width = self._shot.image.shape[:2]
        size = ImageSize(width, height)
        self._camera_of(size)
        return SourceInfo(kind="camera", size=size, is_live=True)

    def _start_reading(self, capture: Capture | None) -> None:
        with self._condition:
            self._generation += 1
            self._last_ns = self._clock_ns()
            if capture is None:
                self._state = CameraState.RECONNECTING
            self._thread = threading.Thread(
                target=self._read_on,
                args=(capture, self._generation),
                name=f"camera-{self._device}",
                daemon=True,
            )
        self._thread.start()

    def _read_on(self, capture: Capture | None, generation: int) -> None:
        """Read until closed or left behind; runs in its own thread."""
        misses = 0
        try:
            while self._is_current(generation):
                if capture is None:
                    capture = self._reopened(generation)
                    continue
                image = _picture(capture)
                if image is not None:
                    misses = 0
                    self._publish(image, generation)
                    continue
                misses += 1
                if misses < _MISSES_UNTIL_GONE:
                    continue
                misses = 0
                capture.release()
                capture = None
                self._set_state(CameraState.RECONNECTING, generation)
        finally:
            if capture is not None:
                capture.release()

    def _reopened(self, generation: int) -> Capture | None:
        pause = self._timeouts.retry_s
        while self._is_current(generation) and not self._closing.wait(pause):
            try:
                return self._factory(self._device)
            except CaptureError:
                pause = min(2.0 * pause, self._timeouts.retry_max_s)
        return None

    def _is_current(self, generation: int) -> bool:
        return generation == self._generation and not self._closing.is_set()

    def _publish(self, image: RgbImage, generation: int) -> None:
        with self._condition:
            if not self._is_current(generation):
                return
            self._last_ns = max(self._clock_ns(), self._last_ns + 1)
            self._shot = _Shot(image, self._last_ns)
            self._count += 1
            self._state = CameraState.RUNNING
            self._condition.notify_all()

    def _set_state(self, state: CameraState, generation: int) -> None:
        with self._condition:
            if self._is_current(generation):
                self._state = state
                self._condition.notify_all()


def _picture(capture: Capture) -> RgbImage | None:
    try:
        return capture.read()
    except CaptureError:
        return None
