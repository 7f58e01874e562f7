"""One hand followed from frame to frame: joints, fingers and wrist in camera space."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, get_args

import numpy as np

from ar_preview.geometry import RigidTransform
from ar_preview.landmarks import FINGER_JOINTS, Finger
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.poses import FingerPose, HandPose, WristPose
from ar_preview.registration.hand import wrist as wrists
from ar_preview.registration.hand.finger import (
    RING_PLACE,
    WIDTH_TO_PALM,
    find_finger_edges,
)
from ar_preview.registration.hand.frames import across, finger_rotation, palm_rotation, unit
from ar_preview.registration.hand.lift import KNUCKLES, PALM, adult_size, lift_hand
from ar_preview.registration.hand.steady import Calm, HandSteadier, Steadied

if TYPE_CHECKING:
    from collections.abc import Collection

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera
    from ar_preview.tracks import Handedness, HandTrack

__all__ = ["HandRegistration", "HandResult"]

FINGERS: tuple[Finger, ...] = get_args(Finger)

_REMEMBERED = 90
"""Measurements of a width whose median is used."""

_SETTLED, _LOOK_EVERY = 12, 3
"""Widths after which the picture is searched in every third frame only."""

_OFFSET_NOISE, _BEND_NOISE, _BARE_NOISE = 0.06, 0.08, 0.08
"""What is noise in a limb's middle (widths), a wrist's bend (radians) and where its skin ends
(palm lengths)."""

_FASTEST = 2.5
"""Palm lengths a second beyond which blur widens limbs and edges tell nothing."""

_HOLD_NS, _HELD_SPEED = 100_000_000, 0.3
"""A hand slower than this, palm lengths a second, is still there for so long when it is missed."""

_SIDE_ON = 0.15
"""Cosine within which a hand keeps the side that was seen of it."""

_WIDTH_SHARE = 0.5
"""Of widths in the size of a hand, beside its length."""

_WRIST_PLACE = 0.32
"""A watch sits so far below the wrist landmark, palm lengths."""

_WRIST_LIMITS = (0.78, 1.42)
"""Widths of wrists relative to palms differ by 10 % between people; how long a palm is is itself
only estimated where it is bent."""

_WRIST_RATIO = 1.35
"""Width of a wrist to its thickness."""

_LEAST_DEPTH_SLOPE = 0.25


@dataclass(frozen=True, eq=False)
class HandResult:
    """Everything that one frame tells of one hand."""

    hand: HandPose
    fingers: tuple[FingerPose, ...]
    wrist: WristPose


class _Width:
    """A limb's width relative to what is expected: the running median of what was measured."""

    def __init__(self) -> None:
        self._ratios: deque[float] = deque(maxlen=_REMEMBERED)
        self._offset = Calm(_OFFSET_NOISE)
        self._looks = 0
        self.ratio: float | None = None

    @property
    def offset(self) -> float:
        """Of the limb's middle from the landmarks' line, widths."""
        return self._offset.value or 0.0

    def wants_to_look(self) -> bool:
        """Whether the picture should be searched: each frame at first, then every third."""
        self._looks += 1
        return len(self._ratios) < _SETTLED or self._looks % _LOOK_EVERY == 0

    def add(self, ratio: float, offset: float, dt_s: float) -> None:
        """Note a measurement."""
        self._ratios.append(ratio)
        self.ratio = float(np.median(self._ratios))
        self._offset.update(offset, dt_s)

    def miss(self, dt_s: float) -> None:
        """Without a measurement the middle goes back to the landmarks' line."""
        self._offset.forget(dt_s)


class HandRegistration:
    """Follows one hand.

    Parameters
    ----------
    hand_id : int
    """

    def __init__(self, hand_id: int) -> None:
        self._id = hand_id
        self._steadier = HandSteadier()
        self._widths = {finger: _Width() for finger in FINGERS}
        self._wrist = _WristMemory()
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
        view = _View(track.handedness, points, joints, world, camera, image, calm)
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

    def _radius(self, view: _View, finger: Finger, look: bool, usual: float) -> float:
        """Return the radius of a finger where a ring sits; look for it in the picture first."""
        width = self._widths[finger]
        expected = WIDTH_TO_PALM[finger] * view.palm_m
        if look and view.calm.speed < _FASTEST and width.wants_to_look():
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

    def _finger(self, view: _View, finger: Finger, radius: float) -> FingerPose:
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


@dataclass(frozen=True, eq=False)
class _View:
    """One frame of one hand, steadied and lifted."""

    handedness: Handedness
    points: Array
    joints: Array
    world: Array
    camera: Camera
    image: RgbImage
    calm: Steadied

    @cached_property
    def palm_m(self) -> float:
        return float(np.linalg.norm(self.world[Lm.MIDDLE_MCP] - self.world[Lm.WRIST]))

    def ring_place(self, finger: Finger) -> Array:
        base, middle = (self.joints[j] for j in FINGER_JOINTS[finger][:2])
        return np.asarray(base + RING_PLACE[finger] * (middle - base))


class _WristMemory:
    """What is remembered of a wrist: width, bend and how far skin reaches."""

    def __init__(self) -> None:
        self._width = _Width()
        self._bend = Calm(_BEND_NOISE)
        self._bare = Calm(_BARE_NOISE)

    def update(self, hand_id: int, view: _View, palm: Array, look: bool) -> WristPose:
        camera, dt = view.camera, view.calm.dt_s
        wrist = view.joints[Lm.WRIST]
        to_px = camera.fx / wrist[2]
        guess = unit(view.points[Lm.WRIST] - view.points[list(KNUCKLES)].mean(axis=0))
        normal = np.array([-guess[1], guess[0]])
        shown = float(np.linalg.norm(view.points[Lm.MIDDLE_MCP] - view.points[Lm.WRIST]))
        squeeze = _visible_share(palm, wrist)
        expected = wrists.WIDTH_TO_PALM * view.palm_m * squeeze
        if look and view.calm.speed < _FASTEST and self._width.wants_to_look():
            seen = wrists.look_at_wrist(
                view.image, view.points, shown, (self._width.ratio or 1.0) * expected * to_px
            )
            self._bare.update(seen.bare, dt)
            ratio = 0.0 if seen.width_px is None else seen.width_px / (expected * to_px)
            if seen.width_px is None or not _WRIST_LIMITS[0] < ratio < _WRIST_LIMITS[1]:
                self._width.miss(dt)
                self._bend.forget(dt)
            else:
                self._bend.update(_angle(guess, seen.towards_elbow), dt)
                aside = float((seen.centre_image - view.points[Lm.WRIST]) @ normal)
                self._width.add(ratio, aside / seen.width_px, dt)
        half = 0.5 * (self._width.ratio or 1.0) * wrists.WIDTH_TO_PALM * view.palm_m
        direction = _turned(guess, self._bend.value or 0.0)
        rotation = _rotation(palm, direction, wrist)
        aside = self._width.offset * 2.0 * half * squeeze * to_px * normal
        beside = camera.unproject(view.points[Lm.WRIST] + aside, wrist[2])
        origin = beside - _WRIST_PLACE * view.palm_m * rotation[:, 1]
        bare = view.palm_m * ((self._bare.value or 0.0) - _WRIST_PLACE)
        return WristPose(
            hand_id,
            view.handedness,
            RigidTransform(rotation, origin),
            (half, half / _WRIST_RATIO),
            bare,
            1.0 if self._width.ratio is not None else 0.5,
        )


def _extent(points: Array) -> float:
    return float(np.linalg.norm(points - points.mean(axis=0)))


def _visible_share(palm: Array, wrist: Array) -> float:
    """Width in which an elliptic wrist is seen from the camera, of its greatest."""
    sight = across(unit(wrist), palm[:, 1])
    facing = abs(float(unit(sight) @ palm[:, 2]))
    return float(np.sqrt(facing**2 + (1.0 - facing**2) / _WRIST_RATIO**2))


def _rotation(palm: Array, towards_elbow: Array, wrist: Array) -> Array:
    """Return the wrist's axes: along its direction in the picture, sloped and rolled as the palm.

    Parameters
    ----------
    palm : ndarray, shape (3, 3)
    towards_elbow : ndarray, shape (2,)
        Unit direction in the picture.
    wrist : ndarray, shape (3,)
        Where it is, camera space.
    """
    sight = unit(wrist)
    slope = -float(palm[:, 1] @ sight)
    flat = across(np.append(towards_elbow, 0.0), sight)
    level = float(np.sqrt(max(1.0 - slope**2, _LEAST_DEPTH_SLOPE**2)))
    y = -unit(level * unit(flat) + slope * sight)
    x = unit(across(palm[:, 0], y))
    return np.column_stack([x, y, np.cross(x, y)])


def _angle(a: Array, b: Array) -> float:
    """Signed angle from one direction in the picture to another."""
    return float(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b))


def _turned(direction: Array, angle: float) -> Array:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array(
        [cos * direction[0] - sin * direction[1], sin * direction[0] + cos * direction[1]]
    )
