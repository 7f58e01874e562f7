"""One hand followed from frame to frame: joints, fingers and wrist in camera space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from ar_preview.geometry import RigidTransform
from ar_preview.landmarks import FINGER_JOINTS, Finger
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.poses import FingerPose, HandPose, WristPose
from ar_preview.registration.hand.finger import (
    WIDTH_TO_PALM,
    find_finger_edges,
)
from ar_preview.registration.hand.frames import finger_rotation, palm_rotation, unit
from ar_preview.registration.hand.lift import PALM, adult_size, lift_hand
from ar_preview.registration.hand.limbs import HandView, LimbWidth, WristMemory
from ar_preview.registration.hand.steady import HandSteadier

if TYPE_CHECKING:
    from collections.abc import Collection

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera
    from ar_preview.tracks import HandTrack

__all__ = ["HandRegistration", "HandResult"]

FINGERS: tuple[Finger, ...] = get_args(Finger)

_HOLD_NS, _HELD_SPEED = 100_000_000, 0.3
"""A hand slower than this, palm lengths a second, is still there for so long when it is missed."""

_SIDE_ON = 0.15
"""Cosine within which a hand keeps the side that was seen of it."""

_WIDTH_SHARE = 0.5
"""Of widths in the size of a hand, beside its length."""


@dataclass(frozen=True, eq=False)
class HandResult:
    """Everything that one frame tells of one hand."""

    hand: HandPose
    fingers: tuple[FingerPose, ...]
    wrist: WristPose


class HandRegistration:
    """Follows one hand.

    Parameters
    ----------
    hand_id : int
    """

    def __init__(self, hand_id: int) -> None:
        self._id = hand_id
        self._steadier = HandSteadier()
        self._widths = {finger: LimbWidth() for finger in FINGERS}
        self._wrist = WristMemory()
        self._back_seen: bool | None = None
        self._last: tuple[HandResult, float, int] | None = None

    def update(
        self,
        track: HandTrack,
        camera: Camera,
        timestamp_ns: int,
        image: RgbImage,
        fingers: Collection[Finger] = FINGERS,
        wrist: bool = True,
    ) -> HandResult | None:
        """Return the poses of a frame, None if no hand in front of the camera explains it.

        Parameters
        ----------
        track : HandTrack
        camera : Camera
        timestamp_ns : int
        image : ndarray, shape (H, W, 3), uint8
        fingers : collection of Finger
            Which are placed, and whose edges are looked for in the picture.
        wrist : bool
            Whether the wrist's edges are.
        """
        world = track.points_world
        to_px = _extent(track.points_image) / max(_extent(world[:, :2]), 1e-9)
        values = np.column_stack([track.points_image, track.depth_image, to_px * world])
        palm_px = to_px * float(np.linalg.norm(world[Lm.MIDDLE_MCP] - world[Lm.WRIST]))
        calm = self._steadier.update(values, palm_px, timestamp_ns)
        points = np.ascontiguousarray(calm.values[:, :2])
        usual = self._usual_ratio()
        world = usual**-_WIDTH_SHARE * adult_size(calm.values[:, 3:])
        joints = lift_hand(points, calm.values[:, 2], world, camera)
        if joints is None:
            self._steadier.reset()
            return None
        view = HandView(track.handedness, points, joints, world, camera, image, calm)
        radii = {finger: self._radius(view, finger, finger in fingers, usual) for finger in FINGERS}
        palm = palm_rotation(joints, track.handedness)
        hand = HandPose(
            self._id,
            track.handedness,
            joints,
            RigidTransform(palm, joints[Lm.WRIST]),
            radii,
            self._faces_back(palm[:, 2], joints),
            track.handedness_score,
        )
        placed = tuple(self._finger(view, finger, radii[finger]) for finger in fingers)
        result = HandResult(hand, placed, self._wrist.update(self._id, view, palm, wrist))
        self._last = result, calm.speed, timestamp_ns
        return result

    def hold(self, timestamp_ns: int) -> HandResult | None:
        """Return the last result while a hand that hardly moved is missed for a frame or two."""
        if self._last is None:
            return None
        result, speed, seen_ns = self._last
        recent = 0 <= timestamp_ns - seen_ns <= _HOLD_NS
        return result if recent and speed < _HELD_SPEED else None

    def _faces_back(self, back: Array, joints: Array) -> bool:
        facing = -float(back @ unit(joints[list(PALM)].mean(axis=0)))
        if self._back_seen is None or abs(facing) > _SIDE_ON:
            self._back_seen = facing > 0.0
        return self._back_seen

    def _radius(self, view: HandView, finger: Finger, look: bool, usual: float) -> float:
        """Return the radius of a finger where a ring sits; look for it in the picture first."""
        width = self._widths[finger]
        expected = WIDTH_TO_PALM[finger] * view.palm_m
        if look and view.is_clear and width.wants_to_look():
            to_px = view.camera.fx / view.ring_place(finger)[2]
            ratio = width.ratio or 1.0
            edges = find_finger_edges(view.image, view.points, finger, ratio * expected * to_px)
            if edges is None:
                width.miss(view.calm.dt_s)
            else:
                measured = edges.width_px / (expected * to_px)
                width.add(measured, edges.offset_px / edges.width_px, view.calm.dt_s)
        return 0.5 * (width.ratio or usual) * expected

    def _usual_ratio(self) -> float:
        """How wide this hand's fingers are relative to what its length lets expect.

        Lengths and widths of hands differ by some 8 % each between people: if fingers are wide
        for their length, the hand is half as much smaller than its length alone tells.
        """
        known = [w.ratio for w in self._widths.values() if w.ratio is not None]
        return float(np.median(known)) if known else 1.0

    def _finger(self, view: HandView, finger: Finger, radius: float) -> FingerPose:
        base, middle = (view.points[j] for j in FINGER_JOINTS[finger][:2])
        along = unit(middle - base)
        at = view.ring_place(finger)
        width_px = 2.0 * radius * view.camera.fx / at[2]
        aside = self._widths[finger].offset * width_px * np.array([-along[1], along[0]])
        place = view.camera.unproject(view.camera.project(at) + aside, at[2])
        rotation = finger_rotation(view.joints, finger, view.handedness)
        known = self._widths[finger].ratio is not None
        return FingerPose(
            self._id,
            view.handedness,
            finger,
            RigidTransform(rotation, place),
            radius,
            1.0 if known else 0.5,
        )


def _extent(points: Array) -> float:
    return float(np.linalg.norm(points - points.mean(axis=0)))
