"""Bodies whose trunk is known, as a perfect tracker would see them."""

from __future__ import annotations

import numpy as np

from ar_preview.geometry import RigidTransform, rotation_between, so3_exp
from ar_preview.landmarks import BODY_SIZE, BodyLandmark
from ar_preview.person import Interval, Person
from ar_preview.poses import HeadPose
from ar_preview.registration.anatomy import complete_head
from ar_preview.registration.trunk import TrunkRegistration
from ar_preview.tracking import load_face_model
from ar_preview.tracks import BodyTrack
from tests.people import CAMERA, pose

MODEL = load_face_model()
HEAD = complete_head(MODEL.vertices_head, MODEL.vertices_head)
PERSON = Person(0, Interval(1.0, 0.9, 1.1), HEAD)
SECOND = 1_000_000_000

SHOULDERS_TRUNK = np.array([[0.15, 0.015, 0.0], [-0.15, 0.015, 0.0]])
ELBOWS_TRUNK = np.array([[0.2, -0.25, 0.0], [-0.2, -0.25, 0.0]])


def head(yaw: float = 0.0, at: tuple[float, float] = (0.0, -0.15)) -> HeadPose:
    facing = pose(yaw, 0.0, 0.9)
    there = RigidTransform(facing.rotation, facing.translation + [*at, 0.0])
    return HeadPose(0, there, there @ MODEL.vertices_head)


def body_of(trunk: RigidTransform, raised: float = 0.0) -> BodyTrack:
    """What the tracker would see at its best, the left shoulder raised by some metres.

    It leans to one side, as `ar_preview.registration.trunk` knows of it.
    """
    points = np.tile(trunk.translation, (BODY_SIZE, 1))
    shoulders = SHOULDERS_TRUNK + np.array([[0.0, raised, 0.0], [0.0, 0.0, 0.0]])
    points[[BodyLandmark.LEFT_SHOULDER, BodyLandmark.RIGHT_SHOULDER]] = trunk @ shoulders
    points[[BodyLandmark.LEFT_ELBOW, BodyLandmark.RIGHT_ELBOW]] = trunk @ ELBOWS_TRUNK
    # Shoulders are seen as if they were all as far away as the neck, and along the line to it.
    flat = points * [1.0, 1.0, 0.0] + [0.0, 0.0, trunk.translation[2]]
    towards = rotation_between([0.0, 0.0, 1.0], trunk.translation)
    lean = so3_exp([0.0, np.radians(-4.7), 0.0]) @ so3_exp([0.0, 0.0, np.radians(-2.1)])
    world = (points - trunk.translation) @ towards @ lean.T
    return BodyTrack(0, CAMERA.project(flat), world, np.ones(BODY_SIZE))


def turned(guess: RigidTransform, heading: float, tilt: float = 0.0) -> RigidTransform:
    """A trunk at the place of another, turned about the camera's axes, degrees."""
    turn = so3_exp([0.0, np.radians(-heading), 0.0]) @ so3_exp([0.0, 0.0, np.radians(tilt)])
    return RigidTransform(turn @ guess.rotation, guess.translation)


def heading_of(trunk: RigidTransform) -> float:
    x = trunk.rotation[:, 0]
    return float(np.degrees(np.arctan2(x[2], x[0])))


def told(
    seen: HeadPose, body: BodyTrack | None, trunks: TrunkRegistration | None = None, at: int = 0
) -> HeadPose:
    trunks = trunks or TrunkRegistration()
    (found,) = trunks.update([(seen, PERSON)], [] if body is None else [body], CAMERA, at)
    return found
