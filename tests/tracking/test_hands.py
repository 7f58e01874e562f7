from __future__ import annotations

import json
from contextlib import closing

import cv2
import numpy as np
import pytest

from ar_preview.assets import asset_path
from ar_preview.errors import TrackingError
from ar_preview.frames import Frame
from ar_preview.geometry import Camera
from ar_preview.sources import open_source
from ar_preview.tracking import HandTracker, PeopleTracker
from ar_preview.tracking.face_search import PictureFaces
from ar_preview.tracking.hand import HandednessVote
from ar_preview.tracking.identity import IdentityKeeper, shape_likeness
from tests.people import portrait


def hand_picture() -> Frame:
    with open_source(asset_path("samples", "hand.jpg")) as source:
        return next(source)


def test_landmarks_lie_on_the_sample_and_are_of_its_side() -> None:
    truth = json.loads(asset_path("samples", "hand_truth.json").read_text())
    with open_source("sample:hand", end=1) as source, closing(HandTracker()) as tracker:
        (hand,) = tracker.track(next(source)).hands
    assert (hand.id, hand.handedness) == (0, "left")
    assert truth["handedness"] == hand.handedness
    joints = Camera(**truth["camera"]).project(truth["frames"][0]["joints_camera"])
    palm = np.linalg.norm(joints[9] - joints[0])
    assert np.linalg.norm(hand.points_image - joints, axis=1).mean() < 0.06 * palm
    assert hand.depth_image[0] == 0.0


def test_two_hands_in_one_picture_keep_their_ids_and_sides() -> None:
    frame = hand_picture()
    mirrored = frame.image[:, ::-1]
    both = np.ascontiguousarray(np.hstack([frame.image, mirrored]))
    with closing(HandTracker()) as tracker:
        seen = [tracker.track(Frame(both, i, i * 33_000_000)).hands for i in range(4)]
        # Once the second hand is covered the first is still the first.
        half = both.copy()
        half[:, frame.image.shape[1] :] = 90
        seen += [tracker.track(Frame(half, i, i * 33_000_000)).hands for i in range(4, 20)]
    sides = [{hand.id: hand.handedness for hand in hands} for hands in seen]
    assert sides[0].keys() == {0, 1}
    assert set(sides[0].values()) == {"left", "right"}
    assert all(found == sides[0] for found in sides[:4])
    assert all(found.items() <= sides[0].items() for found in sides)
    assert len(sides[-1]) == 1


@pytest.mark.parametrize(("shift", "expected"), [(0, [0, 23]), (8, [0, 6, 12, 18, 24, 30])])
def test_an_absent_hand_is_looked_for_more_often_where_something_moves(
    shift: int, expected: list[int]
) -> None:
    frame = portrait()
    with closing(HandTracker()) as tracker:
        looks = []
        detect = tracker._wide.detect
        tracker._wide.detect = lambda f: (looks.append(f.index), detect(f))[1]  # type: ignore[method-assign]
        for i in range(31):
            image = np.roll(frame.image, shift * i, axis=1)
            assert tracker.track(Frame(image, i, i * 33_333_333)).hands == ()
    assert looks == expected


def test_a_hand_that_comes_in_is_found_at_once() -> None:
    frame, hand = portrait(), hand_picture().image
    small = cv2.resize(hand, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    reached = frame.image.copy()
    reached[-small.shape[0] :, : small.shape[1]] = small
    with closing(HandTracker()) as tracker:
        found = [
            len(tracker.track(Frame(reached if i >= 9 else frame.image, i, i * 33_333_333)).hands)
            for i in range(13)
        ]
    assert found == [0] * 9 + [1] * 4


def test_a_hand_that_was_lost_is_found_again_where_it_was() -> None:
    hand = hand_picture().image
    nothing = np.full_like(hand, 90)
    with closing(HandTracker()) as tracker:
        found = [
            len(tracker.track(Frame(nothing if 0 < i < 12 else hand, i, i * 33_333_333)).hands)
            for i in range(20)
        ]
    assert found[0] == 1
    assert found[1:12] == [0] * 11
    assert found[-1] == 1


def test_hands_to_follow_must_be_positive() -> None:
    with pytest.raises(TrackingError, match="at least one hand"):
        HandTracker(num_hands=0)


def test_side_by_side_gives_what_each_gives_alone() -> None:
    frame = portrait()
    image = np.zeros((frame.size.height, frame.size.width * 2, 3), np.uint8)
    image[:, : frame.size.width] = frame.image
    hand = hand_picture().image
    rows = min(len(hand), len(image))
    columns = min(hand.shape[1], frame.size.width)
    image[:rows, frame.size.width : frame.size.width + columns] = hand[:rows, :columns]
    with (
        closing(PictureFaces()) as faces,
        closing(HandTracker(continuous=False)) as hands,
        closing(PeopleTracker(continuous=False, hands=True)) as people,
    ):
        found = people.track(Frame(image))
        alone = faces.track(Frame(image)).faces, hands.track(Frame(image)).hands
        for ours, theirs in zip((found.faces, found.hands), alone, strict=True):
            assert len(ours) == len(theirs)
            for a, b in zip(ours, theirs, strict=True):
                assert np.array_equal(a.points_image, b.points_image)
        people.look_for(faces=True, hands=False)
        assert people.track(Frame(image)).hands == ()
        people.look_for(faces=False, hands=False)
        assert people.track(Frame(image)).faces == ()


def test_a_few_wrong_labels_do_not_change_the_side() -> None:
    vote = HandednessVote()
    labels = ["left"] * 10 + ["right"] * 4 + ["left"] * 4
    said = [vote.update(side, 0.9, 33_000_000 * i)[0] for i, side in enumerate(labels)]  # type: ignore[arg-type]
    assert said == ["left"] * len(labels)
    said = [vote.update("right", 0.9, 33_000_000 * (18 + i))[0] for i in range(10)]
    assert said[-1] == "right"


def test_crossing_hands_keep_their_ids() -> None:
    rng = np.random.default_rng(2)
    left, right = rng.uniform(0, 100, (2, 21, 2))
    keeper = IdentityKeeper(shape_likeness)
    for step in range(41):
        at = 5.0 * step
        outlines = [left + [at, 0.0], right + [200.0 - at, 0.0]]
        ids = keeper.assign(outlines[:: 1 - 2 * (step % 2)], step * 33_000_000)
        assert ids == ([0, 1] if step % 2 == 0 else [1, 0])


def test_a_hand_of_the_other_side_is_another_hand() -> None:
    keeper = IdentityKeeper(shape_likeness)
    outline = np.random.default_rng(1).uniform(0, 50, (21, 2))
    assert keeper.assign([outline], 0, ["right"]) == [0]
    assert keeper.assign([outline + 400], 33_000_000, ["left"]) == [1]
    assert keeper.assign([outline + 900], 66_000_000, ["right"]) == [0]
