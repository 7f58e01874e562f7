"""What every tracker can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.tracks import Tracks

__all__ = ["Tracker"]


class Tracker(Protocol):
    """Frames in, tracks out; holds whatever it needs to follow what it saw."""

    def track(self, frame: Frame) -> Tracks:
        """Return what is seen in a frame."""
        ...

    def close(self) -> None:
        """Release the tracker; calling it again is harmless."""
        ...
