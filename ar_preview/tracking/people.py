"""Faces and hands of the people in a picture, side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from ar_preview.ahead import both
from ar_preview.frames import ImageSize
from ar_preview.tracking.face import FaceTracker
from ar_preview.tracking.hand import HandTracker
from ar_preview.tracks import Tracks

if TYPE_CHECKING:
    from ar_preview.frames import Frame

__all__ = ["PeopleTracker"]


class PeopleTracker:
    """Looks for faces, hands or both; both at once, each on a thread of its own.

    The result of a frame is that of the two trackers alone, however long each takes.

    Parameters
    ----------
    num_faces, num_hands : int
        Most of each to follow.
    continuous : bool
        True for a video or camera; False where every frame is a picture of its own.
    faces, hands : bool
        What to look for at first.

    Raises
    ------
    TrackingError
        If the weights are missing or damaged, or the library refuses to start.
    """

    def __init__(
        self,
        num_faces: int = 1,
        num_hands: int = 2,
        continuous: bool = True,
        *,
        faces: bool = True,
        hands: bool = False,
    ) -> None:
        self._num_faces = num_faces
        self._num_hands = num_hands
        self._continuous = continuous
        self._faces: FaceTracker | None = None
        self._hands: HandTracker | None = None
        self._thread: ThreadPoolExecutor | None = None
        self.look_for(faces=faces, hands=hands)
        self._prepare(*self._wanted)

    def look_for(self, *, faces: bool, hands: bool) -> None:
        """Change what is looked for from the next frame on."""
        self._wanted = (faces, hands)

    def track(self, frame: Frame) -> Tracks:
        """Return the faces and hands of a frame.

        Raises
        ------
        TrackingError
            If a tracker is closed, or the library fails or refuses to start.
        """
        faces, hands = wanted = self._wanted
        self._prepare(*wanted)
        if not hands or self._hands is None:
            size = ImageSize(*frame.size)
            return self._faces.track(frame) if faces and self._faces is not None else Tracks(size)
        if not faces or self._faces is None:
            return self._hands.track(frame)
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "ar-preview-hands")
        beside = self._thread.submit(self._hands.track, frame)
        try:
            found = self._faces.track(frame)
        finally:
            seen = beside.result()
        return Tracks(found.size, found.faces, seen.hands)

    def close(self) -> None:
        """Release the trackers and end the thread; calling it again is harmless."""
        if self._thread is not None:
            self._thread.shutdown()
        for tracker in (self._faces, self._hands):
            if tracker is not None:
                tracker.close()

    def _prepare(self, faces: bool, hands: bool) -> None:
        start_faces = partial(FaceTracker, self._num_faces, self._continuous)
        start_hands = partial(HandTracker, self._num_hands, self._continuous)
        faces, hands = faces and self._faces is None, hands and self._hands is None
        if faces and hands:
            self._hands, self._faces = both(start_hands, start_faces)
        elif faces:
            self._faces = start_faces()
        elif hands:
            self._hands = start_hands()
