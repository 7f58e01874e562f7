"""Head pose from landmarks: perspective-n-point on the stiff part of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import RigidTransform, opencv_from_image, so3_exp

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera

__all__ = ["solve_head_pose"]

_MIN_DEPTH_M = 0.02
_MIN_POINTS = 6
_REFINED = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 6, 1e-7)
"""Levenberg-Marquardt from so near an optimum is exact to rounding after five steps."""


def solve_head_pose(
    points_image: Array, vertices_head: Array, camera: Camera
) -> RigidTransform | None:
    """Return ``camera_from_head`` that best explains the landmarks.

    SQPNP (Terzakis and Lourakis, ECCV 2020) finds the global optimum in object space, then
    Levenberg-Marquardt refines the reprojection error.

    Parameters
    ----------
    points_image : ndarray, shape (N, 2)
        Landmarks, px.
    vertices_head : ndarray, shape (N, 3)
        The same points in head space, metres.
    camera : Camera

    Returns
    -------
    RigidTransform or None
        None if there are too few points or the solution is not in front of the camera.
    """
    if not np.isfinite(points_image).all():
        good = np.isfinite(points_image).all(axis=1)
        points_image, vertices_head = points_image[good], vertices_head[good]
    if len(points_image) < _MIN_POINTS:
        return None
    model = np.ascontiguousarray(vertices_head)
    pixels = np.ascontiguousarray(opencv_from_image(points_image))
    matrix = camera.opencv_matrix
    distortion = np.array(camera.distortion) if camera.distortion else None
    try:
        found, rotation, translation = cv2.solvePnP(
            model, pixels, matrix, distortion, flags=cv2.SOLVEPNP_SQPNP
        )
        if not found:
            return None
        rotation, translation = cv2.solvePnPRefineLM(
            model, pixels, matrix, distortion, rotation, translation, _REFINED
        )
    except cv2.error:
        # Points that lie on one spot or a camera far from any real one.
        return None
    if not np.isfinite([rotation, translation]).all():
        return None
    pose = RigidTransform(
        so3_exp(rotation.ravel()), np.asarray(translation, dtype=np.float64).ravel()
    )
    return pose if (pose @ model)[:, 2].min() >= _MIN_DEPTH_M else None
