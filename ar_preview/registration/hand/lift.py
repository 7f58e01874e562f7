"""Landmarks in the picture lifted to camera space: exact in the picture, estimated in depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import opencv_from_image, so3_exp
from ar_preview.landmarks import HandLandmark as Lm

if TYPE_CHECKING:
    from ar_preview.geometry import Array, Camera

__all__ = ["ADULT_REACH_M", "KNUCKLES", "PALM", "adult_size", "lift_hand"]

PALM = (Lm.WRIST, Lm.THUMB_CMC, Lm.INDEX_MCP, Lm.MIDDLE_MCP, Lm.RING_MCP, Lm.LITTLE_MCP)
KNUCKLES = (Lm.INDEX_MCP, Lm.MIDDLE_MCP, Lm.RING_MCP, Lm.LITTLE_MCP)

ADULT_REACH_M = 0.183
"""From the wrist along the middle finger's bones to its last landmark, of an average adult.

Hands are 187 mm long (mean of men and women in ANSUR II, Gordon et al. 2014); the landmark lies
some 4 mm before the tip.
"""

_REACH = (Lm.WRIST, Lm.MIDDLE_MCP, Lm.MIDDLE_PIP, Lm.MIDDLE_DIP, Lm.MIDDLE_TIP)
_UNIT_LIMITS = (0.4, 2.5)
_MIN_DEPTH_M = 0.03


def adult_size(points_world: Array) -> Array:
    """Return the tracker's metric guess enlarged or shrunk to an average adult's hand.

    Its size is generic anyway; that of the average adult is wrong by 8 % (one deviation).

    Parameters
    ----------
    points_world : ndarray, shape (21, 3)
    """
    bones = np.diff(points_world[list(_REACH)], axis=0)
    reach = float(np.linalg.norm(bones, axis=1).sum())
    return np.asarray(points_world * (ADULT_REACH_M / max(reach, 1e-9)))


def lift_hand(
    points_image: Array, depth_image: Array, points_world: Array, camera: Camera
) -> Array | None:
    """Return the 21 joints in camera space, metres, shape (21, 3).

    They project exactly onto the landmarks. Depth is the mean of what the pose of the world
    landmarks says (SQPNP, then Levenberg-Marquardt) and of the tracker's relative depth, which
    err in different ways. The unit of the latter is set half way between px and that in which
    both vary by as much.

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
    middle = posed[palm].mean(axis=0)
    if not np.isfinite(posed).all() or middle[2] < _MIN_DEPTH_M:
        return None
    # The tracker's depth is along the sight of the hand, not along the camera's axis.
    sight = middle / np.linalg.norm(middle)
    relative = depth_image * middle[2] / camera.fx
    relative = relative - relative[palm].mean()
    solved = (posed - middle) @ sight
    # Its unit is not that of the picture for every hand: half of what the pose says of it.
    unit = np.linalg.norm(solved) / max(float(np.linalg.norm(relative)), 1e-9)
    unit = float(np.clip(unit, *_UNIT_LIMITS)) ** 0.5
    along = middle @ sight + 0.5 * (solved + unit * relative)
    rays = camera.unproject(points_image, 1.0)
    depth = along / (rays @ sight)
    if not depth.min() > _MIN_DEPTH_M:
        return None
    return np.asarray(depth[:, None] * rays)
