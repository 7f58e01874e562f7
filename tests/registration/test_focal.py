"""The focal length of an unknown camera, from the perspective of faces."""

from __future__ import annotations

import numpy as np
import pytest

from ar_preview.geometry import Camera, ImageSize, RigidTransform, so3_exp
from ar_preview.landmarks import STIFF_LANDMARKS
from ar_preview.registration import Registration
from ar_preview.registration.focal import likely_zoom
from ar_preview.tracking import load_face_model
from ar_preview.tracks import FaceTrack, Tracks

WHOLE, CUT = ImageSize(640, 480), ImageSize(480, 480)
STIFF = np.array(STIFF_LANDMARKS)
MODEL = load_face_model()
FACING = so3_exp([np.pi, 0.0, 0.0])


def _face(
    fov: float, distance: float, yaw: float, noise_px: float = 0.0, size: ImageSize = CUT
) -> np.ndarray:
    pose = RigidTransform(FACING @ so3_exp([0.0, yaw, 0.0]), [0.01, 0.0, distance])
    points = Camera.from_fov(size, fov).project(pose @ MODEL.vertices_head)
    return points + np.random.default_rng(1).normal(0.0, noise_px, points.shape)


def _zoom(*faces: np.ndarray, size: ImageSize = CUT) -> float:
    known = MODEL.vertices_head[STIFF]
    return likely_zoom(Camera.from_fov(size), [face[STIFF] for face in faces], known)


@pytest.mark.parametrize(
    ("fov", "distance"), [(25.0, 0.6), (35.0, 0.5), (55.0, 0.4), (70.0, 0.4), (90.0, 0.3)]
)
@pytest.mark.parametrize("yaw", [0.0, 0.4])
@pytest.mark.parametrize("size", [WHOLE, CUT])
def test_a_near_face_tells_the_lens(
    fov: float, distance: float, yaw: float, size: ImageSize
) -> None:
    zoom = _zoom(_face(fov, distance, yaw, noise_px=0.3, size=size), size=size)
    true = Camera.from_fov(size, fov).fx / Camera.from_fov(size).fx
    assert abs(np.log(zoom / true)) < 0.8 * abs(np.log(true)) + 0.1


def test_a_far_face_leaves_the_assumption() -> None:
    assert abs(np.log(_zoom(_face(70.0, 1.2, 0.0, 0.3, WHOLE), size=WHOLE))) < 0.25


def test_no_face_tells_nothing() -> None:
    assert _zoom() == 1.0
    assert _zoom(np.full((478, 2), np.nan)) == 1.0


def test_the_first_face_decides_and_what_is_known_stays() -> None:
    registration = Registration(MODEL)
    assumed = Camera.from_fov(CUT)

    def tracks(fov: float) -> Tracks:
        return Tracks(CUT, (FaceTrack(0, _face(fov, 0.5, 0.0), np.zeros(478)),))

    assert registration.camera_of(assumed, Tracks(CUT)) == assumed
    first = registration.camera_of(assumed, tracks(30.0))
    assert first.assumed
    assert first.fov_degrees < 50.0
    assert registration.camera_of(assumed, tracks(70.0)) == first
    larger = Camera.from_fov(WHOLE)
    seen = Tracks(WHOLE, (FaceTrack(0, _face(70.0, 0.5, 0.0, size=WHOLE), np.zeros(478)),))
    assert registration.camera_of(larger, Tracks(WHOLE)) == larger
    assert abs(registration.camera_of(larger, seen).fov_degrees - 70.0) < 8.0
    told = Camera.from_fov(CUT, 70.0)
    assert registration.camera_of(told, tracks(30.0)) is told
    photos = Registration(MODEL, continuous=False)
    narrow = photos.camera_of(assumed, tracks(30.0))
    assert photos.camera_of(assumed, tracks(70.0)).fov_degrees > narrow.fov_degrees + 10.0


def test_many_frames_decide_by_their_median() -> None:
    assumed = Camera.from_fov(CUT)

    def tracks(fov: float) -> Tracks:
        return Tracks(CUT, (FaceTrack(0, _face(fov, 0.5, 0.0), np.zeros(478)),))

    registration, usual = Registration(MODEL), Registration(MODEL)
    seen = [tracks(70.0), Tracks(CUT), tracks(30.0), tracks(31.0), tracks(29.0), tracks(30.0)]
    registration.judge_camera(assumed, seen)
    expected = usual.camera_of(assumed, tracks(30.0)).fov_degrees
    assert abs(registration.camera_of(assumed, tracks(70.0)).fov_degrees - expected) < 0.5
    told = Camera.from_fov(CUT, 70.0)
    registration.judge_camera(told, seen)
    assert registration.camera_of(told, tracks(30.0)) is told
