"""What a capture device looks like to the camera source, and the one that OpenCV opens."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage

__all__ = ["Capture", "CaptureError", "CaptureFactory", "OpenCvCapture", "capture_backend"]


class CaptureError(Exception):
    """The device cannot be opened or has gone; the camera source tries again."""


class Capture(Protocol):
    """An open capture device; used from one thread at a time."""

    def read(self) -> RgbImage | None:
        """Wait for the next picture, RGB and upright; None or `CaptureError` if there is none."""
        ...

    def release(self) -> None:
        """Give the device back."""
        ...


CaptureFactory = Callable[[int], Capture]
"""Opens the device of an index; raises `CaptureError` where it cannot."""

_BACKENDS = {
    "linux": cv2.CAP_V4L2,
    "darwin": cv2.CAP_AVFOUNDATION,
    "win32": cv2.CAP_MSMF,
}


def capture_backend() -> int:
    """Return OpenCV's number of the platform's own way to cameras.

    The automatic choice probes others, noisily and slowly.
    """
    return _BACKENDS.get(sys.platform, int(cv2.CAP_ANY))


class OpenCvCapture:
    """A webcam through OpenCV.

    Parameters
    ----------
    index : int
        The device number, 0 for the first.

    Raises
    ------
    CaptureError
        If the device cannot be opened.
    """

    def __init__(self, index: int) -> None:
        with _quiet_opencv():
            try:
                self._capture: Any = cv2.VideoCapture(index, capture_backend())
            except cv2.error:  # As of a number that OpenCV cannot hold.
                raise CaptureError(f"camera {index} cannot be opened") from None
            if not self._capture.isOpened():
                self._capture.release()
                raise CaptureError(f"camera {index} cannot be opened")
            self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
            self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def read(self) -> RgbImage | None:
        """Wait for the next picture; None where the device gives none."""
        ok, image = self._capture.read()
        if not ok or image is None:
            return None
        code = cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB
        return np.asarray(cv2.cvtColor(image, code), dtype=np.uint8)

    def release(self) -> None:
        """Give the device back."""
        with _quiet_opencv():
            self._capture.release()


@contextmanager
def _quiet_opencv() -> Iterator[None]:
    """Keep OpenCV from printing about a missing device; the caller reports it instead."""
    logging = getattr(cv2.utils, "logging", None)
    if logging is None:
        yield
        return
    level = logging.getLogLevel()
    logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(level)
