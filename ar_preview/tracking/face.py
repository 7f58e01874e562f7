"""Faces by MediaPipe's face landmarker (Tasks API)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.frames import ImageSize
from ar_preview.tracking.face_result import FaceResult, detect_faces
from ar_preview.tracking.identity import IdentityKeeper
from ar_preview.tracking.landmarker import Landmarker
from ar_preview.tracking.weights import FACE_WEIGHTS, load_weights, without_blendshapes
from ar_preview.tracks import FaceTrack, Tracks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ar_preview.frames import Frame
    from ar_preview.geometry import Array

__all__ = ["FaceTracker", "named"]


def named(
    tables: Sequence[Array], identities: IdentityKeeper, timestamp_ns: int
) -> tuple[FaceTrack, ...]:
    """Return faces (478, 3) px with the ids of who they are."""
    ids = identities.assign([table[:, :2] for table in tables], timestamp_ns)
    return tuple(
        FaceTrack(key, np.ascontiguousarray(t[:, :2]), np.ascontiguousarray(t[:, 2]))
        for key, t in zip(ids, tables, strict=True)
    )


class FaceTracker:
    """Follows a face through a video, or finds one in unrelated pictures.

    The library smooths a little where it is asked for a single face, and loses that least.

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

    _with_matrixes = False

    def __init__(self, continuous: bool = True, weights_folder: Path | None = None) -> None:
        self._identities = IdentityKeeper()
        self._matrices: tuple[Array, ...] = ()
        self._landmarker = Landmarker(
            "face",
            lambda: without_blendshapes(load_weights(FACE_WEIGHTS, weights_folder)),
            continuous,
            detect_faces,
            num_faces=1,
            output_facial_transformation_matrixes=self._with_matrixes,
        )

    def track(self, frame: Frame) -> Tracks:
        """Return the face of a frame.

        Raises
        ------
        TrackingError
            If the tracker is closed or the library fails.
        """
        result: FaceResult = self._landmarker.detect(frame)
        self._matrices = result.matrices
        size = ImageSize(*frame.size)
        return Tracks(size, named(result.tables(size), self._identities, frame.timestamp_ns))

    def close(self) -> None:
        """Release the landmarker; calling it again is harmless."""
        self._landmarker.close()
