"""When faces keep so still that the picture alone may hold the next frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.tracking.thumbnail import thumbnail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame, RgbImage
    from ar_preview.geometry import Array
    from ar_preview.tracks import FaceTrack

__all__ = ["Rest"]

_KNOWN_AFTER = 30
"""Searches in a row before the first is left out: a second, in which a map of the face begins."""

_MOST_LEFT_OUT = 2
"""In a row. On clips with known motion glasses sit as well with these searches as with all (nod
.68 px rms instead of .71, expressions .69 instead of .71, a still head's tremble .032 px instead of
.031)."""

_MOST_CHANGE = 0.15
"""What is left of a face's picture when the last searched one is subtracted, rms as a share of its
contrast. On six real clips a face that has moved by 1 % of its width since changes so by .07-.16,
by 1.5 % by .12-.21, by 3 % by .26 and more; at rest by .01-.03."""

_SIDE, _SAMPLES = 24, 6
"""Cells along each side of a face that is compared, and pixels along each side of a cell."""

_MOST_GAP_NS, _FORGET_NS = 50_000_000, 250_000_000
"""After a longer gap between frames no search is left out; after the second all begins anew."""


@dataclass(frozen=True, eq=False)
class _Sight:
    """A face as it was last found: its rows and columns, its picture, searches in a row so far."""

    window: tuple[slice, slice]
    picture: Array
    searches: int


class Rest:
    """Leaves out searches for faces that are known and look as they did when last searched."""

    def __init__(self) -> None:
        self._sights: dict[int, _Sight] = {}
        self._left_out = 0
        self._time_ns = 0

    @property
    def is_on(self) -> bool:
        """Whether faces are known so well that searches for them may be left out."""
        sights = self._sights.values()
        return bool(sights) and all(sight.searches >= _KNOWN_AFTER for sight in sights)

    def leaves_out(self, frame: Frame) -> bool:
        """Tell whether the faces of a frame need not be looked for; ask once for each frame."""
        gap_ns = frame.timestamp_ns - self._time_ns
        self._time_ns = frame.timestamp_ns
        if not 0 < gap_ns <= _FORGET_NS:
            self._sights = {}
        leaves_out = (
            self.is_on
            and self._left_out < _MOST_LEFT_OUT
            and gap_ns <= _MOST_GAP_NS
            and all(_change(frame.image, sight) < _MOST_CHANGE for sight in self._sights.values())
        )
        self._left_out += leaves_out
        return leaves_out

    def note(self, frame: Frame, faces: Sequence[FaceTrack]) -> None:
        """Take note of the faces found in a frame."""
        self._left_out = 0
        before, self._sights = self._sights, {}
        for face in faces:
            window = _window(face.points_image, frame.image)
            searches = before[face.id].searches + 1 if face.id in before else 1
            self._sights[face.id] = _Sight(window, _picture(frame.image[window]), searches)


def _window(points_image: Array, image: RgbImage) -> tuple[slice, slice]:
    """Rows and columns of a face, at least one of each."""
    most = np.array(image.shape[1::-1]) - 1
    left, top = np.clip(points_image.min(axis=0), 0, most).astype(int)
    right, bottom = np.clip(points_image.max(axis=0), 0, most).astype(int) + 1
    return slice(top, bottom), slice(left, right)


def _picture(part: RgbImage) -> Array:
    """Return the pattern of green of a part, shape (_SIDE, _SIDE), of norm 1 about its mean."""
    down, across = (max(1, length // (_SIDE * _SAMPLES)) for length in part.shape[:2])
    cells = thumbnail(part[::down, ::across, 1:2], _SIDE).astype(np.float64)
    cells -= cells.mean()
    return np.asarray(cells / max(float(np.linalg.norm(cells)), 1e-9))


def _change(image: RgbImage, sight: _Sight) -> float:
    part = image[sight.window]
    if part.shape[0] == 0 or part.shape[1] == 0:
        return 1.0
    likeness = float((_picture(part) * sight.picture).sum())
    return float(np.sqrt(max(1.0 - likeness**2, 0.0))) if likeness > 0.0 else 1.0
