"""Where heads and limbs are, in metres: the output of registration.

Axes. *Head*: x to the subject's left, y up, z out of the nose, origin as in the canonical
face (inside the head, between the ears). *Finger* and *wrist*: y along the limb towards the
fingertip, z out of the back of the hand, x = y cross z, for both hands; the origin is the
centre of the limb's cross-section where the piece sits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ar_preview.geometry import Array, RigidTransform
    from ar_preview.tracks import Handedness

__all__ = ["Finger", "FingerPose", "HeadPose", "Poses", "WristPose"]

Finger = Literal["thumb", "index", "middle", "ring", "little"]


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
    """

    person_id: int
    camera_from_head: RigidTransform
    vertices_camera: Array
    confidence: float = 1.0


@dataclass(frozen=True, eq=False)
class FingerPose:
    """Where a ring would sit on one finger.

    Parameters
    ----------
    person_id, hand_id : int
    handedness : {"left", "right"}
    finger : {"thumb", "index", "middle", "ring", "little"}
    camera_from_finger : RigidTransform
        Metres.
    radius_m : float
        Radius of the finger there.
    confidence : float
        0 to 1.
    """

    person_id: int
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
    person_id, hand_id : int
    handedness : {"left", "right"}
    camera_from_wrist : RigidTransform
        Metres.
    radii_m : tuple of float
        Half-axes of the elliptic section along x (wide) and z (thick).
    confidence : float
        0 to 1.
    """

    person_id: int
    hand_id: int
    handedness: Handedness
    camera_from_wrist: RigidTransform
    radii_m: tuple[float, float]
    confidence: float = 1.0


@dataclass(frozen=True, eq=False)
class Poses:
    """Every pose of one frame."""

    heads: tuple[HeadPose, ...] = ()
    fingers: tuple[FingerPose, ...] = ()
    wrists: tuple[WristPose, ...] = ()
