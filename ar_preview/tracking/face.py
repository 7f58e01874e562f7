"""Faces by MediaPipe's face landmarker (Tasks API)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.errors import TrackingError
from ar_preview.frames import ImageSize
from ar_preview.quiet import quiet_stderr
from ar_preview.tracking.identity import IdentityKeeper
from ar_preview.tracking.weights import FACE_WEIGHTS, load_weights
from ar_preview.tracks import FaceTrack, Tracks

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.frames import Frame

__all__ = ["FaceTracker"]

_NS_PER_MS = 1_000_000
_MAX_GAP_MS = 1_000
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
        self._weights = load_weights(FACE_WEIGHTS, weights_folder)
        self._num_faces = num_faces
        self._continuous = continuous
        self._size: ImageSize | None = None
        self._origin_ns = 0
        self._clock_ms = -1
        self._identities = IdentityKeeper()
        self._first = True
        self._matrices: list[Any] = []
        self._landmarker: Any = self._create()

    def track(self, frame: Frame) -> Tracks:
        """Return the faces of a frame, in no particular order.

        Raises
        ------
        TrackingError
            If the tracker is closed or the library fails.
        """
        if self._landmarker is None:
            raise TrackingError("the face tracker is closed: create a new one")
        import mediapipe as mp

        self._follow(frame)
        picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=frame.image)
        try:
            if self._first:
                with quiet_stderr():
                    result = self._detect(picture)
                self._first = False
            else:
                result = self._detect(picture)
        except (RuntimeError, ValueError) as error:
            raise TrackingError(f"the face landmarker failed: {error}") from error
        self._matrices = result.facial_transformation_matrixes
        return self._tracks(result, frame)

    def close(self) -> None:
        """Release the landmarker; calling it again is harmless."""
        landmarker, self._landmarker = self._landmarker, None
        if landmarker is not None:
            landmarker.close()

    def _create(self) -> Any:
        try:
            with quiet_stderr():
                from mediapipe.tasks.python import BaseOptions, vision

                mode = vision.RunningMode.VIDEO if self._continuous else vision.RunningMode.IMAGE
                return vision.FaceLandmarker.create_from_options(
                    vision.FaceLandmarkerOptions(
                        base_options=BaseOptions(model_asset_buffer=self._weights),
                        running_mode=mode,
                        num_faces=self._num_faces,
                        output_facial_transformation_matrixes=self._with_matrixes,
                    )
                )
        except (ImportError, OSError) as error:
            raise TrackingError(
                f"MediaPipe cannot start ({error}); on Debian or Ubuntu install "
                f"libegl1 libgles2, then run `ar-preview doctor`"
            ) from error
        except (RuntimeError, ValueError) as error:
            raise TrackingError(f"MediaPipe cannot start: {error}") from error

    def _follow(self, frame: Frame) -> None:
        """Keep the library's clock rising; begin anew where the stream is another one."""
        if not self._continuous:
            return
        stamp = (frame.timestamp_ns - self._origin_ns) // _NS_PER_MS
        broken = stamp < self._clock_ms - 1 or stamp > self._clock_ms + _MAX_GAP_MS
        if self._clock_ms >= 0 and (frame.size != self._size or broken):
            self._landmarker.close()
            self._landmarker = self._create()
            self._clock_ms = -1
        if self._clock_ms < 0:
            self._origin_ns = frame.timestamp_ns
            stamp = 0
        self._size = frame.size
        self._clock_ms = max(self._clock_ms + 1, stamp)

    def _detect(self, picture: Any) -> Any:
        if self._continuous:
            return self._landmarker.detect_for_video(picture, self._clock_ms)
        return self._landmarker.detect(picture)

    def _tracks(self, result: Any, frame: Frame) -> Tracks:
        width, height = frame.size
        tables = [
            np.array([(p.x * width, p.y * height, p.z * width) for p in face], np.float64)
            for face in result.face_landmarks
        ]
        tables = [t for t in tables if t.shape == (_LANDMARKS, 3) and np.isfinite(t).all()]
        ids = self._identities.assign([t[:, :2] for t in tables], frame.timestamp_ns)
        faces = tuple(
            FaceTrack(key, np.ascontiguousarray(t[:, :2]), np.ascontiguousarray(t[:, 2]))
            for key, t in zip(ids, tables, strict=True)
        )
        return Tracks(ImageSize(width, height), faces)
