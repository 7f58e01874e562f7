"""When faces keep so still that the picture alone may hold the next frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import STIFF_LANDMARKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array
    from ar_preview.tracks import FaceTrack

__all__ = ["Rest"]

_STIFF = np.array(STIFF_LANDMARKS)

_KNOWN_AFTER = 30
"""Searches that a face is looked at in every frame: a second, in which its map is begun."""

_SLOW = 0.015
"""Of the face's width that a face at rest moves from frame to frame. Up to there every second
search can be left out without a difference to where glasses sit (truth clips: .50 px rms with
all, .48-.51 with half of them)."""

_MOST_GAP_NS = 50_000_000
"""Between frames; with fewer than 20 a second no search is left out."""


@dataclass(frozen=True, eq=False)
class _Sight:
    """A face as it was last found: stiff landmarks in px, and in how many searches so far."""

    points_image: Array
    searches: int
    is_slow: bool


class Rest:
    """Leaves out every second search for faces that are known and hardly move."""

    def __init__(self) -> None:
        self._sights: dict[int, _Sight] = {}
        self._searched_ns = self._time_ns = 0
        self._left_out = False

    @property
    def is_on(self) -> bool:
        """Whether all faces of the last search are at rest."""
        sights = self._sights.values()
        return bool(sights) and all(s.is_slow and s.searches >= _KNOWN_AFTER for s in sights)

    def leaves_out(self, frame: Frame) -> bool:
        """Tell whether the faces of a frame need not be looked for; ask once for each frame."""
        gap_ns = frame.timestamp_ns - self._time_ns
        self._time_ns = frame.timestamp_ns
        self._left_out = self.is_on and not self._left_out and 0 < gap_ns <= _MOST_GAP_NS
        return self._left_out

    def note(self, frame: Frame, faces: Sequence[FaceTrack]) -> None:
        """Take note of the faces found in a frame."""
        gap_ns = frame.timestamp_ns - self._searched_ns
        self._searched_ns = frame.timestamp_ns
        frames = max(round(gap_ns / _MOST_GAP_NS), 1)
        before = self._sights if 0 < gap_ns <= 2 * _MOST_GAP_NS else {}
        self._sights = {face.id: _sight(face, before.get(face.id), frames) for face in faces}


def _sight(face: FaceTrack, before: _Sight | None, frames: int) -> _Sight:
    points = face.points_image[_STIFF]
    if before is None:
        return _Sight(points, 1, False)
    width = float(np.ptp(face.points_image[:, 0]))
    moved = float(np.sqrt(((points - before.points_image) ** 2).sum(axis=1).mean()))
    return _Sight(points, before.searches + 1, moved < _SLOW * frames * width)
