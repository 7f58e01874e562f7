"""A face and all its poses at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ar_preview.geometry import Camera, RigidTransform, so3_exp
from ar_preview.landmarks import STIFF_LANDMARKS
from ar_preview.registration.picture.batch import Prior, Sighting, adjust_face
from ar_preview.registration.picture.motion import SkinMotion
from ar_preview.tracking import load_face_model

MODEL = load_face_model()
CAMERA = Camera.from_fov((1280, 720), 70.0)
POINTS = MODEL.vertices_head[list(STIFF_LANDMARKS)]
NORMALS = POINTS / np.linalg.norm(POINTS, axis=1, keepdims=True)
ALL = np.arange(len(POINTS))


def turned(yaw: float, pitch: float) -> RigidTransform:
    front = np.diag([1.0, -1.0, -1.0])
    rotation = so3_exp(np.radians([pitch, yaw, 0.0])) @ front
    return RigidTransform(rotation, np.array([0.02 * yaw / 30.0, 0.01, 0.5]))


TRUE = [turned(yaw, 0.4 * yaw - 3.0) for yaw in np.linspace(-30.0, 30.0, 13)]


def sightings(face: np.ndarray, grimace: tuple[int, ...] = ()) -> list[Sighting]:
    """Return what is seen of a face, brows up and cheeks up in some of the pictures."""
    generator = np.random.default_rng(7)
    seen = []
    for k, pose in enumerate(TRUE):
        skin = SkinMotion(np.array([0.003, 0.0, 0.004, 0.0]) if k in grimace else np.zeros(4))
        points = CAMERA.project(pose @ (face + skin.offsets(face)))
        start = RigidTransform(
            so3_exp(generator.normal(0.0, 0.01, 3)) @ pose.rotation,
            pose.translation + generator.normal(0.0, 0.002, 3),
        )
        whitening = np.tile(np.eye(2) / 0.3, (len(face), 1, 1))
        seen.append(Sighting(start, SkinMotion(), ALL, points, whitening))
    return seen


def apart(found: tuple[RigidTransform, ...], face: np.ndarray, true: np.ndarray) -> float:
    """How far the faces differ in the pictures, rms, px."""
    gaps = [
        CAMERA.project(a @ face) - CAMERA.project(b @ true)
        for a, b in zip(found, TRUE, strict=True)
    ]
    return float(np.sqrt(np.mean(np.square(gaps))))


def test_poses_and_a_face_unlike_the_landmarks_are_found() -> None:
    bend = 0.003 * np.cos(30.0 * POINTS[:, :1])
    true = POINTS + bend * NORMALS
    seen = sightings(true)
    expected = [pose.rotation for pose in TRUE]
    face, poses = adjust_face(seen, expected, POINTS, Prior(POINTS, NORMALS), CAMERA)
    assert apart(tuple(s.camera_from_head for s in seen), POINTS, true) > 2.0
    assert apart(poses, face, true) < 0.1
    relative = [(a @ poses[6].inverse()).rotation_vector for a in poses]
    goal = [(a @ TRUE[6].inverse()).rotation_vector for a in TRUE]
    assert np.degrees(np.abs(np.subtract(relative, goal))).max() < 0.2


@pytest.mark.parametrize("grimace", [(0, 1, 2), (10, 11, 12)])
def test_a_grimace_at_either_end_of_a_recording_is_none_of_the_face(grimace: tuple[int]) -> None:
    seen = sightings(POINTS, grimace)
    expected = [pose.rotation for pose in TRUE]
    face, poses = adjust_face(seen, expected, POINTS, Prior(POINTS, NORMALS), CAMERA)
    still = [k for k in range(len(TRUE)) if k not in grimace]
    gaps = [CAMERA.project(poses[k] @ face) - CAMERA.project(TRUE[k] @ POINTS) for k in still]
    assert np.sqrt(np.mean(np.square(gaps))) < 0.3


def test_the_order_of_the_pictures_does_not_matter() -> None:
    seen = sightings(POINTS, (3, 4))
    expected = [None, *(pose.rotation for pose in TRUE[1:])]
    prior = Prior(POINTS, NORMALS)
    face, poses = adjust_face(seen, expected, POINTS, prior, CAMERA)
    back = adjust_face(seen[::-1], expected[::-1], POINTS, prior, CAMERA)
    np.testing.assert_allclose(back[0], face, atol=1e-8)
    for one, two in zip(poses, back[1][::-1], strict=True):
        np.testing.assert_allclose(one.matrix, two.matrix, atol=1e-7)


def test_features_that_nobody_sees_follow_the_surface() -> None:
    some = np.arange(0, len(POINTS), 2)
    true = POINTS + [0.0, 0.0, 0.002]
    seen = [
        replace(s, ids=some, points_image=s.points_image[some], whitening=s.whitening[some])
        for s in sightings(true)
    ]
    expected = [pose.rotation for pose in TRUE]
    face, _ = adjust_face(seen, expected, POINTS, Prior(POINTS, NORMALS), CAMERA)
    assert np.isfinite(face).all()
    assert np.linalg.norm(face - POINTS, axis=1).max() < 0.006
