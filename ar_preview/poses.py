"""Where heads and limbs are, in metres: the output of registration.

Axes. *Head*: x to the subject's left, y up, z out of the nose, origin as in the canonical
face (inside the head, between the ears). *Finger* and *wrist*: y along the limb towards the
fingertip, z out of the back of the hand, x = y cross z, for both hands; the origin is the
centre of the limb's cross-section where the piece sits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ar_preview.landmarks import Finger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array, RigidTransform
    from ar_preview.tracks import Handedness

__all__ = ["Finger", "FingerPose", "HandPose", "HeadPose", "Poses", "TrunkPose", "WristPose"]


@dataclass(frozen=True, eq=False)
class TrunkPose:
    """Where shoulders that were seen put the trunk.

    Parameters
    ----------
    camera_from_trunk : RigidTransform
        From axes like those of the head (x to the left, y up, z forward) with the origin in the
        middle of the base of the neck, metres.
    arms_camera : ndarray, shape (2, 2, 3) or (0, 2, 3)
        Shoulder and elbow of the left and the right arm, metres; none where they were seen too
        long ago.
    """

    camera_from_trunk: RigidTransform
    arms_camera: Array


@dataclass(frozen=True, eq=False)
class HeadPose:
    """Where one head is.

    Parameters
    ----------
    person_id : int
    camera_from_head : RigidTransform
        In true metres, as far as the person's scale is known.
    vertices_camera : ndarray, shape (468, 3)
        The face as it is shaped in this frame (expression included), camera space, metres.
    confidence : float
        0 to 1; how far the pose can be trusted.
    trunk : TrunkPose, optional
        Of the same person, where shoulders were seen; otherwise it is guessed from the head
        (`ar_preview.posture`).
    """

    person_id: int
    camera_from_head: RigidTransform
    vertices_camera: Array
    confidence: float = 1.0
    trunk: TrunkPose | None = None


@dataclass(frozen=True, eq=False)
class HandPose:
    """Where one hand is.

    Parameters
    ----------
    hand_id : int
    handedness : {"left", "right"}
    joints_camera : ndarray, shape (21, 3)
        Index with `HandLandmark`; in the middle of the limbs, camera space, metres.
    camera_from_palm : RigidTransform
        Origin in the wrist; axes as those of limbs.
    finger_radii_m : mapping of Finger to float
        Of each finger where a ring sits.
    back_seen : bool
        Whether the back of the hand faces the camera rather than the palm; an edge-on hand
        keeps the side that it had.
    confidence : float
        0 to 1.
    """

    hand_id: int
    handedness: Handedness
    joints_camera: Array
    camera_from_palm: RigidTransform
    finger_radii_m: Mapping[Finger, float]
    back_seen: bool
    confidence: float = 1.0


@dataclass(frozen=True, eq=False)
class FingerPose:
    """Where a ring would sit on one finger.

    Parameters
    ----------
    hand_id : int
    handedness : {"left", "right"}
    finger : {"thumb", "index", "middle", "ring", "little"}
    camera_from_finger : RigidTransform
        Metres.
    radius_m : float
        Radius of the finger there.
    confidence : float
        0 to 1.
    """

    hand_id: int
    handedness: Handedness
    finger: Finger
    camera_from_finger: RigidTransform
    radius_m: float
    confidence: float = 1.0


@dataclass(frozen=True, eq=False)
class WristPose:
    """Where a watch would sit on one wrist.

    Parameters
    ----------
    hand_id : int
    handedness : {"left", "right"}
    camera_from_wrist : RigidTransform
        Metres.
    radii_m : tuple of float
        Half-axes of the elliptic section along x (wide) and z (thick).
    bare_m : float
        How far towards the elbow (-y) from the origin bare skin is seen, metres; negative where
        a sleeve reaches beyond the origin, by the length of the palm where the origin is out of the
        picture.
    confidence : float
        0 to 1.
    """

    hand_id: int
    handedness: Handedness
    camera_from_wrist: RigidTransform
    radii_m: tuple[float, float]
    bare_m: float = 0.0
    confidence: float = 1.0


@dataclass(frozen=True, eq=False)
class Poses:
    """Every pose of one frame."""

    heads: tuple[HeadPose, ...] = ()
    hands: tuple[HandPose, ...] = ()
    fingers: tuple[FingerPose, ...] = ()
    wrists: tuple[WristPose, ...] = ()
