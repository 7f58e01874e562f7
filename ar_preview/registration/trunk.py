"""Trunks: what is guessed from the head, corrected by shoulders that were seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform, rotation_between, so3_exp
from ar_preview.landmarks import BodyLandmark as Lm
from ar_preview.poses import TrunkPose
from ar_preview.posture import guessed_trunk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.geometry import Array, Camera
    from ar_preview.person import HeadShape, Person
    from ar_preview.poses import HeadPose
    from ar_preview.tracks import BodyTrack

__all__ = ["TrunkRegistration"]

_SHOULDERS = [Lm.LEFT_SHOULDER, Lm.RIGHT_SHOULDER]
_ARMS = [[Lm.LEFT_SHOULDER, Lm.LEFT_ELBOW], [Lm.RIGHT_SHOULDER, Lm.RIGHT_ELBOW]]

_VISIBLE = 0.5
"""Least visibility of shoulders that count."""

_WIDTH_SHARE = (0.6, 1.6)
"""How wide shoulders are seen, of what the tracker's own metres make of it at the distance of the
head. Right ones are at .75 to 1.2, a mouth or a hand taken for shoulders below .5."""

_UNLEANED = so3_exp([0.0, 0.0, np.radians(2.1)]) @ so3_exp([0.0, np.radians(4.7), 0.0])
"""Takes out of the tracker's metres that it leans to one side: in 42 pictures of 14 people it had
the left shoulder 4.7 degrees (standard deviation 3.7) farther away and 2.1 (2.5) higher than in the
mean with the same pictures mirrored."""

_ABOVE_NOTCH_M = 0.015
"""Shoulders are so much higher than the notch between the collarbones, where the base of the neck
is (heights of acromion and suprasternale, ANSUR II)."""

_TRUST = np.array([0.8, 0.7, 0.5, 0.5])
"""Share that what shoulders tell has beside the guess: of heading, tilt, and place across and along
the picture. The guess is taken to be off by 15 and 6 degrees and 2 cm (standard deviation),
shoulders by 7.5 and 4 degrees and 2 cm, as they can be raised, one or both, without the neck. In
still pictures looks differ from each other by 2 to 5 and 1 to 3 degrees and 1 cm."""

_MEMORY_S, _MEMORY_RAD, _MEMORY_M = 10.0, 1.0, 0.2
"""How long earlier looks count, and how far a head turns or moves until they do not."""

_EASE_S = 1.0
"""Time constant with which a change is shown."""

_FORGET_S = 4.0
"""After what time without shoulders only the guess is left."""

_GONE_NS = 2_000_000_000
_NO_ARMS = np.zeros((0, 2, 3))


class TrunkRegistration:
    """Puts trunks below heads; remembers by how much the guess was wrong.

    The correction is what is kept, and shown with every guess: between looks the trunk goes on
    sharing the head's turns. Without shoulders nothing is changed.

    Parameters
    ----------
    continuous : bool
        False where every frame is a picture of its own.
    """

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._known: dict[int, _Correction] = {}

    def update(
        self,
        found: Sequence[tuple[HeadPose, Person]],
        bodies: Sequence[BodyTrack],
        camera: Camera,
        timestamp_ns: int,
    ) -> tuple[HeadPose, ...]:
        """Return the poses of a frame's heads with their trunks, where shoulders told them.

        Parameters
        ----------
        found : sequence of tuple
            Heads with the persons they belong to.
        bodies : sequence of BodyTrack
            What was seen lately.
        camera : Camera
        timestamp_ns : int
            Of the frame.
        """
        self._forget(timestamp_ns)
        by_id = {body.id: body for body in bodies}
        poses = []
        for pose, person in found:
            if person.head is not None:
                body = by_id.get(pose.person_id)
                pose = self._with_trunk(pose, person.head, body, camera, timestamp_ns)
            poses.append(pose)
        return tuple(poses)

    def _forget(self, now: int) -> None:
        self._known = {
            key: known
            for key, known in self._known.items()
            if self._continuous and 0 <= now - known.time_ns <= _GONE_NS
        }

    def _with_trunk(
        self, pose: HeadPose, head: HeadShape, body: BodyTrack | None, camera: Camera, now: int
    ) -> HeadPose:
        guess = guessed_trunk(pose.camera_from_head, head)
        known = self._known.setdefault(pose.person_id, _Correction(now))
        seen = None if body is None else _seen(body, guess, camera)
        if seen is not None:
            known.learn(seen, pose.camera_from_head, now)
        correction, arms = known.step(now)
        if correction is None:
            return pose
        trunk = _corrected(guess, correction)
        return replace(pose, trunk=TrunkPose(trunk, trunk.translation + arms))


@dataclass(frozen=True, eq=False)
class _Seen:
    """What one look tells.

    Parameters
    ----------
    correction : ndarray, shape (4,)
        Of the guess: heading and tilt of the shoulders, radians, and place across and along the
        picture, metres.
    arms : ndarray, shape (2, 2, 3)
        Shoulder and elbow, left and right, from the corrected base of the neck, camera axes,
        metres.
    """

    correction: Array
    arms: Array

    def towards(self, other: _Seen, share: float) -> _Seen:
        """Return what lies a share of the way between this and another."""
        return _Seen(
            self.correction + share * (other.correction - self.correction),
            self.arms + share * (other.arms - self.arms),
        )


class _Correction:
    """By how much the guess is wrong for one person.

    Parameters
    ----------
    now : int
        Time of the first frame with this person, ns.
    """

    def __init__(self, now: int) -> None:
        self.time_ns = self._seen_ns = self._first_ns = now
        self._looks = 0.0
        self._goal: _Seen | None = None
        self._shown: _Seen | None = None
        self._head: RigidTransform | None = None

    def learn(self, seen: _Seen, camera_from_head: RigidTransform, now: int) -> None:
        """Take in what another look tells; earlier ones count the less the more has changed."""
        if self._goal is None or self._head is None:
            self._goal = seen
            guessed = _Seen(np.zeros(4), seen.arms)
            self._shown = seen if now == self._first_ns else guessed
        else:
            moved = camera_from_head @ self._head.inverse()
            away = camera_from_head.translation - self._head.translation
            change = (
                1e-9 * (now - self._seen_ns) / _MEMORY_S
                + float(np.linalg.norm(moved.rotation_vector)) / _MEMORY_RAD
                + float(np.linalg.norm(away)) / _MEMORY_M
            )
            self._looks *= float(np.exp(-change))
            self._goal = self._goal.towards(seen, 1.0 / (1.0 + self._looks))
        self._looks += 1.0
        self._seen_ns, self._head = now, camera_from_head

    def step(self, now: int) -> tuple[Array | None, Array]:
        """Return what is shown of the correction, None if nothing, and of arms that are known."""
        share = 1.0 - float(np.exp(-1e-9 * (now - self.time_ns) / _EASE_S))
        self.time_ns = now
        if self._goal is None or self._shown is None:
            return None, _NO_ARMS
        if 1e-9 * (now - self._seen_ns) < _FORGET_S:
            self._shown = self._shown.towards(self._goal, share)
            return self._shown.correction, self._shown.arms
        self._shown = self._shown.towards(_Seen(np.zeros(4), self._shown.arms), share)
        return self._shown.correction, _NO_ARMS


def _seen(body: BodyTrack, guess: RigidTransform, camera: Camera) -> _Seen | None:
    """Compare shoulders with a guessed trunk; None where they are not seen."""
    shoulders = body.points_image[_SHOULDERS]
    inside = (shoulders > 0.0).all() and (shoulders < [camera.width, camera.height]).all()
    depth = float(guess.translation[2])
    if not inside or body.visibility[_SHOULDERS].min() < _VISIBLE or depth <= 0.0:
        return None
    # The tracker sees everybody as if its camera looked straight at them.
    towards = rotation_between([0.0, 0.0, 1.0], camera.unproject(shoulders.mean(axis=0)))
    world = body.points_world @ _UNLEANED.T
    left, right = world[_SHOULDERS]
    across = towards @ (left - right)
    places = camera.unproject(shoulders, depth)
    wide = float(np.linalg.norm((left - right)[:2]))
    low, high = _WIDTH_SHARE
    if not low * wide < float(np.linalg.norm(places[0] - places[1])) < high * wide:
        return None
    base = places.mean(axis=0) - guess.rotation @ [0.0, _ABOVE_NOTCH_M, 0.0]
    turn = _heading_and_tilt(across) - _heading_and_tilt(guess.rotation[:, 0])
    turn[0] = (turn[0] + np.pi) % (2.0 * np.pi) - np.pi
    correction = _TRUST * np.append(turn, (base - guess.translation)[:2])
    middle = 0.5 * (left + right)
    depths = depth + ((world[_ARMS] - middle) @ towards.T)[..., 2]
    arms = camera.unproject(body.points_image[_ARMS].reshape(-1, 2), depths.reshape(-1))
    return _Seen(
        correction, arms.reshape(2, 2, 3) - guess.translation - np.append(correction[2:], 0.0)
    )


def _heading_and_tilt(across: Array) -> Array:
    """Return how a line to somebody's left turns away from the camera and falls, radians."""
    x, y, z = across
    return np.array([np.arctan2(z, x), np.arctan2(y, np.hypot(x, z))])


def _corrected(guess: RigidTransform, correction: Array) -> RigidTransform:
    """Return a trunk whose shoulders are turned and moved."""
    heading, tilt = _heading_and_tilt(guess.rotation[:, 0]) + correction[:2]
    across = [
        np.cos(tilt) * np.cos(heading),
        np.sin(tilt),
        np.cos(tilt) * np.sin(heading),
    ]
    turn = rotation_between(guess.rotation[:, 0], across)
    return RigidTransform(turn @ guess.rotation, guess.translation + np.append(correction[2:], 0.0))
