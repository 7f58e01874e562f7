"""What is remembered of limbs from frame to frame: widths, middles, where an arm leads."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform
from ar_preview.landmarks import FINGER_JOINTS
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.poses import WristPose
from ar_preview.registration.hand import wrist as wrists
from ar_preview.registration.hand.finger import RING_PLACE
from ar_preview.registration.hand.frames import across, unit
from ar_preview.registration.hand.lift import KNUCKLES
from ar_preview.registration.hand.steady import Calm, Steadied

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera
    from ar_preview.landmarks import Finger
    from ar_preview.tracks import Handedness

__all__ = ["HandView", "LimbWidth", "WristMemory", "surface_lead"]

_REMEMBERED = 90
"""Measurements of a width whose median is used."""

_SETTLED, _LOOK_EVERY = 12, 3
"""Widths after which the picture is searched in every third frame only."""

_PATIENCE = 8
"""Looks in a row that may fail before what was measured of a limb's middle is given up."""

_OFFSET_NOISE, _WRIST_OFFSET_NOISE, _BEND_NOISE, _BARE_NOISE = 0.06, 0.12, 0.08, 0.08
"""What is noise in a finger's or wrist's middle (widths), a wrist's bend (radians) and where its
skin ends (palm lengths)."""

_FASTEST = 2.5
"""Palm lengths a second beyond which blur widens limbs and edges tell nothing."""

_WRIST_PLACE = 0.32
"""A watch sits so far below the wrist landmark, palm lengths."""

_WRIST_LIMITS = (0.78, 1.42)
"""Widths of wrists relative to palms differ by 10 % between people; how long a palm is is itself
only estimated where it is bent."""

_WRIST_RATIO = 1.35
"""Width of a wrist to its thickness."""

_LEAST_DEPTH_SLOPE = 0.25


class LimbWidth:
    """A limb's width relative to what is expected: the running median of what was measured."""

    def __init__(self, offset_noise: float = _OFFSET_NOISE) -> None:
        self._ratios: deque[float] = deque(maxlen=_REMEMBERED)
        self._offset = Calm(offset_noise)
        self._looks = self._missed = 0
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
        self._missed = 0
        self._ratios.append(ratio)
        self.ratio = float(np.median(self._ratios))
        self._offset.update(offset, dt_s)

    def miss(self, dt_s: float) -> bool:
        """After some looks without a measurement the middle goes back to the landmarks' line.

        Returns whether it does.
        """
        self._missed += 1
        lost = self._missed >= _PATIENCE
        if lost:
            self._offset.forget(dt_s)
        return lost


@dataclass(frozen=True, eq=False)
class HandView:
    """One frame of one hand, steadied and lifted."""

    handedness: Handedness
    points: Array
    joints: Array
    world: Array
    camera: Camera
    image: RgbImage
    calm: Steadied

    @property
    def is_clear(self) -> bool:
        """Whether edges may be looked for: blur of fast hands widens limbs."""
        return self.calm.speed < _FASTEST

    @cached_property
    def palm_m(self) -> float:
        """Length from the wrist to the middle knuckle, metres."""
        return float(np.linalg.norm(self.world[Lm.MIDDLE_MCP] - self.world[Lm.WRIST]))

    def ring_place(self, finger: Finger) -> Array:
        """Return where a ring sits on the line between the joints, camera space."""
        base, middle = (self.joints[j] for j in FINGER_JOINTS[finger][:2])
        return np.asarray(base + RING_PLACE[finger] * (middle - base))


class WristMemory:
    """What is remembered of a wrist: width, bend and how far skin reaches."""

    def __init__(self) -> None:
        self._width = LimbWidth(_WRIST_OFFSET_NOISE)
        self._bend = Calm(_BEND_NOISE)
        self._bare = Calm(_BARE_NOISE)

    def update(self, hand_id: int, view: HandView, palm: Array, look: bool) -> WristPose:
        """Return the pose of a frame; look for the arm's edges in the picture first, if asked.

        Parameters
        ----------
        hand_id : int
        view : HandView
        palm : ndarray, shape (3, 3)
            Rotation of the palm, camera axes.
        look : bool
        """
        camera, dt = view.camera, view.calm.dt_s
        wrist = view.joints[Lm.WRIST]
        to_px = camera.fx / wrist[2]
        guess = unit(view.points[Lm.WRIST] - view.points[list(KNUCKLES)].mean(axis=0))
        normal = np.array([-guess[1], guess[0]])
        shown = float(np.linalg.norm(view.points[Lm.MIDDLE_MCP] - view.points[Lm.WRIST]))
        squeeze = _visible_share(palm, wrist)
        expected = wrists.WIDTH_TO_PALM * view.palm_m * squeeze
        if look and view.is_clear and self._width.wants_to_look():
            seen = wrists.look_at_wrist(
                view.image, view.points, shown, (self._width.ratio or 1.0) * expected * to_px
            )
            self._bare.update(seen.bare, dt)
            ratio = 0.0 if seen.width_px is None else seen.width_px / (expected * to_px)
            if seen.width_px is None or not _WRIST_LIMITS[0] < ratio < _WRIST_LIMITS[1]:
                if self._width.miss(dt):
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
        if _is_outside(camera.project(origin[None])[0], camera, 0.5 * half * to_px):
            bare = -view.palm_m
        radii = (half, half / _WRIST_RATIO)
        return WristPose(
            hand_id,
            view.handedness,
            RigidTransform(rotation, origin),
            radii,
            bare - surface_lead(rotation, radii, wrist),
            1.0 if self._width.ratio is not None else 0.5,
        )


def _is_outside(point_image: Array, camera: Camera, margin_px: float) -> bool:
    """Whether a place is so far outside the picture that nothing is known of what is there."""
    size = np.array([camera.width, camera.height])
    return bool(((point_image < -margin_px) | (point_image > size + margin_px)).any())


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


def surface_lead(rotation: Array, radii: tuple[float, float], wrist: Array) -> float:
    """Return how much nearer to the elbow skin in view seems to be than it is, metres.

    Of a circle round an arm that leads away from the camera the near half is seen, which in the
    picture lies on the elbow's side of the circle's centre.

    Parameters
    ----------
    rotation : ndarray, shape (3, 3)
        The wrist's axes, camera space.
    radii : tuple of float
        Half-axes along x and z, metres.
    wrist : ndarray, shape (3,)
        Where it is, camera space.
    """
    x, along, z = -(rotation.T @ unit(wrist))
    level = max(float(np.hypot(x, z)), _LEAST_DEPTH_SLOPE)
    near = float(np.hypot(radii[0] * x, radii[1] * z)) / level
    return near * float(along) / level


def _angle(a: Array, b: Array) -> float:
    """Signed angle from one direction in the picture to another."""
    return float(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b))


def _turned(direction: Array, angle: float) -> Array:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array(
        [cos * direction[0] - sin * direction[1], sin * direction[0] + cos * direction[1]]
    )
