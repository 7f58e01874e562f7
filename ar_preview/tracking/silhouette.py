"""Which pixels round a head are people: MediaPipe's selfie segmenter (Tasks API)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.tracking.landmarker import Landmarker
from ar_preview.tracking.weights import SEGMENTER_WEIGHTS, load_weights
from ar_preview.tracks import SilhouetteTrack

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.frames import Frame, RgbImage
    from ar_preview.geometry import Array
    from ar_preview.tracks import FaceTrack

__all__ = ["SilhouetteTracker"]

_SIDE_PX = 256
"""Of what the network looks at and gives."""

_HEADS, _ABOVE = 3.0, 0.25
"""Side of the square that is looked at and how far its middle is above that of the face, relative
to the face: room for hair and for what is behind it. With less the network takes a dark background
for hair, with more small faces get coarse."""

_EVERY, _WAITS = 10, 2
"""Frames from one look at a head to the next, and how many more it waits for one without a search
for faces."""


class SilhouetteTracker:
    """Looks at heads in turn, at most one in a frame once all are known.

    Parameters
    ----------
    continuous : bool
        True for a video or camera; False where every frame is a picture of its own.

    Raises
    ------
    TrackingError
        If the weights are missing or damaged, or the library refuses to start.
    """

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._ages: dict[int, int] = {}  # Frames since the last look, by face.
        self._segmenter = Landmarker(
            "silhouette",
            lambda: load_weights(SEGMENTER_WEIGHTS),
            False,
            _mask,
            output_confidence_masks=True,
            output_category_mask=False,
        )

    def track(
        self, frame: Frame, faces: Sequence[FaceTrack], *, may_wait: bool = False
    ) -> tuple[SilhouetteTrack, ...]:
        """Return the silhouettes of heads whose turn it is; mostly none.

        Parameters
        ----------
        frame : Frame
        faces : sequence of FaceTrack
            Of the last search.
        may_wait : bool
            Whether frames without a search come soon, which have time for a look.

        Raises
        ------
        TrackingError
            If the tracker is closed or the library fails.
        """
        ages = {key: age + 1 for key, age in self._ages.items()} if self._continuous else {}
        self._ages = {face.id: ages[face.id] for face in faces if face.id in ages}
        due = [face for face in faces if face.id not in self._ages]
        if not due and faces:
            oldest = max(faces, key=lambda face: self._ages[face.id])
            if self._ages[oldest.id] >= _EVERY + (_WAITS if may_wait else 0):
                due = [oldest]
        self._ages |= {face.id: 0 for face in due}
        found = (self._look(frame, face) for face in due)
        return tuple(silhouette for silhouette in found if silhouette is not None)

    def close(self) -> None:
        """Release the network; calling it again is harmless."""
        self._segmenter.close()

    def _look(self, frame: Frame, face: FaceTrack) -> SilhouetteTrack | None:
        x0, y0, x1, y1 = box = _square(face.points_image, frame.image)
        if min(x1 - x0, y1 - y0) < 2:
            return None
        crop = frame.image[y0:y1, x0:x1]
        small = cv2.resize(crop, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
        mask = self._segmenter.detect(replace(frame, image=np.asarray(small, np.uint8)))
        return SilhouetteTrack(face.id, box, mask)


def _square(points_image: Array, image: RgbImage) -> tuple[int, int, int, int]:
    """Return what is looked at for a face, cut off at the picture's edges: x0, y0, x1, y1, px."""
    low, high = points_image.min(axis=0), points_image.max(axis=0)
    side = float((high - low).max())
    middle = 0.5 * (low + high) - (0.0, _ABOVE * side)
    most = np.array(image.shape[1::-1])
    x0, y0 = np.clip(np.round(middle - 0.5 * _HEADS * side), 0, most).astype(int).tolist()
    x1, y1 = np.clip(np.round(middle + 0.5 * _HEADS * side), 0, most).astype(int).tolist()
    return x0, y0, x1, y1


def _mask(segmenter: Any, picture: Any, clock_ms: int | None) -> npt.NDArray[np.uint8]:
    """Return how surely each pixel is a person, levels of 255."""
    # The vendor's array dies with its result.
    result = segmenter.segment(picture)
    share = result.confidence_masks[0].numpy_view().reshape(picture.height, picture.width)
    return np.asarray(np.round(255.0 * share), np.uint8)
