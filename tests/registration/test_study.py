"""A recording that was looked at beforehand: what is known at its end is used from its start."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import ar_preview as ar
from ar_preview.fitting import Wardrobe
from ar_preview.products import load_product
from ar_preview.registration import Registration
from ar_preview.tracking import FaceTracker, load_face_model
from ar_preview.tracks import Tracks

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.person import Person
    from ar_preview.poses import HeadPose

MODEL = load_face_model()
Clip = list[tuple["Frame", Tracks]]
Told = list[tuple["HeadPose", "Person"]]


@pytest.fixture(scope="module")
def clip() -> Clip:
    tracker = FaceTracker()
    with ar.open_source("sample:face", end=40) as source:
        tracked = [(frame, tracker.track(frame)) for frame in source]
    tracker.close()
    return tracked


def told(clip: Clip, studied: int) -> Told:
    registration = Registration(MODEL)
    for frame, tracks in clip[:studied]:
        assert frame.camera is not None
        registration.study(frame, tracks, frame.camera)
    registration.settle()
    found = []
    for frame, tracks in clip:
        assert frame.camera is not None
        poses, persons = registration.update(frame, tracks, frame.camera)
        found += list(zip(poses.heads, persons, strict=True))
    registration.close()
    return found


@pytest.fixture(scope="module")
def causal(clip: Clip) -> Told:
    return told(clip, 0)


@pytest.fixture(scope="module")
def known(clip: Clip) -> Told:
    return told(clip, len(clip))


def test_size_and_shape_do_not_change_while_studied_frames_are_shown(
    causal: Told, known: Told
) -> None:
    assert len({id(person.head) for _, person in causal}) > 1
    assert len({(id(p.head), p.drawn_scale, p.scale) for _, p in known}) == 1
    assert all(person.settled for _, person in known)


def test_the_face_stays_where_it_is_in_the_picture(clip: Clip, causal: Told, known: Told) -> None:
    camera = clip[0][0].camera
    assert camera is not None
    for (one, _), (two, _), (_, tracks) in zip(causal, known, clip, strict=True):
        seen = tracks.faces[0].points_image[:468]
        for head in (one, two):
            np.testing.assert_allclose(camera.project(head.vertices_camera), seen, atol=1e-6)


def test_axes_are_the_landmarks_in_the_mean(clip: Clip, known: Told) -> None:
    # A frontal frame's own landmarks may lean; the mean of all of them does not.
    leans = []
    for (frame, tracks), (head, _) in zip(clip, known, strict=True):
        alone = Registration(MODEL, continuous=False)
        assert frame.camera is not None
        (pose,) = alone.update(frame, tracks, frame.camera)[0].heads
        turn = pose.camera_from_head.inverse() @ head.camera_from_head
        leans.append(turn.rotation_vector)
    assert np.degrees(np.linalg.norm(np.mean(leans, axis=0))) < 0.3


def test_what_is_worn_is_the_same_part_of_the_head_throughout(known: Told) -> None:
    wardrobe = Wardrobe(MODEL, [load_product("marlow-havana")])
    places = []
    for head, person in known:
        (item,) = wardrobe.dress(ar.poses.Poses((head,)), (person,))
        places.append(head.camera_from_head.inverse() @ item.camera_from_product)
    for place in places:
        np.testing.assert_allclose(place.matrix, places[0].matrix, atol=1e-9)


def test_frames_after_the_study_go_on_from_it(clip: Clip, known: Told) -> None:
    part = told(clip, 20)
    assert len(part) == len(clip)
    camera = clip[0][0].camera
    assert camera is not None
    worn = MODEL.vertices_head[[168, 33, 263]]
    before, after, *goal = (
        camera.project(head.camera_from_head @ worn) for head, _ in (*part[19:21], *known[19:21])
    )
    assert np.abs((after - before) - (goal[1] - goal[0])).max() < 0.5


def test_frames_without_a_face_stay_without_and_missed_ones_are_coasted(clip: Clip) -> None:
    holes: Clip = []
    for frame, tracks in clip:
        if frame.index in range(10, 14):
            holes.append((frame, Tracks(tracks.size)))
        elif frame.index in range(20, 24):
            black = replace(frame, image=np.zeros_like(frame.image))
            holes.append((black, Tracks(tracks.size)))
        else:
            holes.append((frame, tracks))
    registration = Registration(MODEL)
    for frame, tracks in holes:
        assert frame.camera is not None
        registration.study(frame, tracks, frame.camera)
    registration.settle()
    seen = []
    for frame, tracks in holes:
        assert frame.camera is not None
        seen.append(len(registration.update(frame, tracks, frame.camera)[0].heads))
    registration.close()
    assert seen[10:14] == [1] * 4
    assert seen[20:24] == [0] * 4
    assert sum(seen) == len(clip) - 4
