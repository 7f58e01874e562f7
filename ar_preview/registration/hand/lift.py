"""Landmarks in the picture lifted to camera space: exact in the picture, estimated in depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import opencv_from_image, so3_exp
from ar_preview.landmarks import HandLandmark as Lm

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera

__all__ = ["ADULT_BONES_M", "KNUCKLES", "PALM", "adult_size", "lift_hand"]

PALM = (Lm.WRIST, Lm.THUMB_CMC, Lm.INDEX_MCP, Lm.MIDDLE_MCP, Lm.RING_MCP, Lm.LITTLE_MCP)
KNUCKLES = (Lm.INDEX_MCP, Lm.MIDDLE_MCP, Lm.RING_MCP, Lm.LITTLE_MCP)

ADULT_BONES_M: dict[tuple[Lm, Lm], float] = {
    (Lm.THUMB_MCP, Lm.THUMB_IP): 0.0316,
    (Lm.INDEX_MCP, Lm.INDEX_PIP): 0.0398,
    (Lm.INDEX_PIP, Lm.INDEX_DIP): 0.0224,
    (Lm.MIDDLE_MCP, Lm.MIDDLE_PIP): 0.0446,
    (Lm.MIDDLE_PIP, Lm.MIDDLE_DIP): 0.0263,
    (Lm.RING_MCP, Lm.RING_PIP): 0.0414,
    (Lm.RING_PIP, Lm.RING_DIP): 0.0257,
    (Lm.LITTLE_MCP, Lm.LITTLE_PIP): 0.0327,
    (Lm.LITTLE_PIP, Lm.LITTLE_DIP): 0.0181,
}
"""Mean lengths of adult phalanges (Buryanov and Kotiuk, Proportions of hand segments, 2010)."""

_MIN_DEPTH_M = 0.03


def adult_size(points_world: Array) -> Array:
    """Return the tracker's metric guess enlarged or shrunk to an average adult's hand.

    Its size is generic anyway; that of the average adult is wrong by 8 % (one deviation).

    Parameters
    ----------
    points_world : ndarray, shape (21, 3)
    """
    pairs = np.array(list(ADULT_BONES_M), dtype=np.intp)
    lengths = np.linalg.norm(points_world[pairs[:, 0]] - points_world[pairs[:, 1]], axis=1)
    ratio = float(np.sum(list(ADULT_BONES_M.values())) / max(float(lengths.sum()), 1e-9))
    return ratio * points_world


def lift_hand(
    points_image: Array, depth_image: Array, points_world: Array, camera: Camera
) -> Array | None:
    """Return the 21 joints in camera space, metres, shape (21, 3).

    They project exactly onto the landmarks. Depth is the mean of what the pose of the world
    landmarks says (SQPNP, then Levenberg-Marquardt) and of the tracker's relative depth, which
    err in different ways.

    Parameters
    ----------
    points_image : ndarray, shape (21, 2)
        Px.
    depth_image : ndarray, shape (21,)
        The tracker's relative depth, px.
    points_world : ndarray, shape (21, 3)
        Metres; their size sets the distance.
    camera : Camera

    Returns
    -------
    ndarray or None
        None if no pose in front of the camera explains the landmarks.
    """
    model = np.ascontiguousarray(points_world, dtype=np.float64)
    pixels = np.ascontiguousarray(opencv_from_image(points_image))
    distortion = np.array(camera.distortion) if camera.distortion else None
    try:
        found, turn, shift = cv2.solvePnP(
            model, pixels, camera.opencv_matrix, distortion, flags=cv2.SOLVEPNP_SQPNP
        )
        if not found:
            return None
        turn, shift = cv2.solvePnPRefineLM(
            model, pixels, camera.opencv_matrix, distortion, turn, shift
        )
    except cv2.error:
        return None
    posed = model @ so3_exp(turn.ravel()).T + np.asarray(shift, np.float64).ravel()
    palm = list(PALM)
    distance = float(posed[palm, 2].mean())
    if not np.isfinite(posed).all() or distance < _MIN_DEPTH_M:
        return None
    relative = depth_image * distance / camera.fx
    depth = 0.5 * (posed[:, 2] + distance + relative - relative[palm].mean())
    if depth.min() < _MIN_DEPTH_M:
        return None
    return camera.unproject(points_image, depth)
