"""A bank card drawn into photographs of real people, held as a hand holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from ar_preview.fitting import HeadMeasurer, resized
from ar_preview.frames import Frame
from ar_preview.geometry import Camera, RigidTransform, so3_exp
from ar_preview.landmarks import FaceLandmark
from ar_preview.measuring import find_card
from ar_preview.registration import Registration
from ar_preview.sources import open_source
from ar_preview.tracking import FaceTracker, load_face_model
from tests.cards import draw_card

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ar_preview.geometry import Array
    from ar_preview.person import Measurements, Person
    from ar_preview.poses import HeadPose

pytestmark = [pytest.mark.slow, pytest.mark.shared]

MIDDLE_OF_FOREHEAD = 151
SKIN_TO_CARD_M = 0.0015
LEANS = ((-0.25, 0.10, 0.05), (-0.15, -0.12, -0.06))
SIZES = (0.93, 1.06)
"""How much smaller or larger than the irises say the people are made by the card."""

SOURCES = (
    "photos/astronaut.png",
    "photos/single_face.jpg",
    "photos/stock-models-9.jpg",
    "photos/stock-emotions-a-1.jpg",
    "photos/stock-emotions-a-6.jpg",
    "face/lp_s18_720p_talk.mp4",
    "face/lp_d20_dark_outdoor.mp4",
    "face/mp_face_thumb_occlusion_720p.mp4",
)


@pytest.fixture
def tracker() -> Iterator[FaceTracker]:
    tracker = FaceTracker(continuous=False)
    yield tracker
    tracker.close()


def registered(frame: Frame, camera: Camera, tracker: FaceTracker) -> tuple[HeadPose, Person]:
    poses, persons = Registration(load_face_model(), continuous=False).update(
        frame, tracker.track(frame), camera
    )
    return poses.heads[0], persons[0]


def held(head: HeadPose, size: float, lean: tuple[float, float, float]) -> RigidTransform:
    """Card on the forehead of a head enlarged about the camera: it looks the same."""
    skin = head.vertices_camera[[MIDDLE_OF_FOREHEAD, FaceLandmark.FOREHEAD_TOP]].mean(axis=0)
    rotation = head.camera_from_head.rotation
    turned = rotation @ so3_exp(np.array(lean)) @ np.diag([1.0, -1.0, -1.0])
    return RigidTransform(turned, size * skin + SKIN_TO_CARD_M * rotation[:, 2])


def photograph(image: Array, camera: Camera, card: RigidTransform, seed: int) -> Frame:
    drawn = cv2.GaussianBlur(draw_card(image, camera, card, (150, 40, 48)), (0, 0), 0.5)
    noisy = drawn + np.random.default_rng(seed).normal(0.0, 1.5, drawn.shape)
    return Frame(np.clip(np.round(noisy), 0, 255).astype(np.uint8))


def widths(person: Person) -> Array:
    found: Measurements | None = HeadMeasurer(load_face_model()).measure(person)
    assert found is not None
    return np.array([found.pupil_distance_mm.value, found.face_width_mm.value])


def test_a_card_sizes_real_people(shared_data: Path, tracker: FaceTracker) -> None:
    errors, depths = [], []
    for index, source in enumerate(SOURCES):
        with open_source(shared_data / source) as opened:
            bare = next(opened)
        camera = Camera.from_fov(bare.size, 45.0)
        head, person = registered(Frame(bare.image), camera, tracker)
        for size, lean in zip(SIZES, LEANS, strict=True):
            true = resized(person, person.scale.scaled(size))
            card = held(head, size, lean)
            frame = photograph(bare.image, camera, card, index)
            seen, before = registered(frame, camera, tracker)
            sighting = find_card(frame.image, camera, seen)
            depths.append(sighting.camera_from_card.translation[2] / card.translation[2] - 1.0)
            measured = resized(before, sighting.size_factor.scaled(before.scale.value))
            errors.append(widths(measured) / widths(true) - 1.0)
    assert len(errors) == 16
    # The card itself is found where it was held.
    assert np.median(np.abs(depths)) < 0.001
    assert np.max(np.abs(depths)) < 0.006
    # Landmarks move when a card covers part of the face: up to 3 % in one photograph, and
    # with other noise the median of the face's width wanders between 1.0 and 1.2 %.
    median, worst = (f(np.abs(errors), axis=0) for f in (np.median, np.max))
    assert median[0] < 0.01, median
    assert median[1] < 0.0125, median
    assert worst[0] < 0.03, worst
    assert worst[1] < 0.04, worst
