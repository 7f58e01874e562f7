"""Searches for faces at rest are left out, and nothing that is worn shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ar_preview as ar
from ar_preview.registration import Registration
from ar_preview.tracking import FaceTracker, PeopleTracker, load_face_model
from ar_preview.tracking.rest import Rest
from ar_preview.tracking.thumbnail import thumbnail
from ar_preview.tracks import FaceTrack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame
    from ar_preview.tracking import Tracker

FRAME_NS = 33_000_000
WIDTH_PX = 200
STILL, SLOW, FAST = 0.001, 0.008, 0.03
LONGEST = 120
# As coarse as a face's features, and wide enough for the longest walk.
PATTERN = cv2.GaussianBlur(
    np.random.default_rng(1).normal(size=(240, 1000)), (0, 0), 0.06 * WIDTH_PX
)
PATTERN = np.clip(128 + 400 * PATTERN, 0, 255).astype(np.uint8)
FACE = np.random.default_rng(1).uniform(20.0, 20.0 + WIDTH_PX, (478, 2))


def frame_at(index: int, walked_px: float, gap_ns: int = FRAME_NS) -> Frame:
    """A face on its way to the left through a picture."""
    turn = np.array([[1.0, 0.0, -walked_px], [0.0, 1.0, 0.0]])
    grey = cv2.warpAffine(PATTERN, turn, (240, 240), borderMode=cv2.BORDER_REFLECT)
    return ar.Frame(np.repeat(grey[..., None], 3, axis=2), index, index * gap_ns)


def found(keys: Sequence[int] = (0,)) -> list[FaceTrack]:
    return [FaceTrack(key, FACE, np.zeros(478)) for key in keys]


def left_out(speeds: Sequence[float], gap_ns: int = FRAME_NS) -> str:
    """Walk a face on by these shares of its width; what is done in each frame: ``s`` or ``-``."""
    rest, told = Rest(), ""
    for index, walked in enumerate(np.cumsum(speeds) * WIDTH_PX):
        frame = frame_at(index, walked, gap_ns)
        if rest.leaves_out(frame):
            told += "-"
            continue
        told += "s"
        rest.note(frame, found())
    return told


def test_the_stiller_a_face_the_rarer_it_is_sought() -> None:
    assert left_out([STILL] * 60)[30:36] == "--s--s"
    assert left_out([SLOW] * 60)[30:36] == "-s-s-s"
    assert "-" not in left_out([FAST] * 60)


def test_a_sudden_start_is_seen_in_the_same_frame() -> None:
    told = left_out([STILL] * 40 + [FAST] * 20)
    assert "-" in told[30:40]
    assert "-" not in told[40:]


def test_each_face_is_first_known_well() -> None:
    assert "-" not in left_out([STILL] * 30)
    rest = Rest()
    for index in range(60):
        frame = frame_at(index, 0.0)
        rest.leaves_out(frame)
        # The second one comes late.
        rest.note(frame, found((0, 1) if index >= 40 else (0,)))
        assert rest.is_on == (29 <= index < 40)


def test_slow_cameras_and_jumps_in_time_are_sought_in_every_frame() -> None:
    assert "-" not in left_out([STILL] * 60, gap_ns=70_000_000)
    assert "-" not in left_out([STILL] * 60, gap_ns=0)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([STILL, SLOW, FAST]), min_size=1, max_size=LONGEST))
def test_no_face_is_out_of_sight_for_long(speeds: list[float]) -> None:
    told = left_out(speeds)
    assert "---" not in told
    assert len(told) == len(speeds)


def test_a_lost_face_is_sought_and_one_out_of_the_picture_is_no_error() -> None:
    rest = Rest()
    for index in range(40):
        frame = frame_at(index, 0.0)
        rest.leaves_out(frame)
        rest.note(frame, [FaceTrack(0, FACE + 900.0, np.zeros(478))])
    assert rest.is_on
    rest.note(frame, [])
    assert not rest.is_on


@pytest.fixture(scope="module")
def calm_clip() -> list[Frame]:
    """A face that sways by a pixel and a half a second, under a camera's noise."""
    with ar.open_source("sample:face", end=1) as source:
        first = next(iter(source))
    random = np.random.default_rng(5)
    frames = []
    for index in range(66):
        shift = round(8 * np.sin(index / 20.0))
        noisy = np.roll(first.image, shift, axis=1) + random.normal(0.0, 2.0, first.image.shape)
        image = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
        frames.append(ar.Frame(image, index, index * FRAME_NS, first.camera))
    return frames


def bridges(frames: Sequence[Frame], tracker: Tracker) -> tuple[np.ndarray, int]:
    """Where the bridge of the nose is in each frame, px, and in how many the face was sought."""
    registration, model = Registration(load_face_model()), load_face_model()
    found, sought = [], 0
    for frame in frames:
        tracks = tracker.track(frame)
        assert frame.camera is not None
        poses, _ = registration.update(frame, tracks, frame.camera)
        placed = poses.heads[0].camera_from_head @ model.vertices_head[[168]]
        found.append(frame.camera.project(placed)[0])
        sought += tracks.faces_sought
    registration.close()
    tracker.close()
    return np.array(found), sought


def test_glasses_stay_where_they_would_be(calm_clip: list[Frame]) -> None:
    always, all_frames = bridges(calm_clip, FaceTracker())
    rarely, searches = bridges(calm_clip, PeopleTracker())
    assert all_frames == len(calm_clip)
    assert searches <= 50
    assert np.linalg.norm(always - rarely, axis=1).max() < 0.3


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (8, 8), (97, 61), (320, 240), (1921, 1080)])
def test_thumbnail_is_the_mean_of_its_parts(size: tuple[int, int]) -> None:
    width, height = size
    assert (thumbnail(np.full((height, width, 3), 201, np.uint8), 8) == 201).all()
    ramp = np.linspace(0, 255, width).round().astype(np.uint8)
    grey = thumbnail(np.ascontiguousarray(np.broadcast_to(ramp[:, None], (height, width, 3))), 8)
    assert grey.shape == (8, 8)
    if width > 300:
        np.testing.assert_allclose(grey, np.tile(255 * (np.arange(8) + 0.5) / 8, (8, 1)), atol=1.5)
