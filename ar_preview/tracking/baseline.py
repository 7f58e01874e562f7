"""What MediaPipe itself offers, to measure ours against: its pace and its head pose."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from ar_preview.geometry import OPENGL_FROM_OPENCV, Camera, RigidTransform
from ar_preview.tracking.face import FaceTracker
from ar_preview.tracking.landmarker import Landmarker
from ar_preview.tracking.weights import FACE_WEIGHTS, HAND_WEIGHTS, load_weights

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.geometry import ImageSize

__all__ = ["FaceMatrixTracker", "bare_landmarker"]

_METRES_PER_CM = 0.01
_VERTICAL_FOV_DEGREES = 63.0
"""Of the camera that the matrix assumes (MediaPipe's face geometry module)."""


def bare_landmarker(
    continuous: bool = True, what: Literal["face", "hand"] = "face", most: int = 1
) -> Landmarker:
    """Return a landmarker as anybody would use it: bundle and results as they come.

    Parameters
    ----------
    continuous : bool
        True for a video or camera.
    what : {"face", "hand"}
    most : int
        Faces or hands that it may find.
    """
    if what == "hand":
        weights = partial(load_weights, HAND_WEIGHTS)
        return Landmarker("hand", weights, continuous, num_hands=most)
    return Landmarker("face", partial(load_weights, FACE_WEIGHTS), continuous, num_faces=most)


class FaceMatrixTracker(FaceTracker):
    """The face landmarker's facial transformation matrix, as it comes.

    Raises
    ------
    TrackingError
        As `FaceTracker`.
    """

    _with_matrixes = True

    def pose(self, frame: Frame) -> RigidTransform | None:
        """Return ``camera_from_head`` of the first face in metres, None if none is found."""
        self.track(frame)
        matrices = self._matrices
        if not matrices:
            return None
        matrix = np.asarray(matrices[0], dtype=np.float64)
        # A uniform scale cancels in the picture when it is taken out of the distance too.
        scale = float(np.cbrt(np.linalg.det(matrix[:3, :3])))
        if not np.isfinite(scale) or scale <= 0.0:
            return None
        opencv = OPENGL_FROM_OPENCV.T @ matrix[:3]
        return RigidTransform(opencv[:, :3] / scale, _METRES_PER_CM * opencv[:, 3] / scale)

    @staticmethod
    def camera(size: ImageSize) -> Camera:
        """Return the camera that the matrix belongs to."""
        focal = 0.5 * size[1] / float(np.tan(0.5 * np.radians(_VERTICAL_FOV_DEGREES)))
        return Camera(size[0], size[1], focal, focal, 0.5 * size[0], 0.5 * size[1])
