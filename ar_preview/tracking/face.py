"""Faces by MediaPipe's face landmarker (Tasks API)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import TrackingError
from ar_preview.frames import ImageSize
from ar_preview.tracking.face_result import FaceResult, detect_faces
from ar_preview.tracking.identity import IdentityKeeper
from ar_preview.tracking.landmarker import Landmarker
from ar_preview.tracking.weights import FACE_WEIGHTS, load_weights, without_blendshapes
from ar_preview.tracks import FaceTrack, Tracks

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array

__all__ = ["FaceTracker"]

_LANDMARKS = 478


class FaceTracker:
    """Follows faces through a video, or finds them in unrelated pictures.

    Parameters
    ----------
    num_faces : int
        Most faces to follow. With 1 the library smooths a little and loses the face least;
        ask for more only where more are wanted.
    continuous : bool
        True for a video or camera; False where every frame is a picture of its own.
    weights_folder : Path, optional
        Where the weights are; the bundled folder by default.

    Raises
    ------
    TrackingError
        If the weights are missing or damaged, or the library refuses to start.
    """

    _with_matrixes = False

    def __init__(
        self, num_faces: int = 1, continuous: bool = True, weights_folder: Path | None = None
    ) -> None:
        if num_faces < 1:
            raise TrackingError(f"expected at least one face to follow, got {num_faces}")
        self._identities = IdentityKeeper()
        self._matrices: tuple[Array, ...] = ()
        self._landmarker = Landmarker(
            "face",
            lambda: without_blendshapes(load_weights(FACE_WEIGHTS, weights_folder)),
            continuous,
            detect_faces,
            num_faces=num_faces,
            output_facial_transformation_matrixes=self._with_matrixes,
        )

    def track(self, frame: Frame) -> Tracks:
        """Return the faces of a frame, in no particular order.

        Raises
        ------
        TrackingError
            If the tracker is closed or the library fails.
        """
        result: FaceResult = self._landmarker.detect(frame)
        self._matrices = result.matrices
        size = ImageSize(*frame.size)
        tables = [face * (size.width, size.height, size.width) for face in result.landmarks]
        found = [t for t in tables if t.shape == (_LANDMARKS, 3) and np.isfinite(t).all()]
        ids = self._identities.assign([t[:, :2] for t in found], frame.timestamp_ns)
        faces = tuple(
            FaceTrack(key, np.ascontiguousarray(t[:, :2]), np.ascontiguousarray(t[:, 2]))
            for key, t in zip(ids, found, strict=True)
        )
        return Tracks(size, faces)

    def close(self) -> None:
        """Release the landmarker; calling it again is harmless."""
        self._landmarker.close()
