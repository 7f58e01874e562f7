"""One face in a video, near or far away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.tracking.crowd import CrowdTracker
from ar_preview.tracking.face import FaceTracker

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.tracks import Tracks

__all__ = ["LoneTracker"]

_LOOK_AFAR_AFTER_NS = 1_000_000_000
"""Somebody who only turned away is back by then; whoever is not may stand far away."""


class LoneTracker:
    """Follows one face; where none is seen for a second it also looks for a small one.

    Raises
    ------
    TrackingError
        If the weights are missing or damaged, or the library refuses to start.
    """

    def __init__(self) -> None:
        self._near = FaceTracker()
        self._far: CrowdTracker | None = None
        self._is_far = False
        self._near_ns: int | None = None

    def track(self, frame: Frame) -> Tracks:
        """Return the face of a frame.

        Raises
        ------
        TrackingError
            If the tracker is closed, or the library fails or refuses to start.
        """
        if self._is_far:
            tracks = self._track_far(frame)
            if tracks.faces:
                return tracks
        tracks = self._near.track(frame)
        now_ns = frame.timestamp_ns
        if tracks.faces or self._near_ns is None or now_ns < self._near_ns:
            self._near_ns = now_ns
        if now_ns - self._near_ns >= _LOOK_AFAR_AFTER_NS:
            tracks = self._track_far(frame)
        return tracks

    def close(self) -> None:
        """Release the landmarkers; calling it again is harmless."""
        self._near.close()
        if self._far is not None:
            self._far.close()

    def _track_far(self, frame: Frame) -> Tracks:
        if self._far is None:
            self._far = CrowdTracker(1)
        tracks = self._far.track(frame)
        self._is_far = bool(tracks.faces)
        return tracks
