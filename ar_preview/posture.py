"""Where the trunk is below a head: as shoulders tell, or a neck that shares the head's turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, so3_exp, so3_log

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.person import HeadShape
    from ar_preview.poses import HeadPose

__all__ = ["camera_from_trunk", "guessed_trunk", "skull_base"]

_TRUNK_SHARE = 0.2
"""Share of the head's turn that shoulders follow that are not seen. People who sit before a camera
look around with the neck."""

_NECK_SHARE = 0.5
"""The axis of the neck takes up half of the bend between trunk and head, as a rod does that bends
evenly."""

_FACING = np.diag([1.0, -1.0, -1.0])
"""Camera axes from those of a body that stands upright and faces the camera."""


def skull_base(head: HeadShape) -> Array:
    """Return the joint of skull and neck, head space, metres: between the lobes of the ears.

    The atlanto-occipital joint lies at the height of the mastoid tips, under the lobes.
    """
    return np.asarray(0.5 * (head.ears["left"].lobe_head + head.ears["right"].lobe_head))


def camera_from_trunk(pose: HeadPose, head: HeadShape) -> RigidTransform:
    """Return the pose of the trunk.

    Parameters
    ----------
    pose : HeadPose
    head : HeadShape
        Of the same person.

    Returns
    -------
    RigidTransform
        From axes like those of the head (x to the left, y up, z forward) with the origin in the
        middle of the base of the neck, metres.
    """
    if pose.trunk is not None:
        return pose.trunk.camera_from_trunk
    return guessed_trunk(pose.camera_from_head, head)


def guessed_trunk(camera_from_head: RigidTransform, head: HeadShape) -> RigidTransform:
    """Return where the trunk is if only the head tells it, as `camera_from_trunk` does."""
    turn = so3_log(_FACING.T @ camera_from_head.rotation)
    trunk = so3_exp(_TRUNK_SHARE * turn)
    neck = so3_exp((_TRUNK_SHARE + _NECK_SHARE * (1.0 - _TRUNK_SHARE)) * turn)
    joint = skull_base(head)
    base = camera_from_head @ joint + _FACING @ neck @ (head.neck.base_head - joint)
    return RigidTransform(_FACING @ trunk, base)
