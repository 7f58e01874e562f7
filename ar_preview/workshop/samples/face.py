"""The personal face: the canonical face laid onto the rays of one picture's landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from ar_preview.errors import TrackingError
from ar_preview.frames import Frame
from ar_preview.geometry import OPENGL_FROM_OPENCV, Array, Camera, RigidTransform
from ar_preview.landmarks import MESH_SIZE, STIFF_LANDMARKS, FaceLandmark, FaceModel
from ar_preview.tracking import FaceTracker, load_face_model

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage

__all__ = ["PUPIL_DISTANCE_M", "PersonalFace", "find_landmarks", "fit_face"]

PUPIL_DISTANCE_M = 0.060
"""Assumed distance of the pupils; it sets the size of everything in the face sample.

A picture cannot tell size. 60 mm lies in the middle between what the irises (11.7 mm, 57 mm
between the pupils) and the canonical face (65 mm) suggest, and is usual for a woman.
"""

_PLATE_SMOOTHING = 2e-3


@dataclass(frozen=True, eq=False)
class PersonalFace:
    """A face whose picture is known exactly from one direction.

    Parameters
    ----------
    camera : Camera
    camera_from_head : RigidTransform
        Pose in the picture, metres.
    face_head : ndarray, shape (468, 3)
        Head space, metres; projects onto the landmarks.
    triangles : ndarray, shape (898, 3), int32
    scale : float
        Size relative to the canonical face.
    """

    camera: Camera
    camera_from_head: RigidTransform
    face_head: Array
    triangles: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
    scale: float

    @property
    def head_from_upright(self) -> Array:
        """Rotation (3, 3) from upright space (see `face_upright`) to head space."""
        return np.asarray(self.camera_from_head.rotation.T @ OPENGL_FROM_OPENCV)

    @property
    def face_upright(self) -> Array:
        """The face with the head's origin but the picture's axes (x right, y up, z to us)."""
        return np.asarray(self.face_head @ self.head_from_upright)


def find_landmarks(image: RgbImage) -> Array:
    """Return the (478, 2) landmarks of the one face in a picture, px.

    Raises
    ------
    TrackingError
        If there is no face.
    """
    tracker = FaceTracker(continuous=False)
    try:
        faces = tracker.track(Frame(image)).faces
    finally:
        tracker.close()
    if not faces:
        raise TrackingError("expected a face in the portrait, found none")
    return faces[0].points_image


def fit_face(points_image: Array, camera: Camera) -> PersonalFace:
    """Fit pose and shape to the landmarks of one picture.

    The pose is that of the canonical face (SQPNP, then Levenberg-Marquardt, on the stiff
    landmarks). Every vertex then moves onto its landmark's ray, at the depth of a thin plate
    through the canonical depths over the picture: a smile moves the corners of the mouth to
    where the cheek is deep, and vertex by vertex the canonical depth would crumple the lips.
    All is scaled about the camera to `PUPIL_DISTANCE_M`, which changes no pixel.

    Parameters
    ----------
    points_image : ndarray, shape (478, 2)
        px.
    camera : Camera
    """
    model = load_face_model()
    pose = _solve_pose(model, points_image, camera)
    depth = _smooth_depth(points_image[:MESH_SIZE], (pose @ model.vertices_head)[:, 2])
    face_camera = camera.unproject(points_image[:MESH_SIZE], depth)
    eyes = [FaceLandmark.RIGHT_IRIS_CENTRE, FaceLandmark.LEFT_IRIS_CENTRE]
    corners = [FaceLandmark.RIGHT_EYE_OUTER, FaceLandmark.LEFT_EYE_OUTER]
    pupils = camera.unproject(points_image[eyes], float(depth[corners].mean()))
    scale = PUPIL_DISTANCE_M / float(np.linalg.norm(pupils[0] - pupils[1]))
    pose = RigidTransform(pose.rotation, pose.translation * scale)
    face_head = pose.inverse() @ (face_camera * scale)
    return PersonalFace(camera, pose, face_head, model.triangles, scale)


def _smooth_depth(points_image: Array, depth: Array) -> Array:
    width = np.ptp(points_image[:, 0])
    plate = RBFInterpolator(points_image / width, depth, smoothing=_PLATE_SMOOTHING)
    return np.asarray(plate(points_image / width))


def _solve_pose(model: FaceModel, points_image: Array, camera: Camera) -> RigidTransform:
    stiff = np.asarray(STIFF_LANDMARKS)
    points_head = np.ascontiguousarray(model.vertices_head[stiff])
    points = np.ascontiguousarray(points_image[stiff])
    # Image coordinates and the matrix for them: the half-pixel cancels.
    found, turn, shift = cv2.solvePnP(
        points_head, points, camera.matrix, None, flags=cv2.SOLVEPNP_SQPNP
    )
    if not found:
        raise TrackingError("no head pose explains the landmarks of the portrait")
    turn, shift = cv2.solvePnPRefineLM(points_head, points, camera.matrix, None, turn, shift)
    return RigidTransform.from_rotation_vector(turn.ravel(), shift.ravel())
