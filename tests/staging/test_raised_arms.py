"""Arms raised before a neck, and the outlines that pictures show of arms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from ar_preview.frames import Frame
from ar_preview.landmarks import FaceLandmark
from ar_preview.posture import guessed_trunk
from ar_preview.preview import Preview
from ar_preview.products.catalogue import load_product
from ar_preview.sources import open_source
from ar_preview.staging.arm_outline import outline_shift
from ar_preview.staging.raised_arms import RaisedArms
from tests.people import CAMERA, SIZE, blank
from tests.shoulders import HEAD, body_of, head, heading_of, told, turned

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.poses import HeadPose

RADIUS = 0.055
ARM = np.array([[0.05, 0.0, 0.8], [0.08, 0.25, 0.78]])
NECK = np.array([-0.1, 0.05, 0.9])
PX = CAMERA.fx * RADIUS / ARM[0, 2]


def raised() -> HeadPose:
    """Somebody turned to the right, the left shoulder at the chin."""
    seen = head()
    guess = guessed_trunk(seen.camera_from_head, HEAD)
    up = float(guess.translation[1] - seen.vertices_camera[FaceLandmark.CHIN, 1])
    return told(seen, body_of(turned(guess, -45.0), raised=up))


def picture(shift: float, contrast: int = 25, noise: float = 2.0) -> RgbImage:
    """A round arm before a chest of nearly its colour, beside its landmarks by some px."""
    rng = np.random.default_rng(1)
    shoulder, elbow = CAMERA.project(ARM)
    along = (elbow - shoulder) / np.linalg.norm(elbow - shoulder)
    y, x = np.mgrid[: SIZE.height, : SIZE.width] + 0.5
    # To the neck, which is to the left.
    off = ((x - shoulder[0]) * -along[1] + (y - shoulder[1]) * along[0]) - shift
    round_ = np.sqrt(np.clip(1.0 - (off / PX) ** 2, 0.0, 1.0))
    light = np.where(np.abs(off) < PX, 165.0 + 15.0 * round_, 165.0 - contrast)
    image = light[..., None] * [1.0, 0.8, 0.65] + noise * rng.normal(size=(*light.shape, 3))
    return np.clip(image, 0, 255).astype(np.uint8)


def across(shifts: Array) -> Array:
    shoulder, elbow = CAMERA.project(ARM)
    along = (elbow - shoulder) / np.linalg.norm(elbow - shoulder)
    return np.asarray(shifts @ [-along[1], along[0]])


@pytest.mark.parametrize("share", [-0.4, 0.0, 0.3, 0.7])
@pytest.mark.parametrize("contrast", [25, -30])
def test_the_outline_of_an_arm_is_found_beside_its_landmarks(share: float, contrast: int) -> None:
    image = picture(share * PX, contrast)
    found = outline_shift(image, CAMERA, ARM, RADIUS, NECK)
    np.testing.assert_allclose(across(found), share * PX, atol=0.12 * PX)
    # Along the arm nothing is known, so nothing moves.
    assert np.abs(found.sum(axis=0) @ np.array([0.12, 0.99])) < 0.2 * PX


def test_without_an_outline_an_arm_stays() -> None:
    noise = np.random.default_rng(1).normal(0.0, 3.0, blank().image.shape)
    for image in (blank().image, (140.0 + noise).astype(np.uint8)):
        assert not outline_shift(image, CAMERA, ARM, RADIUS, NECK).any()
    away = ARM + [3.0, 0.0, 0.0]
    assert not outline_shift(blank().image, CAMERA, away, RADIUS, NECK).any()
    assert not outline_shift(blank().image, CAMERA, 100.0 * ARM, RADIUS, NECK).any()


def test_only_an_arm_raised_before_the_neck_hides_a_necklace() -> None:
    def hiding(pose: HeadPose) -> bool:
        return bool(RaisedArms(False).of(blank(), CAMERA, pose))

    seen = head()
    guess = guessed_trunk(seen.camera_from_head, HEAD)
    up = float(guess.translation[1] - seen.vertices_camera[FaceLandmark.CHIN, 1])
    assert not hiding(seen)
    assert not hiding(told(seen, body_of(guess)))
    assert not hiding(told(seen, body_of(guess, raised=up)))
    assert not hiding(told(seen, body_of(turned(guess, -45.0))))
    found = raised()
    (arm,) = RaisedArms(False).of(blank(), CAMERA, found)
    assert found.trunk is not None
    shoulder = found.trunk.arms_camera[0, 0]
    nearest = float(arm.vertices_camera[:, 2].min())
    assert arm.over_skin
    assert shoulder[2] - 0.04 < nearest < found.trunk.camera_from_trunk.translation[2] - 0.04
    assert 0.1 < np.ptp(arm.vertices_camera[:, 0]) < 0.2


def test_an_arm_of_a_video_is_moved_to_its_outline_without_a_jump() -> None:
    found = raised()
    assert found.trunk is not None
    shoulder = CAMERA.project(found.trunk.arms_camera[0, 0])
    edge = int(shoulder[0] - 1.4 * CAMERA.fx * RADIUS / found.trunk.arms_camera[0, 0, 2])
    image = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)
    image[:, edge:] = 150
    image = cv2.GaussianBlur(image, (0, 0), 2.0)
    arms, places = RaisedArms(), []
    for k in range(40):
        shown = blank().image if k == 0 else image
        (arm,) = arms.of(Frame(shown, k, k * 33_333_333), CAMERA, found)
        places.append(CAMERA.project(arm.vertices_camera.astype(np.float64))[:, 0].min())
    (alone,) = RaisedArms(False).of(Frame(image), CAMERA, found)
    goal = CAMERA.project(alone.vertices_camera.astype(np.float64))[:, 0].min()
    assert places[0] - goal > 10.0
    assert places[-1] == pytest.approx(goal, abs=1.0)
    assert np.abs(np.diff(places)).max() < 0.15 * (places[0] - goal)


@pytest.mark.shared
def test_trunks_and_the_raised_shoulder_of_a_group(shared_data: Path) -> None:
    with (
        open_source(shared_data / "photos" / "group-3.jpg") as source,
        Preview([load_product("serena-strand")], continuous=False, num_faces=4) as preview,
    ):
        result = preview.step(next(source))
    heads = sorted(result.poses.heads, key=lambda p: p.camera_from_head.translation[0])
    assert len(heads) == 4
    trunks = [found.trunk for found in heads]
    turns = [0.0 if t is None else heading_of(t.camera_from_trunk) for t in trunks]
    # The first shows her right shoulder, the others, the third most of all, their left one.
    assert turns[0] > 25.0
    assert all(turn < -8.0 for turn in turns[1:])
    assert turns[2] < -25.0
    (arm,) = (o for o in result.scene.occluders if o.name == "arms")
    # The outline of her arm, where the chain meets it.
    points = result.scene.camera.project(arm.vertices_camera.astype(np.float64))
    near = points[np.abs(points[:, 1] - 665.0) < 40.0]
    assert near[:, 0].min() == pytest.approx(1272.0, abs=25.0)
