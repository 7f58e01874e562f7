"""Faces of any size in a picture of its own: first in the whole of it, then in its parts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import TrackingError
from ar_preview.frames import ImageSize
from ar_preview.tracking.face import named
from ar_preview.tracking.face_result import detect_faces
from ar_preview.tracking.identity import IdentityKeeper, box_overlap
from ar_preview.tracking.landmarker import Landmarker
from ar_preview.tracking.weights import FACE_WEIGHTS, load_weights, without_blendshapes
from ar_preview.tracking.windows import HALVINGS, parts, window_around
from ar_preview.tracks import Tracks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array
    from ar_preview.tracking.windows import Window

__all__ = ["FaceSearch", "PictureFaces", "face_weights", "is_among"]

_SAME_FACE = 0.2
"""Overlap of boxes from which two of them are one face."""

_EDGE_MARGIN = 0.02
"""Of a part's side: a face that comes so near its edge is seen better in the next part."""

_SURE = 0.75
_LOOKS = (1.5, 2.2, 3.2)
_LEAST_SURE_LOOKS = 3
"""What a part shows is looked for again, plain and mirrored, in windows of these sides relative to
the face, with a detection threshold of .75. Of six looks 4-6 find each of 33 faces in photographs,
one a dog's and none what hat and scarf form by chance."""


def face_weights() -> bytes:
    """Return the verified weights without what is not used.

    Raises
    ------
    TrackingError
        If they are missing or damaged.
    """
    return without_blendshapes(load_weights(FACE_WEIGHTS))


def is_among(face: Array, others: Sequence[Array], overlap: float = _SAME_FACE) -> bool:
    """Tell whether a face, (N, 2 or more) px, is one of others."""
    return any(box_overlap(face[:, :2], other[:, :2]) >= overlap for other in others)


class FaceSearch:
    """Finds up to a number of faces in single pictures.

    The network that finds faces sees a picture as 128 x 128 px: a face of less than an eighth
    of its longer side is missed, however large it is in px.

    Parameters
    ----------
    most : int
        Most faces to find.

    Raises
    ------
    TrackingError
        If the weights are missing or damaged, or the library refuses to start.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        weights = face_weights()
        self._start = partial(Landmarker, "face", lambda: weights, False, detect_faces)
        self._finder = self._start(num_faces=most)
        self._judge: Landmarker | None = None

    def whole(self, frame: Frame) -> list[Array]:
        """Return the faces, (478, 3) px, that the picture as a whole shows.

        Raises
        ------
        TrackingError
            If the search is closed or the library fails.
        """
        return list(self._finder.detect(frame).tables(frame.size))

    def part(self, frame: Frame, window: Window, known: Sequence[Array]) -> list[Array]:
        """Return the faces, (478, 3) px of the picture, that a part of it shows besides known ones.

        Raises
        ------
        TrackingError
            As `whole`.
        """
        new: list[Array] = []
        margin = _EDGE_MARGIN * max(window.width, window.height)
        for within in self.whole(window.cut(frame)):
            face = window.moved_out(within)
            if (
                not window.cuts_off(face, frame.size, margin)
                and not is_among(face, [*known, *new])
                and self._is_sure(frame, face)
            ):
                new.append(face)
        return new

    def everywhere(self, frame: Frame, halvings: int = HALVINGS) -> list[Array]:
        """Return the largest faces, (478, 3) px, in the picture and its parts.

        Parameters
        ----------
        frame : Frame
        halvings : int
            How small parts become, as in `parts`.

        Raises
        ------
        TrackingError
            As `whole`.
        """
        faces = self.whole(frame)
        side = 0
        for window in parts(frame.size, halvings):
            if len(faces) >= self.most and window.width != side:
                break  # What smaller parts show beyond these is smaller too.
            side = window.width
            faces += self.part(frame, window, faces)
        return sorted(faces, key=_size, reverse=True)[: self.most]

    def close(self) -> None:
        """Release the landmarkers; calling it again is harmless."""
        for landmarker in (self._finder, self._judge):
            if landmarker is not None:
                landmarker.close()

    def _is_sure(self, frame: Frame, face: Array) -> bool:
        """Tell whether a face is found again in windows round it."""
        if self._judge is None:
            self._judge = self._start(num_faces=4, min_face_detection_confidence=_SURE)
        found = 0
        for share in _LOOKS:
            window = window_around(face[:, :2], share)
            inside = face[:, :2] - (window.left, window.top)
            plain = window.cut(frame)
            found += is_among(inside, self._judge.detect(plain).tables(plain.size))
            mirrored = np.ascontiguousarray(plain.image[:, ::-1])
            inside[:, 0] = window.width - inside[:, 0]
            again = self._judge.detect(replace(plain, image=mirrored)).tables(plain.size)
            found += is_among(inside, again)
        return found >= _LEAST_SURE_LOOKS


class PictureFaces:
    """Finds faces in pictures of their own.

    Parameters
    ----------
    most : int
        Most faces to find.
    halvings : int
        How small the parts of the picture become that are looked at, as in `parts`.

    Raises
    ------
    TrackingError
        As `FaceSearch`, or if not even one is asked for.
    """

    def __init__(self, most: int = 1, halvings: int = HALVINGS) -> None:
        if most < 1:
            raise TrackingError(f"expected at least one face to look for, got {most}")
        self._search = FaceSearch(most)
        self._halvings = halvings
        self._identities = IdentityKeeper()

    def track(self, frame: Frame) -> Tracks:
        """Return the faces of a picture, the largest first.

        Raises
        ------
        TrackingError
            If the tracker is closed or the library fails.
        """
        faces = self._search.everywhere(frame, self._halvings)
        return Tracks(ImageSize(*frame.size), named(faces, self._identities, frame.timestamp_ns))

    def close(self) -> None:
        """Release the landmarkers; calling it again is harmless."""
        self._search.close()


def _size(face: Array) -> float:
    return float(np.ptp(face[:, :2], axis=0).max())
