"""Trunks told by shoulders, against trunks whose pose is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.frames import Frame
from ar_preview.geometry import RigidTransform
from ar_preview.landmarks import BodyLandmark
from ar_preview.posture import camera_from_trunk, guessed_trunk
from ar_preview.preview import Preview
from ar_preview.products.catalogue import load_product
from ar_preview.registration.trunk import TrunkRegistration
from ar_preview.sources import open_source
from ar_preview.tracks import BodyTrack
from tests.people import CAMERA
from tests.shoulders import HEAD, SECOND, body_of, head, heading_of, told, turned

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.geometry import Array
    from ar_preview.poses import HeadPose


def as_matrix(found: HeadPose) -> Array:
    return np.asarray(camera_from_trunk(found, HEAD).matrix)


@pytest.mark.parametrize("yaw", [0.0, 25.0])
@pytest.mark.parametrize("heading", [-50.0, -15.0, 30.0])
def test_a_trunk_is_turned_most_of_the_way_to_its_shoulders(yaw: float, heading: float) -> None:
    seen = head(yaw)
    guess = guessed_trunk(seen.camera_from_head, HEAD)
    found = told(seen, body_of(turned(guess, heading)))
    assert found.trunk is not None
    share = (heading_of(found.trunk.camera_from_trunk) - heading_of(guess)) / heading
    assert 0.7 < share < 0.9
    # A turn about the vertical raises no shoulder and moves no neck.
    change = found.trunk.camera_from_trunk.rotation @ guess.rotation.T
    assert change[1, 1] > 0.995
    np.testing.assert_allclose(
        found.trunk.camera_from_trunk.translation, guess.translation, atol=0.004
    )


def test_a_trunk_takes_part_of_tilt_and_place_of_its_shoulders() -> None:
    seen = head()
    guess = guessed_trunk(seen.camera_from_head, HEAD)
    tilted = turned(guess, 0.0, 12.0)
    there = RigidTransform(tilted.rotation, guess.translation + [0.02, -0.03, 0.0])
    trunk = camera_from_trunk(told(seen, body_of(there)), HEAD)
    fall = np.degrees(np.arcsin(trunk.rotation[1, 0]) - np.arcsin(guess.rotation[1, 0]))
    assert fall == pytest.approx(0.7 * 12.0, abs=0.5)
    np.testing.assert_allclose(
        trunk.translation - guess.translation, [0.01, -0.015, 0.0], atol=0.002
    )


def test_somebody_at_the_edge_who_faces_the_camera_is_turned_to_it() -> None:
    aside = head(at=(0.3, -0.15))
    guess = guessed_trunk(aside.camera_from_head, HEAD)
    along = np.degrees(np.arctan2(guess.translation[0], guess.translation[2]))
    found = told(aside, body_of(turned(guess, -along)))
    assert heading_of(camera_from_trunk(found, HEAD)) == pytest.approx(-0.8 * along, abs=1.0)


@pytest.mark.parametrize("what", ["outside", "hidden", "narrow", "nobody", "somebody else"])
def test_without_shoulders_the_guess_stays(what: str) -> None:
    seen = head()
    body = body_of(turned(guessed_trunk(seen.camera_from_head, HEAD), 30.0))
    points, visibility, key = body.points_image.copy(), body.visibility.copy(), 0
    if what == "outside":
        points[BodyLandmark.LEFT_SHOULDER, 1] = CAMERA.height + 5.0
    if what == "hidden":
        visibility[BodyLandmark.RIGHT_SHOULDER] = 0.3
    if what == "narrow":
        points[BodyLandmark.LEFT_SHOULDER] = points[BodyLandmark.RIGHT_SHOULDER] + [30.0, 0.0]
    if what == "somebody else":
        key = 4
    changed = BodyTrack(key, points, body.points_world, visibility)
    found = told(seen, None if what == "nobody" else changed)
    assert found is seen
    np.testing.assert_array_equal(
        as_matrix(found), guessed_trunk(seen.camera_from_head, HEAD).matrix
    )


def test_shoulders_that_come_into_sight_move_nothing_at_once() -> None:
    seen, trunks = head(), TrunkRegistration()
    guess = guessed_trunk(seen.camera_from_head, HEAD)
    body = body_of(turned(guess, 30.0))
    assert told(seen, None, trunks) is seen
    headings = [
        heading_of(camera_from_trunk(told(seen, body if k == 1 else None, trunks, k * step), HEAD))
        for step in (SECOND // 30,)
        for k in range(1, 100)
    ]
    assert abs(headings[0]) < 2.0
    assert np.abs(np.diff(headings)).max() < 1.0
    assert headings[-1] == pytest.approx(24.0, abs=1.5)


def test_looks_that_differ_are_averaged_while_nobody_moves() -> None:
    seen, trunks = head(), TrunkRegistration()
    guess = guessed_trunk(seen.camera_from_head, HEAD)
    rng = np.random.default_rng(3)
    headings = []
    for k in range(20 * 30):
        body = body_of(turned(guess, 20.0 + 4.0 * rng.normal())) if k % 30 == 0 else None
        headings.append(
            heading_of(camera_from_trunk(told(seen, body, trunks, k * SECOND // 30), HEAD))
        )
    late = np.array(headings[-300:])
    assert late.mean() == pytest.approx(16.0, abs=2.0)
    assert late.std() < 1.5
    # A degree moves the front of a chain by less than 2 px: it drifts, nothing trembles.
    assert np.abs(np.diff(late)).max() < 0.1


def test_a_trunk_that_turns_with_its_head_is_followed_soon() -> None:
    trunks = TrunkRegistration()
    for k in range(10):
        seen = head()
        told(seen, body_of(guessed_trunk(seen.camera_from_head, HEAD)), trunks, k * SECOND)
    away = head(40.0, at=(0.1, -0.15))
    guess = guessed_trunk(away.camera_from_head, HEAD)
    goal = heading_of(turned(guess, 45.0))
    body = body_of(turned(guess, 45.0))
    found = away
    for k in range(10 * 30, 14 * 30):
        found = told(away, body if k % 30 == 0 else None, trunks, k * SECOND // 30)
    reached = heading_of(camera_from_trunk(found, HEAD)) - heading_of(guess)
    assert reached > 0.5 * (goal - heading_of(guess))


def test_what_shoulders_told_is_given_up_gently() -> None:
    seen, trunks = head(), TrunkRegistration()
    guess = guessed_trunk(seen.camera_from_head, HEAD)
    found = told(seen, body_of(turned(guess, 40.0)), trunks)
    headings = []
    for k in range(1, 12 * 30):
        found = told(seen, None, trunks, k * SECOND // 30)
        headings.append(heading_of(camera_from_trunk(found, HEAD)))
    assert headings[3 * 30] == pytest.approx(headings[0], abs=0.1)
    assert headings[-1] == pytest.approx(heading_of(guess), abs=0.1)
    assert np.abs(np.diff(headings)).max() < 1.5
    assert found.trunk is not None
    assert len(found.trunk.arms_camera) == 0
    # Pictures of their own remember nobody, nor does a person who was away.
    assert told(seen, None, trunks, 60 * SECOND) is seen
    pictures = TrunkRegistration(continuous=False)
    assert told(seen, body_of(turned(guess, 40.0)), pictures).trunk is not None
    assert told(seen, None, pictures) is seen


@pytest.mark.shared
def test_trunks_of_pictures_and_of_their_mirror_images_agree(shared_data: Path) -> None:
    sums = []
    for name in ("person-christina", "single_face", "stock-emotions-a-1", "stock-models-9"):
        with open_source(shared_data / "photos" / f"{name}.jpg") as source:
            image = next(source).image
        headings = []
        for shown in (image, np.ascontiguousarray(image[:, ::-1])):
            with Preview([load_product("lyra-pendant")], continuous=False) as preview:
                (found,) = preview.step(Frame(shown)).poses.heads
            assert found.trunk is not None
            headings.append(heading_of(found.trunk.camera_from_trunk))
        sums.append(headings[0] + headings[1])
    # One by one they differ by some degrees; neither side is preferred.
    assert np.abs(sums).max() < 15.0
    assert abs(np.mean(sums)) < 5.0
