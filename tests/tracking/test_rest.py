"""Searches for faces at rest are left out, and nothing that is worn shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ar_preview as ar
from ar_preview.registration import Registration
from ar_preview.tracking import FaceTracker, PeopleTracker, load_face_model
from ar_preview.tracking.rest import Rest
from ar_preview.tracks import FaceTrack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.frames import Frame
    from ar_preview.tracking import Tracker

FRAME_NS = 33_000_000
WIDTH_PX = 200.0
STILL, SLOW, FAST = 0.002, 0.01, 0.03
IMAGE = np.zeros((4, 4, 3), np.uint8)
FACE = np.random.default_rng(1).uniform(0.0, 1.0, (478, 2)) * WIDTH_PX


def left_out(speeds: Sequence[float], gap_ns: int = FRAME_NS, ids: Sequence[int] = (0,)) -> str:
    """Walk through a clip of faces with these shares of their width a frame: ``s`` or ``-``."""
    rest, told = Rest(), ""
    for index, offset in enumerate(np.cumsum(speeds) * WIDTH_PX):
        frame = ar.Frame(IMAGE, index, index * gap_ns)
        if rest.leaves_out(frame):
            told += "-"
            continue
        told += "s"
        points = FACE + [offset, 0.0]
        rest.note([FaceTrack(key, points, np.zeros(478)) for key in ids])
    return told


def test_the_stiller_a_face_the_rarer_it_is_sought() -> None:
    assert left_out([STILL] * 60)[30:36] == "--s--s"
    assert left_out([SLOW] * 60)[30:36] == "-s-s-s"
    assert "-" not in left_out([FAST] * 60)


def test_each_face_is_first_known_well() -> None:
    assert "-" not in left_out([STILL] * 30)
    rest = Rest()
    for index in range(60):
        rest.leaves_out(ar.Frame(IMAGE, index, index * FRAME_NS))
        # The second one comes late.
        ids = (0, 1) if index >= 40 else (0,)
        rest.note([FaceTrack(key, FACE, np.zeros(478)) for key in ids])
        assert rest.is_on == (29 <= index < 40)


def test_slow_cameras_and_jumps_in_time_are_sought_in_every_frame() -> None:
    assert "-" not in left_out([STILL] * 60, gap_ns=70_000_000)
    assert "-" not in left_out([STILL] * 60, gap_ns=0)


@given(st.lists(st.sampled_from([STILL, SLOW, FAST]), min_size=1, max_size=200))
def test_no_face_is_out_of_sight_for_long(speeds: list[float]) -> None:
    told = left_out(speeds)
    assert "---" not in told
    assert len(told) == len(speeds)


def test_a_lost_face_is_sought() -> None:
    rest = Rest()
    for index in range(40):
        rest.leaves_out(ar.Frame(IMAGE, index, index * FRAME_NS))
        rest.note([FaceTrack(0, FACE, np.zeros(478))])
    assert rest.is_on
    rest.note([])
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
