"""Looks through the camera for somebody while something else is shown."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QThread, Signal

from ar_preview.errors import ArPreviewError
from ar_preview.tracking import PictureFaces

if TYPE_CHECKING:
    from ar_preview.app.feeds import Feed
    from ar_preview.sources import Source

__all__ = ["Lookout"]

_EVERY_S, _RETRY_S = 0.5, 2.0
_HALVINGS = 1
"""Halves of the picture are looked at too: somebody two metres away is as small as that."""


class Lookout(QThread):
    """Searches two pictures a second for a face until there is one; costs next to nothing.

    A camera that is away or still in use is tried again.

    Parameters
    ----------
    feed : Feed
        The camera.
    """

    found = Signal()
    """Somebody is there; the camera is free again when the thread ends."""

    def __init__(self, feed: Feed) -> None:
        super().__init__()
        self._feed = feed
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End the thread and wait until the camera is free."""
        self._stopping.set()
        self.wait()

    def run(self) -> None:
        """Look until somebody is found or it is stopped."""
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = _RETRY_S
            try:
                source = self._feed.open()
            except ArPreviewError:
                continue  # In use by the mirror that is just ending, or unplugged.
            try:
                if self._sees_somebody(source):
                    self.found.emit()
                    return
            except ArPreviewError:
                continue
            finally:
                source.close()

    def _sees_somebody(self, source: Source) -> bool:
        tracker = PictureFaces(1, _HALVINGS)
        try:
            for frame in source:
                if tracker.track(frame).faces:
                    return True
                if self._stopping.wait(_EVERY_S):
                    return False
            return False
        finally:
            tracker.close()
