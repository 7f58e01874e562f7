"""Bodies below known faces by MediaPipe's pose landmarker (Tasks API), looked at now and then."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.frames import ImageSize
from ar_preview.landmarks import BODY_SIZE, BodyLandmark, FaceLandmark
from ar_preview.tracking.landmarker import Landmarker, landmark_table
from ar_preview.tracking.weights import BODY_WEIGHTS, weights_file
from ar_preview.tracking.windows import Window
from ar_preview.tracks import BodyTrack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array
    from ar_preview.tracks import FaceTrack

__all__ = ["BodyTracker"]

_SIDES = (4.0, 5.0, 3.5)
"""Of the square that is looked at, in sizes of the face: what is found differs by some degrees from
square to square, so they take turns, and pictures of their own are looked at in all of them. In
larger ones other things were taken for the body."""

_FEW = 4
"""Faces of a picture up to which several squares are looked at for each."""

_BELOW = 0.22
"""The middle of the face lies so far above the square's middle, of its side."""

_MOST_PX = 512
"""To which a square is thinned: the networks look at 224 and 256 px."""

_PERIOD_NS, _FIRST_LOOKS = 1_200_000_000, 4
"""Time between looks at one body, each of which costs as much as looking for a face in three
frames; a quarter of it until so many were taken."""

_MOST_WAIT_NS = 100_000_000
"""By how much a look is put off to a frame in which faces are not looked for."""

_OTHER_FACE = np.array([0.65, 0.75])
"""Half of the patch that covers somebody else's face, of the face's width and height: the network
would rather find the body that goes with it."""

_SAME_FACE = 0.25
"""How far apart, in sizes of the face, the noses of a face and its body may be. They are .15 apart
at most where the body is the right one."""


class BodyTracker:
    """Looks for the bodies of known faces: rarely, as shoulders move slowly.

    A look at a frame of a video goes on beside other work and is told of with the frame after it;
    only the first one at a face is waited for.

    Parameters
    ----------
    continuous : bool
        True for a video or camera; False where every frame is a picture of its own.
    weights_folder : Path, optional
        Where the weights are; the bundled folder by default.

    Raises
    ------
    TrackingError
        If the weights are missing or damaged, or the library refuses to start.
    """

    def __init__(self, continuous: bool = True, weights_folder: Path | None = None) -> None:
        self._continuous = continuous
        # Squares that jump from face to face are no video.
        self._landmarker = Landmarker(
            "body", lambda: weights_file(BODY_WEIGHTS, weights_folder), continuous=False
        )
        self._thread = ThreadPoolExecutor(1, "ar-preview-bodies") if continuous else None
        self._start(None)

    def _start(self, size: ImageSize | None) -> None:
        self._size = size
        self._time_ns = 0
        self._looks: dict[int, _Looks] = {}
        self._pending: Future[BodyTrack | None] | None = None

    def track(
        self, frame: Frame, faces: Sequence[FaceTrack], *, may_wait: bool = False
    ) -> tuple[BodyTrack, ...]:
        """Return what was found since the frame before; of most frames nothing.

        Parameters
        ----------
        frame : Frame
        faces : sequence of FaceTrack
            Everybody in it, as far as is known.
        may_wait : bool
            True where one of the next frames has more time for a look.

        Raises
        ------
        TrackingError
            If the tracker is closed or the library fails.
        """
        if self._thread is None:
            sides = _SIDES if len(faces) <= _FEW else _SIDES[:1]
            bodies = [self._find(frame, face, faces, sides) for face in faces]
            return tuple(body for body in bodies if body is not None)
        size, now = ImageSize(*frame.size), frame.timestamp_ns
        if size != self._size or now < self._time_ns:
            self._start(size)
        self._time_ns = now
        pending, self._pending = self._pending, None
        found = [] if pending is None else [pending.result()]
        here = {face.id for face in faces}
        self._looks = {key: looks for key, looks in self._looks.items() if key in here}
        for face in faces:
            if face.id not in self._looks:
                self._looks[face.id] = _Looks(now)
                found.append(self._find(frame, face, faces, _SIDES[:1]))
        due = min(faces, key=lambda face: self._looks[face.id].due_ns, default=None)
        if due is not None:
            looks = self._looks[due.id]
            if now >= looks.due_ns + (_MOST_WAIT_NS if may_wait else 0):
                sides = (_SIDES[looks.count % len(_SIDES)],)
                self._pending = self._thread.submit(self._find, frame, due, faces, sides)
                self._looks[due.id] = _Looks(now, looks.count + 1)
        return tuple(body for body in found if body is not None and body.id in here)

    def close(self) -> None:
        """Release the landmarker and end the thread; calling it again is harmless."""
        if self._thread is not None:
            self._thread.shutdown()
        self._landmarker.close()

    def _find(
        self,
        frame: Frame,
        face: FaceTrack,
        faces: Sequence[FaceTrack],
        sides: Sequence[float],
    ) -> BodyTrack | None:
        """Look for the body of a face in one or more squares; in several it is their median."""
        others = [other.points_image for other in faces if other is not face]
        seen = [self._look(frame, face.points_image, others, side) for side in sides]
        found = [table for table in seen if table is not None]
        if not found:
            return None
        table = np.median(found, axis=0)
        return BodyTrack(face.id, table[:, :2], table[:, 2:5], table[:, 5])

    def _look(
        self, frame: Frame, face: Array, others: Sequence[Array], side: float
    ) -> Array | None:
        """Return px, metres and visibility of what belongs to a face, shape (33, 6)."""
        low, high = face.min(axis=0), face.max(axis=0)
        size = float((high - low).max())
        middle = 0.5 * (low + high) + [0.0, _BELOW * side * size]
        first = np.round(middle - 0.5 * side * size).astype(int)
        step = max(1, round(side * size) // _MOST_PX)
        length = max(2, round(side * size))
        # It is a square beyond the picture too: in others the library puts landmarks too high or
        # too low.
        square = _without(Window(int(first[0]), int(first[1]), length, length), frame, others)
        small = np.ascontiguousarray(square.image[::step, ::step])
        result = self._landmarker.detect(replace(square, image=small))
        if not result.pose_landmarks:
            return None
        landmarks, world = result.pose_landmarks[0], result.pose_world_landmarks[0]
        table = landmark_table(landmarks, ImageSize(*small.shape[1::-1]), BODY_SIZE)
        metres = np.array([(p.x, p.y, p.z) for p in world], np.float64)
        if table is None or metres.shape != (BODY_SIZE, 3) or not np.isfinite(metres).all():
            return None
        points = first + step * table[:, :2]
        apart = np.linalg.norm(points[BodyLandmark.NOSE] - face[FaceLandmark.NOSE_TIP])
        if apart > _SAME_FACE * size:
            return None
        visibility = np.clip([p.visibility or 0.0 for p in landmarks], 0.0, 1.0)
        return np.column_stack([points, metres, visibility])


@dataclass(frozen=True)
class _Looks:
    """When a body was last looked at, and how often before."""

    last_ns: int
    count: int = 1

    @property
    def due_ns(self) -> int:
        """When it is to be looked at again."""
        return self.last_ns + _PERIOD_NS // (_FIRST_LOOKS if self.count < _FIRST_LOOKS else 1)


def _without(window: Window, frame: Frame, others: Sequence[Array]) -> Frame:
    """Return what a window shows of a frame, with other faces covered.

    Parameters
    ----------
    window : Window
    frame : Frame
    others : sequence of ndarray, shape (N, 2)
        Landmarks of the other faces, px of the frame.
    """
    within = window.cut(frame)
    left, top, right, bottom = window.in_picture(frame.size)
    for points in others:
        low, high = points.min(axis=0), points.max(axis=0)
        half = _OTHER_FACE * (high - low)
        middle = 0.5 * (low + high) - (window.left, window.top)
        (x0, y0), (x1, y1) = (
            np.clip(middle + sign * half, (left, top), (right, bottom)).astype(int)
            for sign in (-1.0, 1.0)
        )
        if x0 < x1 and y0 < y1:
            patch = within.image[y0:y1, x0:x1]
            patch[:] = patch.mean(axis=(0, 1))
    return within
