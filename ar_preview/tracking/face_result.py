"""What MediaPipe's face landmarker found, as arrays."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array, ImageSize

__all__ = ["FACE_LANDMARKS", "FaceResult", "detect_faces"]

FACE_LANDMARKS = 478


@dataclass(frozen=True, eq=False)
class FaceResult:
    """Landmarks and poses of the faces of one picture.

    Parameters
    ----------
    landmarks : tuple of ndarray, shape (N, 3)
        By face; shares of the picture's width, height and width again.
    matrices : tuple of ndarray, shape (4, 4)
        By face, where they were asked for.
    """

    landmarks: tuple[Array, ...]
    matrices: tuple[Array, ...]

    def tables(self, size: ImageSize) -> list[Array]:
        """Return (478, 3) px of each face of a picture of this size; broken ones are left out."""
        tables = [face * (size[0], size[1], size[0]) for face in self.landmarks]
        expected = (FACE_LANDMARKS, 3)
        return [t for t in tables if t.shape == expected and np.isfinite(t).all()]


def detect_faces(landmarker: Any, picture: Any, clock_ms: int | None) -> FaceResult:
    """Run the landmarker and read its result.

    Its own conversion makes an object of each of the 478 landmarks of a face: a millisecond and
    a half of Python, in which nothing else of the program runs. The arrays behind it are read at
    once, where the library is built as expected; otherwise its public interface is used.

    Parameters
    ----------
    landmarker : mediapipe.tasks.python.vision.FaceLandmarker
    picture : mediapipe.Image
    clock_ms : int or None
        Time of a frame of a video; None for a picture of its own.
    """
    from mediapipe.tasks.python.vision import face_landmarker as library

    result_type = getattr(library, "FaceLandmarkerResultC", None)
    functions = getattr(landmarker, "_lib", None)
    handle = getattr(landmarker, "_handle", None)
    image = getattr(picture, "_image_ptr", None)
    if result_type is None or functions is None or handle is None or image is None:
        return _detect_publicly(landmarker, picture, clock_ms)
    found = result_type()
    if clock_ms is None:
        functions.MpFaceLandmarkerDetectImage(handle, image, None, ctypes.byref(found))
    else:
        functions.MpFaceLandmarkerDetectForVideo(handle, image, None, clock_ms, ctypes.byref(found))
    try:
        faces = [found.face_landmarks[k] for k in range(found.face_landmarks_count)]
        poses = range(found.facial_transformation_matrixes_count)
        return FaceResult(
            tuple(_table(face) for face in faces),
            tuple(found.facial_transformation_matrixes[k].to_numpy() for k in poses),
        )
    finally:
        functions.MpFaceLandmarkerCloseResult(ctypes.byref(found))


def _table(face: Any) -> Array:
    """Copy the coordinates (N, 3) out of an array of structures."""
    if not face.landmarks_count:
        return np.zeros((0, 3))
    kind = face.landmarks._type_
    names = ["x", "y", "z"]
    layout = np.dtype(
        {
            "names": names,
            "formats": [np.float32] * 3,
            "offsets": [getattr(kind, name).offset for name in names],
            "itemsize": ctypes.sizeof(kind),
        }
    )
    block = ctypes.cast(face.landmarks, ctypes.POINTER(kind * face.landmarks_count)).contents
    rows = np.frombuffer(block, layout)
    return np.stack([rows[name] for name in names], axis=-1).astype(np.float64)


def _detect_publicly(landmarker: Any, picture: Any, clock_ms: int | None) -> FaceResult:
    if clock_ms is None:
        result = landmarker.detect(picture)
    else:
        result = landmarker.detect_for_video(picture, clock_ms)
    return FaceResult(
        tuple(np.array([(p.x, p.y, p.z) for p in face]) for face in result.face_landmarks),
        tuple(result.facial_transformation_matrixes),
    )
