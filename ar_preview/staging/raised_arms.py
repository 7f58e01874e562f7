"""Shoulders that are raised before a neck: they hide a necklace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.landmarks import FaceLandmark
from ar_preview.scene import Occluder
from ar_preview.staging.shapes import capsules

if TYPE_CHECKING:
    from ar_preview.poses import HeadPose

__all__ = ["raised_arms"]

_RADII_M = (0.055, 0.045)
"""Of an arm at shoulder and elbow: half the girth of an upper arm is 52 mm (men) and 48 mm (women)
in the mean, and shoulders are 47 mm broader to each side than the acromia (ANSUR II)."""

_RAISED_M = (0.01, 0.04)
"""Between these heights of a shoulder's top above the chin an arm begins to hide."""

_NEARER_M = (0.04, 0.08)
"""Between these depths of a shoulder before the base of the neck, too: with a trunk that faces the
camera it is none, and it is known within some 3 cm."""

_SET_BACK_M = 0.03


def raised_arms(pose: HeadPose) -> list[Occluder]:
    """Return the upper arms that a head hides its neck behind, camera space.

    Shoulders elsewhere are beside every necklace, where an arm that is only roughly known would
    swallow pieces of chain.

    Parameters
    ----------
    pose : HeadPose
    """
    if pose.trunk is None or not len(pose.trunk.arms_camera):
        return []
    ends = pose.trunk.arms_camera
    chin = pose.vertices_camera[FaceLandmark.CHIN]
    raised = chin[1] - (ends[:, 0, 1] - _RADII_M[0])
    nearer = pose.trunk.camera_from_trunk.translation[2] - ends[:, 0, 2]
    share = smooth_step(*_RAISED_M, raised) * smooth_step(*_NEARER_M, nearer)
    shown = (share > 0.0) & (ends[..., 2] > 0.0).all(axis=1)
    if not shown.any():
        return []
    ends = ends[shown]
    ends = ends * (1.0 + _SET_BACK_M / np.linalg.norm(ends, axis=-1, keepdims=True))
    vertices, triangles = capsules(ends, share[shown, None] * _RADII_M)
    return [Occluder("arms", vertices.astype(np.float32), triangles, over_skin=True)]
