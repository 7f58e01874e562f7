"""Several faces in a video, each followed by a landmarker of its own."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import TrackingError
from ar_preview.frames import ImageSize
from ar_preview.tracking.face import named
from ar_preview.tracking.face_result import detect_faces
from ar_preview.tracking.face_search import FaceSearch, face_weights, is_among
from ar_preview.tracking.identity import IdentityKeeper, box_overlap
from ar_preview.tracking.landmarker import Landmarker
from ar_preview.tracking.windows import parts, window_around, window_at
from ar_preview.tracks import Tracks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array
    from ar_preview.tracking.windows import Window

__all__ = ["CrowdTracker"]

_WINDOW = 2.2
"""Side of the square in which a face is followed, relative to the face: it may move by a quarter
of its size from one frame to the next, and a neighbour is mostly outside."""

_ALONE = 1.5
"""Side of the square within it that is shown when a landmarker begins with a face."""

_ASTRAY = 0.2
"""Sizes of the face by which it may be off the middle of its window before that moves."""

_GROWN = 1.25
"""A window is made anew for a face that is larger or smaller by so much."""

_SAME_PLACE = 0.1
"""Least overlap with where the face was a frame ago."""

_TWICE = 0.5
"""Overlap from which two landmarkers follow the same face."""

_GIVEN_UP_AFTER_NS = 500_000_000
_LOOK_EVERY_NS = 200_000_000
_PARTS_A_LOOK = 4
"""Parts of the picture that a look for others goes through besides the whole: at 720p all in two
seconds."""


class _Follower:
    """One face, and the landmarker that follows it in a window that moves along."""

    def __init__(self, weights: bytes, face: Array) -> None:
        self._landmarker = Landmarker("face", lambda: weights, True, detect_faces, num_faces=1)
        self._window: Window | None = None
        self.face = face
        self.seen_ns = -1

    def follow(self, frame: Frame) -> bool:
        """Find the face in the next frame; False where it is not seen."""
        before, self._window = self._window, self._where()
        within = self._window.cut(frame)
        if before is None or before.width != self._window.width:
            # The library begins anew with this window, and with the face that stands out most.
            self._landmarker.detect(self._alone(within))
        elif before != self._window:
            # The library expects the face where it was in the window: a second look is as good
            # as ever.
            self._landmarker.detect(within)
        tables = self._landmarker.detect(within).tables(within.size)
        if not tables:
            return False
        face = self._window.moved_out(tables[0])
        if box_overlap(face[:, :2], self.face[:, :2]) < _SAME_PLACE:
            return False
        self.face, self.seen_ns = face, frame.timestamp_ns
        return True

    def _where(self) -> Window:
        """Return the window for the next frame."""
        points, before = self.face[:, :2], self._window
        fresh = window_around(points, _WINDOW)
        if before is None or not 1.0 / _GROWN < fresh.width / before.width < _GROWN:
            return fresh
        low, high = points.min(axis=0), points.max(axis=0)
        kept = window_at(0.5 * (low + high), before.width)
        astray = max(abs(kept.left - before.left), abs(kept.top - before.top))
        return before if astray <= _ASTRAY * float((high - low).max()) else kept

    def _alone(self, within: Frame) -> Frame:
        """Return what the window shows with nothing but the face."""
        around = window_around(self.face[:, :2], _ALONE)
        window = self._window or around
        left, top = around.left - window.left, around.top - window.top
        rows = slice(max(top, 0), max(top + around.height, 0))
        columns = slice(max(left, 0), max(left + around.width, 0))
        image = np.zeros_like(within.image)
        image[rows, columns] = within.image[rows, columns]
        return replace(within, image=image)

    def close(self) -> None:
        """Release the landmarker."""
        self._landmarker.close()


class CrowdTracker:
    """Follows several faces through a video.

    MediaPipe's landmarker loses faces, and with them the place where they were, as soon as it is
    asked for more than one. So each face gets one of its own, and others are looked for five
    times a second while there are fewer than asked for.

    Parameters
    ----------
    most : int
        Most faces to follow.

    Raises
    ------
    TrackingError
        If not even one is asked for, the weights are missing or damaged, or the library refuses
        to start.
    """

    def __init__(self, most: int) -> None:
        if most < 1:
            raise TrackingError(f"expected at least one face to follow, got {most}")
        self._search = FaceSearch(most)
        self._weights = face_weights()
        self._identities = IdentityKeeper()
        self._followers: list[_Follower] = []
        self._parts: Iterator[Window] = iter(())
        self._size: ImageSize | None = None
        self._time_ns = self._looked_ns = 0
        self._is_closed = False

    def track(self, frame: Frame) -> Tracks:
        """Return the faces of a frame.

        Raises
        ------
        TrackingError
            If the tracker is closed or the library fails.
        """
        if self._is_closed:
            raise TrackingError("the face tracker is closed: create a new one")
        size = ImageSize(*frame.size)
        now_ns = frame.timestamp_ns
        anew = size != self._size or not self._time_ns <= now_ns <= self._time_ns + 10**9
        if anew:
            self._forget(self._followers)
            self._parts = iter(())
        self._size, self._time_ns = size, now_ns
        before = len(self._followers)
        seen = self._follow(frame)
        due = now_ns - self._looked_ns >= _LOOK_EVERY_NS
        if len(seen) < self._search.most and (anew or due or len(seen) < before):
            self._looked_ns = now_ns
            seen += self._look(frame, seen)
        faces = [f.face for f in seen]
        return Tracks(size, named(faces, self._identities, now_ns))

    def close(self) -> None:
        """Release the landmarkers; calling it again is harmless."""
        self._is_closed = True
        self._forget(self._followers)
        self._search.close()

    def _follow(self, frame: Frame) -> list[_Follower]:
        """Return who is seen, those who are followed longest first; give up the others in time."""
        seen: list[_Follower] = []
        for follower in self._followers:
            if follower.follow(frame):
                twice = is_among(follower.face, [f.face for f in seen], _TWICE)
                if not twice and len(seen) < self._search.most:
                    seen.append(follower)
        lost = [f for f in self._followers if f not in seen]
        long_ago = frame.timestamp_ns - _GIVEN_UP_AFTER_NS
        self._forget([f for f in lost if not long_ago <= f.seen_ns < frame.timestamp_ns])
        return seen

    def _look(self, frame: Frame, seen: list[_Follower]) -> list[_Follower]:
        """Look for faces besides those that are seen, and begin to follow them."""
        known = [f.face for f in seen]
        found = [face for face in self._search.whole(frame) if not is_among(face, known)]
        for window in self._next_parts(frame.size):
            found += self._search.part(frame, window, [*known, *found])
        new = [_Follower(self._weights, face) for face in found[: self._search.most - len(seen)]]
        # Somebody who was lost is followed anew.
        lost = [f for f in self._followers if f not in seen]
        self._forget([f for f in lost if is_among(f.face, found)])
        self._followers += new
        return [f for f in new if f.follow(frame)]

    def _next_parts(self, size: ImageSize) -> list[Window]:
        windows = list(islice(self._parts, _PARTS_A_LOOK))
        if not windows:
            self._parts = parts(size)
            windows = list(islice(self._parts, _PARTS_A_LOOK))
        return windows

    def _forget(self, followers: list[_Follower]) -> None:
        gone = list(followers)
        for follower in gone:
            follower.close()
        self._followers = [f for f in self._followers if f not in gone]
