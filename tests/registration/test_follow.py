"""Steadying, and changing over between the picture and the landmarks."""

from __future__ import annotations

import numpy as np
import pytest

from ar_preview.geometry import Camera, ImageSize, RigidTransform
from ar_preview.landmarks import MESH_SIZE
from ar_preview.registration.follow import Followed, HeadFollower
from ar_preview.registration.steady import SteadyPose, blended, pixel_distance, pixel_spread
from ar_preview.tracking import load_face_model
from tests.people import pose
from tests.skin import picture

CAMERA = Camera.from_fov(ImageSize(640, 480), 60.0)
MODEL = load_face_model()
WORN = MODEL.vertices_head[[168, 33, 263, 127, 356]]
FRAME_NS = 33_333_333


def head(yaw_deg: float, x_mm: float = 0.0) -> RigidTransform:
    base = pose(yaw_deg, 0.0, 0.45)
    return RigidTransform(base.rotation, base.translation + [x_mm / 1e3, 0.0, 0.0])


def apart(a: RigidTransform, b: RigidTransform) -> float:
    return pixel_distance(a, b, WORN, CAMERA)


def nudged(truth: RigidTransform, rng: np.random.Generator, size: float) -> RigidTransform:
    off = RigidTransform.from_rotation_vector(rng.normal(0, size, 3))
    return RigidTransform(off.rotation @ truth.rotation, truth.translation)


def test_rest_is_calmed_and_motion_is_not_delayed() -> None:
    rng = np.random.default_rng(0)
    steady, raw, calm = SteadyPose(), [], []
    for _ in range(60):
        measured = nudged(head(0.0), rng, 2e-4)
        raw.append(CAMERA.project(measured @ WORN))
        calm.append(CAMERA.project(steady.update(measured, 0.5, WORN, CAMERA) @ WORN))
    assert np.abs(np.diff(calm, axis=0)).mean() < 0.25 * np.abs(np.diff(raw, axis=0)).mean()
    for k in range(20):
        truth = head(2.0 * k)
        assert apart(steady.update(truth, 0.5, WORN, CAMERA), truth) < 0.3


def test_a_measurement_counts_by_its_information() -> None:
    measured, expected = head(3.0), head(0.0)
    weak, strong = 1e-3 * np.eye(6), 1e12 * np.eye(6)
    assert apart(blended(measured, strong, expected, 1.0, WORN, CAMERA), measured) < 1e-2
    assert apart(blended(measured, weak, expected, 1.0, WORN, CAMERA), expected) < 0.2
    assert pixel_spread(measured, 1e8 * np.eye(6), WORN, CAMERA) == pytest.approx(
        10 * pixel_spread(measured, 1e10 * np.eye(6), WORN, CAMERA), rel=1e-3
    )


class Clip:
    """Feeds a follower with drawn pictures and landmarks that are a little off."""

    def __init__(self, bias_deg: float = 0.0) -> None:
        self.follower = HeadFollower(MODEL)
        self.rng = np.random.default_rng(7)
        self.bias = RigidTransform.from_rotation_vector([0.0, np.radians(bias_deg), 0.0])
        self.time_ns = 0

    def step(self, truth: RigidTransform, gray: np.ndarray | None = None) -> Followed:
        self.time_ns += FRAME_NS
        landmark = nudged(truth, self.rng, 0.002) @ self.bias
        points = CAMERA.project(truth @ MODEL.vertices_head)[:MESH_SIZE]
        image = picture(CAMERA, truth) if gray is None else gray
        return self.follower.update(image, CAMERA, landmark, points, self.time_ns)


def test_the_picture_is_steadier_than_the_landmarks() -> None:
    clip = Clip()
    shown = [clip.step(head(0.0)) for _ in range(12)]
    seen = np.array([CAMERA.project(s.camera_from_head @ WORN) for s in shown])
    assert all(s.from_picture for s in shown[1:])
    assert np.abs(np.diff(seen[2:], axis=0)).max() < 0.1


def test_handing_over_and_back_makes_no_jump() -> None:
    clip = Clip(bias_deg=1.0)
    blind = np.full((480, 640), 90, np.uint8)
    shown, sources = [], []
    for k in range(24):
        result = clip.step(head(0.5 * k), blind if 10 <= k < 16 else None)
        shown.append(CAMERA.project(result.camera_from_head @ WORN))
        sources.append(result.from_picture)
    assert sources[1:10] == [True] * 9
    assert sources[10:16] == [False] * 6
    assert sources[16:] == [True] * 8
    true = np.array([CAMERA.project(head(0.5 * k) @ WORN) for k in range(24)])
    residual = np.array(shown) - true
    jumps = np.linalg.norm(np.diff(residual, axis=0), axis=-1).mean(axis=1)
    assert jumps.max() < 1.5


def test_after_a_gap_the_same_map_is_found_again() -> None:
    clip = Clip()
    before = [clip.step(head(0.4 * k)) for k in range(6)][-1]
    clip.time_ns += 2_000_000_000
    back = clip.step(head(6.0, x_mm=8.0))
    assert before.from_picture
    assert back.from_picture
    base = apart(before.camera_from_head, head(2.0))
    assert apart(back.camera_from_head, head(6.0, x_mm=8.0)) < base + 0.5


def test_another_camera_starts_anew() -> None:
    clip = Clip()
    for _ in range(3):
        clip.step(head(0.0))
    other = Camera.from_fov(ImageSize(640, 480), 50.0)
    gray = picture(other, head(0.0))
    points = other.project(head(0.0) @ MODEL.vertices_head)
    result = clip.follower.update(gray, other, head(0.0), points, clip.time_ns + FRAME_NS)
    assert not result.from_picture
    np.testing.assert_allclose(result.camera_from_head.matrix, head(0.0).matrix, atol=1e-12)


def test_following_is_deterministic() -> None:
    def run() -> list[np.ndarray]:
        clip = Clip()
        return [clip.step(head(3.0 * k)).camera_from_head.matrix for k in range(6)]

    np.testing.assert_array_equal(run(), run())
