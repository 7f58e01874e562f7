"""Where the tracker misses a face that is still there, the picture alone holds the pose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import ar_preview as ar
from ar_preview.registration import Registration
from ar_preview.tracking import FaceTracker, load_face_model
from ar_preview.tracks import Tracks

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.frames import Frame
    from ar_preview.poses import HeadPose

MODEL = load_face_model()
MISSED = range(20, 30)
Clip = list[tuple["Frame", Tracks]]


@pytest.fixture(scope="module")
def clip() -> Clip:
    tracker = FaceTracker()
    with ar.open_source("sample:face", end=48) as source:
        tracked = [(frame, tracker.track(frame)) for frame in source]
    tracker.close()
    return tracked


def heads(
    clip: Clip, missed: range, change: Callable[[Frame], Frame] | None = None
) -> list[HeadPose | None]:
    """Poses of a run in which some frames have no tracks."""
    registration = Registration(MODEL)
    found = []
    for frame, tracks in clip:
        shown = frame
        if frame.index in missed:
            tracks = Tracks(tracks.size)
            shown = change(frame) if change else frame
        assert frame.camera is not None
        poses, persons = registration.update(shown, tracks, frame.camera)
        assert len(poses.heads) == len(persons)
        found.append(poses.heads[0] if poses.heads else None)
    registration.close()
    return found


def apart_px(clip: Clip, one: HeadPose, two: HeadPose, index: int) -> float:
    camera = clip[index][0].camera
    assert camera is not None
    gap = camera.project(one.vertices_camera) - camera.project(two.vertices_camera)
    return float(np.sqrt((gap**2).sum(axis=1).mean()))


def test_a_missed_face_is_followed_by_the_picture(clip: Clip) -> None:
    known = heads(clip, range(0))
    coasted = heads(clip, MISSED)
    for index in range(len(clip)):
        one, two = known[index], coasted[index]
        assert one is not None
        assert two is not None
        # The face keeps the expression last seen; what is worn depends on the pose alone.
        bridge = MODEL.vertices_head[[168, 33, 263, 127, 356]]
        camera = clip[index][0].camera
        assert camera is not None
        gap = camera.project(one.camera_from_head @ bridge) - camera.project(
            two.camera_from_head @ bridge
        )
        assert float(np.abs(gap).max()) < 1.5
        assert apart_px(clip, one, two, index) < 4.0
    assert all(h is not None and h.confidence < 1.0 for h in coasted[MISSED.start : MISSED.stop])


def test_it_is_not_believed_for_long(clip: Clip) -> None:
    found = heads(clip, range(20, 44))
    assert [h is not None for h in found] == [True] * 35 + [False] * 9 + [True] * 4


def test_a_face_that_is_gone_is_gone(clip: Clip) -> None:
    def emptied(frame: Frame) -> Frame:
        rows = np.arange(frame.image.shape[0])[:, None, None]
        wall = np.broadcast_to(90 + rows // 16, frame.image.shape)
        return replace(frame, image=np.ascontiguousarray(wall, dtype=np.uint8))

    found = heads(clip, MISSED, emptied)
    assert all(h is None for h in found[MISSED.start : MISSED.stop])
    assert all(h is not None for h in found[MISSED.stop :])
