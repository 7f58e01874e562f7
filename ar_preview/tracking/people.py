"""Faces, hands and bodies of the people in a picture, side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ar_preview.ahead import both
from ar_preview.frames import ImageSize
from ar_preview.tracking.body import BodyTracker
from ar_preview.tracking.crowd import CrowdTracker
from ar_preview.tracking.face_search import PictureFaces
from ar_preview.tracking.hand import HandTracker
from ar_preview.tracking.lone import LoneTracker
from ar_preview.tracking.rest import Rest
from ar_preview.tracking.silhouette import SilhouetteTracker
from ar_preview.tracks import Tracks

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.tracking.tracker import Tracker
    from ar_preview.tracks import FaceTrack

__all__ = ["PeopleTracker"]


class PeopleTracker:
    """Looks for faces, hands or both; both at once, each on a thread of its own.

    Bodies are looked for below the faces that were found, now and then (`BodyTracker`).

    The result of a frame is that of the two trackers alone, however long each takes. In a video
    searches for faces that hardly changed are left out: the picture alone can hold them (`Rest`).

    Parameters
    ----------
    num_faces, num_hands : int
        Most of each to follow.
    continuous : bool
        True for a video or camera; False where every frame is a picture of its own.
    faces, hands, bodies, silhouettes : bool
        What to look for at first; bodies and silhouettes only where there are faces.

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
        bodies: bool = False,
        silhouettes: bool = False,
    ) -> None:
        self._num_faces = num_faces
        self._num_hands = num_hands
        self._continuous = continuous
        self._faces: Tracker | None = None
        self._hands: HandTracker | None = None
        self._bodies: BodyTracker | None = None
        self._silhouettes: SilhouetteTracker | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._rest = Rest()
        self._known: tuple[FaceTrack, ...] = ()  # Of the last search.
        self.look_for(faces=faces, hands=hands, bodies=bodies, silhouettes=silhouettes)
        self._prepare(*self._wanted)

    def look_for(
        self, *, faces: bool, hands: bool, bodies: bool = False, silhouettes: bool = False
    ) -> None:
        """Change what is looked for from the next frame on."""
        self._wanted = (faces, hands)
        self._wants_bodies = faces and bodies
        self._wants_silhouettes = faces and silhouettes

    def track(self, frame: Frame) -> Tracks:
        """Return the faces and hands of a frame, and what was looked at of bodies and heads.

        Raises
        ------
        TrackingError
            If a tracker is closed, or the library fails or refuses to start.
        """
        found = self._track(frame)
        if found.faces_sought:
            self._known = found.faces
        may_wait = found.faces_sought and self._rest.is_on
        if self._wants_bodies:
            if self._bodies is None:
                self._bodies = BodyTracker(self._continuous)
            bodies = self._bodies.track(frame, self._known, may_wait=may_wait)
            found = replace(found, bodies=bodies)
        if self._wants_silhouettes:
            if self._silhouettes is None:
                self._silhouettes = SilhouetteTracker(self._continuous)
            seen = self._silhouettes.track(frame, self._known, may_wait=may_wait)
            found = replace(found, silhouettes=seen)
        return found

    def _track(self, frame: Frame) -> Tracks:
        self._prepare(*self._wanted)
        faces, hands = self._faces, self._hands
        if not self._wanted[0]:
            faces = None
        if not self._wanted[1]:
            hands = None
        at_rest = faces is not None and self._continuous and self._rest.leaves_out(frame)
        if faces is None or at_rest:
            found = hands.track(frame) if hands else Tracks(ImageSize(*frame.size))
            return replace(found, faces_sought=not at_rest)
        found = self._track_both(frame, faces, hands) if hands else faces.track(frame)
        self._rest.note(frame, found.faces)
        return found

    def _track_both(self, frame: Frame, faces: Tracker, hands: HandTracker) -> Tracks:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "ar-preview-hands")
        beside = self._thread.submit(hands.track, frame, may_wait=self._rest.is_on)
        try:
            found = faces.track(frame)
        finally:
            seen = beside.result()
        return replace(found, hands=seen.hands)

    def close(self) -> None:
        """Release the trackers and end the thread; calling it again is harmless."""
        if self._thread is not None:
            self._thread.shutdown()
        for tracker in (self._faces, self._hands, self._bodies, self._silhouettes):
            if tracker is not None:
                tracker.close()

    def _prepare(self, faces: bool, hands: bool) -> None:
        start_faces = self._start_faces
        start_hands = partial(HandTracker, self._num_hands, self._continuous)
        faces, hands = faces and self._faces is None, hands and self._hands is None
        if faces and hands:
            self._hands, self._faces = both(start_hands, start_faces)
        elif faces:
            self._faces = start_faces()
        elif hands:
            self._hands = start_hands()

    def _start_faces(self) -> Tracker:
        if not self._continuous:
            return PictureFaces(self._num_faces)
        return LoneTracker() if self._num_faces == 1 else CrowdTracker(self._num_faces)
