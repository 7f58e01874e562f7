"""Noses of known width come out of pictures of their skin from several sides."""

from __future__ import annotations

import numpy as np
import pytest

from ar_preview.fitting.measure import bridge_width
from ar_preview.frames import ImageSize
from ar_preview.geometry import Array, Camera, RigidTransform
from ar_preview.landmarks import LEFT_EYE_RING, RIGHT_EYE_RING
from ar_preview.registration import NoseView, nose_view, refine_nose
from ar_preview.tracking import load_face_model
from ar_preview.workshop.samples.raster import interpolate, rasterise

MODEL = load_face_model()
TRACKED = MODEL.vertices_head
EYES = TRACKED[[*RIGHT_EYE_RING, *LEFT_EYE_RING]].mean(axis=0)
NOSE = MODEL.triangles[np.abs(TRACKED - EYES)[MODEL.triangles].max(axis=(1, 2)) < 0.045]
SIZE = ImageSize(200, 200)
CAMERA = Camera.from_fov(SIZE, 10.0)
FLIP = np.diag([1.0, -1.0, -1.0])


def true_face(wider: float) -> Array:
    """The canonical face with another nose."""
    away = TRACKED - EYES
    nose = np.exp(-((away[:, 0] / 0.020) ** 4) - ((away[:, 1] + 0.012) / 0.030) ** 4)
    face = TRACKED.copy()
    face[:, 0] += (wider - 1.0) * away[:, 0] * nose
    return face


def photograph(face_head: Array, yaw: float, seed: int) -> NoseView:
    """Freckled skin, which goes with the face, under light that does not."""
    turn = RigidTransform.from_rotation_vector([0.05, yaw, 0.0]).rotation
    pose = RigidTransform(turn @ FLIP, [0.0, 0.0, 0.6]) @ RigidTransform(np.eye(3), -EYES)
    points = pose @ face_head
    fragments = rasterise(CAMERA.project(points), points[:, 2], NOSE, SIZE)
    x, y = interpolate(fragments, NOSE, 1e3 * TRACKED[:, :2]).T
    rng = np.random.default_rng(0)
    skin = np.zeros(len(x))
    for angle, phase, fine in rng.uniform(0.0, 1.0, (40, 3)) * [2 * np.pi, 2 * np.pi, 2.5]:
        skin += np.sin(fine * (np.cos(angle) * x + np.sin(angle) * y) + phase)
    light = 0.01 * (points[:, 0] - points[:, 0].min())
    shade = interpolate(fragments, NOSE, light[:, None])[:, 0]
    noise = np.random.default_rng(seed).normal(0.0, 1.5, SIZE.height * SIZE.width)
    gray = 60.0 + noise
    gray[fragments.pixels] += 60.0 + 2.0 * skin + 2e4 * shade
    picture = np.clip(gray, 0, 255).reshape(SIZE.height, SIZE.width).astype(np.uint8)
    view = nose_view(np.stack([picture] * 3, axis=-1), CAMERA, pose, TRACKED, EYES)
    assert view is not None
    return view


def width(face_head: Array) -> float:
    found = bridge_width(face_head, MODEL.triangles, EYES)
    assert found is not None
    return found


@pytest.mark.parametrize("wider", [0.85, 1.15])
def test_a_nose_comes_out_as_wide_as_it_is(wider: float) -> None:
    truth = true_face(wider)
    views = [photograph(truth, yaw, k) for k, yaw in enumerate(np.linspace(-0.5, 0.5, 8))]
    relief = refine_nose(TRACKED, MODEL.triangles, EYES, views)
    assert relief is not None
    assert abs(width(TRACKED) / width(truth) - 1.0) > 0.1
    assert width(relief.face_head) == pytest.approx(width(truth), rel=0.03)
    assert relief.unseen < 0.2


def test_a_head_that_does_not_turn_shows_no_relief() -> None:
    views = [photograph(true_face(1.15), 0.01 * k, k) for k in range(8)]
    assert refine_nose(TRACKED, MODEL.triangles, EYES, views) is None


def test_too_few_pictures_tell_nothing() -> None:
    views = [photograph(TRACKED, yaw, 0) for yaw in (-0.3, 0.3)]
    assert refine_nose(TRACKED, MODEL.triangles, EYES, views) is None
