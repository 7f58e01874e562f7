from __future__ import annotations

import numpy as np
import pytest

from ar_preview.errors import MeasurementError
from ar_preview.geometry import Array, RigidTransform
from ar_preview.measuring import CARD_SIZE_M, find_card
from ar_preview.poses import HeadPose
from ar_preview.tracking import load_face_model
from tests.cards import draw_card
from tests.people import CAMERA, pose

FOREHEAD = np.array([0.0, 0.070, 0.0505])
"""Before the forehead of the canonical face."""


def head_at(camera_from_head: RigidTransform, size: float = 1.0) -> HeadPose:
    """The canonical face as it is measured when its size is thought to be `1 / size`."""
    vertices = load_face_model().vertices_head
    return HeadPose(
        0,
        RigidTransform(camera_from_head.rotation, camera_from_head.translation / size),
        (camera_from_head @ vertices) / size,
    )


def scene(
    camera_from_head: RigidTransform,
    turn_deg: tuple[float, float, float] = (-4.0, 3.0, 6.0),
    colour: tuple[int, int, int] = (24, 60, 120),
) -> tuple[Array, RigidTransform]:
    """Skin, hair and background with a card at the forehead, and the card's pose."""
    y, x = np.mgrid[0:720, 0:1280]
    image = np.full((720, 1280, 3), (118.0, 126.0, 138.0))
    middle = CAMERA.project(camera_from_head.translation)
    px = CAMERA.fx / camera_from_head.translation[2]
    oval = ((x - middle[0]) / (0.085 * px)) ** 2 + ((y - middle[1]) / (0.115 * px)) ** 2
    image[oval < 1] = (214.0, 170.0, 148.0)
    image[(oval < 1.25) & (y < middle[1] - 0.072 * px)] = (70.0, 52.0, 38.0)
    flip = RigidTransform(np.diag([1.0, -1.0, -1.0]), np.zeros(3))
    turn = RigidTransform.from_rotation_vector(np.radians(turn_deg))
    at = RigidTransform(np.eye(3), FOREHEAD)
    camera_from_card = camera_from_head @ at @ flip @ turn
    image = draw_card(image, CAMERA, camera_from_card, colour)
    noise = np.random.default_rng(1).normal(0.0, 1.5, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8), camera_from_card


@pytest.mark.parametrize("colour", [(24, 60, 120), (40, 40, 44), (236, 232, 224)])
@pytest.mark.parametrize(("distance_m", "yaw"), [(0.45, 0.0), (0.6, 8.0), (0.8, -10.0)])
def test_a_card_is_found_and_sets_the_size(
    distance_m: float, yaw: float, colour: tuple[int, int, int]
) -> None:
    at = pose(yaw_deg=yaw, distance_m=distance_m)
    image, truth = scene(at, colour=colour)
    for size in (0.88, 1.1):
        found = find_card(image, CAMERA, head_at(at, size))
        off = found.camera_from_card.translation - truth.translation
        assert np.abs(off).max() < 0.004 * distance_m
        assert found.error_px < 0.5
        # Half a turn about the normal looks the same: compare the normals.
        normals = found.camera_from_card.rotation[:, 2] @ truth.rotation[:, 2]
        assert np.degrees(np.arccos(min(1.0, abs(float(normals))))) < 5.0
        assert found.size_factor.low < size < found.size_factor.high
        assert found.size_factor.value == pytest.approx(size, rel=0.01)


def test_corners_are_where_the_sides_would_meet() -> None:
    at = pose()
    image, truth = scene(at)
    half = np.array([*CARD_SIZE_M, 0.0]) / 2
    model = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * half
    corners = CAMERA.project(truth @ model)
    found = find_card(image, CAMERA, head_at(at)).corners_image
    nearest = np.linalg.norm(found[:, None] - corners, axis=2).min(axis=1)
    assert nearest.max() < 0.35


def test_a_card_that_leans_on_the_tip_of_the_chin_sets_the_size() -> None:
    at = pose(distance_m=0.4)
    vertices = load_face_model().vertices_head
    lean = RigidTransform.from_rotation_vector(np.radians([15.0, 0.0, 0.0]))
    under = np.abs(vertices - [0.0, -0.085, 0.0])[:, :2].max(axis=1) < 0.02
    # How far each point of the chin is out along the card's normal: the furthest one touches.
    out = (vertices[under] @ lean.rotation)[:, 2].max() + 0.0015
    centre = lean @ np.array([0.0, (lean.inverse() @ [0.0, -0.095, 0.05])[1], out])
    camera_from_card = at @ RigidTransform(lean.rotation @ np.diag([1.0, -1.0, -1.0]), centre)
    image = draw_card(np.full((720, 1280, 3), 170.0), CAMERA, camera_from_card)
    found = find_card(image.astype(np.uint8), CAMERA, head_at(at, 0.8))
    assert found.size_factor.value == pytest.approx(0.8, rel=0.01)


def test_without_a_card_there_is_no_size() -> None:
    at = pose()
    skin = np.full((720, 1280, 3), (214, 170, 148), np.uint8)
    with pytest.raises(MeasurementError, match="no bank card"):
        find_card(skin, CAMERA, head_at(at))
    # A book page of another shape at the same place is no card.
    image = skin.copy()
    y, x = (CAMERA.project(at @ FOREHEAD)[::-1]).astype(int)
    image[y - 70 : y + 70, x - 75 : x + 75] = (30, 60, 120)
    with pytest.raises(MeasurementError, match="no bank card"):
        find_card(image, CAMERA, head_at(at))


def test_two_cards_of_different_size_are_refused() -> None:
    at = pose(distance_m=0.5)
    image, _ = scene(at)
    chin = at @ RigidTransform(np.diag([1.0, -1.0, -1.0]), np.array([0.0, -0.088, 0.048]))
    smaller = RigidTransform(chin.rotation, chin.translation + [0.0, 0.0, 0.05])
    both = draw_card(image.astype(np.float64), CAMERA, smaller, (150, 30, 40))
    with pytest.raises(MeasurementError, match="more than one"):
        find_card(np.clip(both, 0, 255).astype(np.uint8), CAMERA, head_at(at))
