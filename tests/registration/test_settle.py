"""Every picture of a recording is looked at a second time, on a face whose motion is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ar_preview.geometry import Camera, ImageSize, RigidTransform
from ar_preview.registration.picture import PictureTracker, Sighting
from ar_preview.tracking import load_face_model
from tests.people import pose
from tests.skin import picture

CAMERA = Camera.from_fov(ImageSize(640, 480), 60.0)
MODEL = load_face_model()
WORN = MODEL.vertices_head[[168, 33, 263, 127, 356]]
TRUE = [pose(float(yaw), 0.3 * abs(float(yaw)), 0.5) for yaw in np.linspace(-15.0, 15.0, 9)]


@pytest.fixture(scope="module")
def passing() -> tuple[PictureTracker, list[Sighting]]:
    """Follow the face, and say wrongly where in the pictures its features are."""
    tracker = PictureTracker(
        MODEL, CAMERA, picture(CAMERA, TRUE[0]), TRUE[0], MODEL.vertices_head.copy()
    )
    rng = np.random.default_rng(3)
    sightings = []
    for true in TRUE[1:]:
        start = RigidTransform(true.rotation, true.translation + [0.002, 0.001, 0.004])
        assert tracker.track(picture(CAMERA, true, noise=2.0), [start]) is not None
        seen = tracker.sighting
        wrong = rng.normal(0.0, 3.0, seen.points_image.shape)
        sightings.append(replace(seen, points_image=seen.points_image + wrong))
    return tracker, sightings


def error(tracker: PictureTracker, sightings: list[Sighting]) -> float:
    """How far what is worn is off, rms, px."""
    expected = [true.rotation for true in TRUE[1:]]
    found = tracker.settle(sightings, expected, MODEL.vertices_head, CAMERA)
    gaps = [
        CAMERA.project(s.camera_from_head @ WORN) - CAMERA.project(true @ WORN)
        for s, true in zip(found, TRUE[1:], strict=True)
    ]
    wandering = np.array(gaps) - np.mean(gaps, axis=0)
    return float(np.sqrt((wandering**2).sum(axis=2).mean()))


def test_a_second_look_forgets_what_was_wrong_in_passing(
    passing: tuple[PictureTracker, list[Sighting]],
) -> None:
    tracker, sightings = passing
    once = error(tracker, [replace(s, skin_seen=None) for s in sightings])
    assert error(tracker, sightings) < 0.6 * once
