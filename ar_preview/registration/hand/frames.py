"""Directions in a hand: the palm's, and those of a finger where a ring sits.

Axes as everywhere for limbs: y towards the fingertips, z out of the back of the hand,
x = y cross z.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import FINGER_JOINTS
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.registration.hand.lift import KNUCKLES

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.poses import Finger
    from ar_preview.tracks import Handedness

__all__ = ["finger_rotation", "flexion", "palm_rotation", "unit"]

_STRAIGHT_DEG, _BENT_DEG = 15.0, 45.0
"""Flexion from which the hinge of the joint starts to tell the roll, and at which it alone does."""

_ALONG_PALM = 0.3
"""Below this share of the palm's width across a bone, the palm's normal tells the roll."""

_THUMB_ROLL = np.radians(60.0)
"""A thumb at rest turns its nail so far from the back of the hand to the side."""


def unit(vector: Array) -> Array:
    """Return a vector of length 1 (0 stays 0)."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12))


def across(vector: Array, axis: Array) -> Array:
    """Return the part of a vector that is perpendicular to a unit axis."""
    return np.asarray(vector - axis * float(vector @ axis))


def palm_rotation(joints: Array, handedness: Handedness) -> Array:
    """Return the rotation of the palm, columns x, y, z in the space of the joints.

    Parameters
    ----------
    joints : ndarray, shape (21, 3)
    handedness : {"left", "right"}
    """
    y = unit(joints[list(KNUCKLES)].mean(axis=0) - joints[Lm.WRIST])
    to_little = unit(across(joints[Lm.LITTLE_MCP] - joints[Lm.INDEX_MCP], y))
    x = to_little if handedness == "right" else -to_little
    return np.column_stack([x, y, np.cross(x, y)])


def flexion(joints: Array, finger: Finger) -> float:
    """Return the angle between a finger's first two phalanges, degrees."""
    base, middle, next_joint, _ = joints[list(FINGER_JOINTS[finger])]
    cosine = float(unit(middle - base) @ unit(next_joint - middle))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def finger_rotation(joints: Array, finger: Finger, handedness: Handedness) -> Array:
    """Return the rotation of a finger's first phalanx, columns x, y, z.

    The roll of a straight finger is that of the palm, of a bent one that of its hinge.

    Parameters
    ----------
    joints : ndarray, shape (21, 3)
    finger : Finger
    handedness : {"left", "right"}
    """
    base, middle, _, tip = joints[list(FINGER_JOINTS[finger])]
    y = unit(middle - base)
    palm = palm_rotation(joints, handedness)
    lateral = _from_palm(palm, y, finger, handedness)
    # The palm tells which way the hinge points: a straight finger's is noise.
    hinge = across(np.cross(tip - middle, middle - base), y)
    bent = (flexion(joints, finger) - _STRAIGHT_DEG) / (_BENT_DEG - _STRAIGHT_DEG)
    weight = float(np.clip(bent, 0.0, 1.0))
    if weight > 0.0 and np.linalg.norm(hinge) > 1e-9:
        hinge = unit(hinge)
        if float(hinge @ lateral) < 0.0:
            hinge = -hinge
        lateral = unit((1.0 - weight) * lateral + weight * hinge)
    return np.column_stack([lateral, y, np.cross(lateral, y)])


def _from_palm(palm: Array, y: Array, finger: Finger, handedness: Handedness) -> Array:
    x, _, z = palm.T
    if finger == "thumb":
        side = 1.0 if handedness == "left" else -1.0  # Of x on which the thumb is.
        z = np.cos(_THUMB_ROLL) * z + np.sin(_THUMB_ROLL) * side * x
        return unit(np.cross(y, unit(across(z, y))))
    lateral = across(x, y)
    if np.linalg.norm(lateral) < _ALONG_PALM:
        return unit(np.cross(y, unit(across(z, y))))
    return unit(lateral)
