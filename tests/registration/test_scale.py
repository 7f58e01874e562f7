from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.landmarks import LEFT_EYE_RING, RIGHT_EYE_RING
from ar_preview.preview import Preview
from ar_preview.registration.limbus import find_limbus
from ar_preview.registration.scale import ScaleEstimator, far_pupil_distance
from ar_preview.sources import open_source
from ar_preview.tracking import load_face_model
from tests.eyes import BLUE, BROWN, ROTATION_TO_PUPIL_M, Eyes, paint_eyes, pupils_head
from tests.people import CAMERA, face_track, pose

if TYPE_CHECKING:
    from ar_preview.geometry import Array, RigidTransform

RINGS = (RIGHT_EYE_RING, LEFT_EYE_RING)


def _face() -> tuple[Array, Array]:
    vertices = load_face_model().vertices_head
    rings = np.array([vertices[list(ring)] for ring in RINGS])
    return vertices, rings


def _painted(at: RigidTransform, eyes: Eyes, sigma: float = 1.5) -> tuple[Array, Array]:
    """Grey picture of two eyes in plain skin, and the pupils in head space."""
    skin = np.full((720, 1280, 3), (200.0, 160.0, 140.0))
    image, pupils = paint_eyes(skin, CAMERA, at, _face()[1], eyes)
    noise = np.random.default_rng(0).normal(0.0, sigma, image.shape)
    rgb = np.clip(image + noise, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)), pupils


@pytest.mark.parametrize("colour", [BLUE, BROWN])
@pytest.mark.parametrize("distance_m", [0.35, 0.5, 0.75])
def test_the_limbus_is_found_below_a_pixel(distance_m: float, colour: tuple[int, int, int]) -> None:
    at = pose(distance_m=distance_m)
    for iris_m in (0.0112, 0.0122):
        gray, pupils = _painted(at, Eyes(0.0634, iris_m, colour))
        for pupil, ring in zip(pupils, _face()[1], strict=True):
            centre = CAMERA.project(at @ pupil)
            radius = 0.5 * iris_m * CAMERA.fx / float((at @ pupil)[2])
            # However the tracker errs, the picture has the last word.
            for wrong, size in (([0.6, -0.5], 0.88), ([0.0, 0.0], 1.0), ([-0.7, 0.3], 1.18)):
                limbus = find_limbus(gray, centre + wrong, radius * size, CAMERA.project(at @ ring))
                assert limbus is not None
                # The dark ring round painted irises draws the steepest place outwards by 2 %.
                assert limbus.radius_px / radius == pytest.approx(1.018, abs=0.012)
                assert abs(limbus.centre_image[0] - centre[0]) < 0.08
                assert abs(limbus.centre_image[1] - centre[1]) < 0.4


def test_nothing_is_measured_where_no_eye_is_seen() -> None:
    at = pose()
    ring = CAMERA.project(at @ _face()[1][0])
    centre = ring.mean(axis=0)
    plain = np.full((720, 1280), 150, np.uint8)
    assert find_limbus(plain, centre, 11.0, ring) is None
    # A finger before the eye: two soft edges, much too weak for an iris.
    x = np.arange(1280)
    finger = 150.0 - 12.0 * (np.abs(x - centre[0]) < 11)
    soft = np.tile(cv2.GaussianBlur(finger[None], (0, 0), 3.0), (720, 1)).astype(np.uint8)
    assert find_limbus(soft, centre, 11.0, ring) is None
    gray, _ = _painted(at, Eyes(0.0634, 0.0117))
    assert find_limbus(gray, centre, 2.0, ring) is None
    assert find_limbus(gray, np.array([3.0, 3.0]), 11.0, ring) is None
    assert find_limbus(gray, centre, float("nan"), ring) is None
    closed = centre + (ring - centre) * [1.0, 0.1]
    assert find_limbus(gray, centre, 11.0, closed) is None


@given(
    far=st.floats(0.050, 0.075),
    distance=st.floats(0.25, 3.0),
)
def test_vergence_is_undone(far: float, distance: float) -> None:
    at = pose(distance_m=distance + 0.05)
    pupils = pupils_head(np.array([0.0, 0.026, 0.037]), Eyes(far, 0.0117), at)
    seen = float(np.linalg.norm(pupils[0] - pupils[1]))
    away = float(np.linalg.norm((at @ pupils).mean(axis=0)))
    assert seen < far
    assert far_pupil_distance(seen, away) == pytest.approx(far, abs=1.5e-4)


def _estimated(
    size: float, eyes: Eyes, known_m: float | None = None, with_picture: bool = True
) -> ScaleEstimator:
    """What a perfect tracker makes of ten frames of a head `size` times the canonical one."""
    _vertices, rings = _face()
    estimator = ScaleEstimator(known_m)
    for i in range(10):
        # PnP of the canonical face sees an enlarged head nearer by the same factor.
        seen = pose(yaw_deg=2.0 * i - 9.0, pitch_deg=0.5 * i, distance_m=0.5 / size)
        scaled = Eyes(eyes.pupil_distance_m / size, eyes.iris_m / size, eyes.colour)
        gray, pupils = _painted(seen, scaled)
        points = face_track(seen).points_image.copy()
        for k, pupil in enumerate(pupils):
            radius = 0.5 * 1.07 * scaled.iris_m
            rim = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]]) * radius
            points[468 + 5 * k : 473 + 5 * k] = CAMERA.project((seen @ pupil) + rim)
        estimator.add(points, CAMERA, seen, rings.mean(axis=1), gray if with_picture else None)
    return estimator


@pytest.mark.parametrize("size", [0.9, 0.96, 1.02])
def test_a_known_pupil_distance_sets_the_size(size: float) -> None:
    far = 0.0655 * size
    estimator = _estimated(size, Eyes(far, 0.0117), known_m=far)
    found = estimator.estimate()
    assert found.value == pytest.approx(size, rel=0.0025)
    assert found.low < size < found.high
    assert found.high / found.low < 1.06
    pupils = estimator.pupil_distance()
    assert pupils is not None
    assert (pupils.low, pupils.value, pupils.high) == (far, far, far)


@pytest.mark.parametrize("iris_m", [0.0112, 0.0117, 0.0122])
@pytest.mark.parametrize("far_m", [0.0595, 0.0634, 0.0673])
def test_the_interval_holds_the_pupil_distance(far_m: float, iris_m: float) -> None:
    found = _estimated(far_m / 0.065, Eyes(far_m, iris_m)).pupil_distance()
    assert found is not None
    assert found.low < far_m < found.high
    assert abs(found.value / far_m - 1.0) < 0.055


def test_the_picture_makes_it_surer() -> None:
    eyes = Eyes(0.0634, 0.0117)
    blind, seeing = (_estimated(0.975, eyes, with_picture=p).estimate() for p in (False, True))
    assert seeing.high / seeing.low < blind.high / blind.low
    # Nothing seen of one person beats what people differ by.
    assert seeing.high / seeing.low > 1.1


def test_eyes_that_look_aside_do_not_shrink_the_head() -> None:
    """An iris turned away is seen narrower; where it stands in the eye tells by how much."""
    _vertices, rings = _face()
    eyes, turn = rings.mean(axis=1), np.radians(20.0)
    found = []
    for angle in (0.0, turn):
        estimator = ScaleEstimator()
        at = pose(distance_m=0.6)
        points = face_track(at).points_image.copy()
        for k, eye in enumerate(eyes):
            aside = ROTATION_TO_PUPIL_M * np.sin(angle)
            pupil = eye + [aside, 0.0, 0.0]
            across = 0.5 * 0.0117 * np.cos(angle)
            rim = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]]) * across
            points[468 + 5 * k : 473 + 5 * k] = CAMERA.project(at @ (pupil + rim))
        estimator.add(points, CAMERA, at, eyes)
        found.append(estimator.estimate().value)
    assert found[1] == pytest.approx(found[0], rel=0.006)


@pytest.mark.shared
@pytest.mark.slow
def test_two_halves_of_a_clip_agree(shared_data: object) -> None:
    clip = f"{shared_data}/face/lp_s18_720p_talk.mp4"
    values = []
    for start in (0, 130):
        with open_source(clip, start=start, end=start + 130) as source, Preview() as preview:
            result = None
            for frame in source:
                result = preview.step(frame)
            assert result is not None
            (measured,) = result.measurements
            assert measured is not None
            values.append([measured.pupil_distance_mm.value, measured.face_width_mm.value])
    assert np.abs(np.log(np.divide(*values))).max() < 0.015
