"""Bodies below known faces: whose they are, when they are looked for, what it costs nobody else."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.frames import Frame
from ar_preview.landmarks import BodyLandmark, FaceLandmark
from ar_preview.preview import Preview
from ar_preview.products.catalogue import load_product
from ar_preview.sources import open_source
from ar_preview.tracking import BodyTracker, FaceTracker, PeopleTracker, ReplayTracker, TrackLog
from ar_preview.tracking.body import _without
from ar_preview.tracking.windows import Window
from ar_preview.tracks import FaceTrack
from tests.people import portrait

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.tracks import BodyTrack

MS = 1_000_000


def face_in(frame: Frame) -> FaceTrack:
    with closing(FaceTracker(continuous=False)) as tracker:
        (face,) = tracker.track(frame).faces
        return face


def couple() -> tuple[Frame, tuple[FaceTrack, FaceTrack]]:
    """The portrait beside its mirror image, and both faces."""
    image = portrait().image
    frame = Frame(np.ascontiguousarray(np.hstack([image, image[:, ::-1]])))
    face = face_in(portrait())
    other = face.points_image * [-1.0, 1.0] + [frame.size.width, 0.0]
    return frame, (face, FaceTrack(face.id + 1, other, face.depth_image))


def is_below(body: BodyTrack, face: FaceTrack) -> bool:
    points = body.points_image
    left, right = points[BodyLandmark.LEFT_SHOULDER], points[BodyLandmark.RIGHT_SHOULDER]
    low, high = face.points_image.min(axis=0), face.points_image.max(axis=0)
    size = high[1] - low[1]
    chin = face.points_image[FaceLandmark.CHIN]
    return bool(
        left[0] > high[0] > low[0] > right[0]
        and abs(0.5 * (left + right) - chin)[0] < 0.5 * size
        and 0.0 < (0.5 * (left + right) - chin)[1] < size
    )


def test_shoulders_lie_below_the_face_in_a_picture() -> None:
    frame = portrait()
    face = face_in(frame)
    with closing(BodyTracker(continuous=False)) as tracker:
        (body,) = tracker.track(frame, [face])
        (again,) = tracker.track(frame, [face])
    assert body.id == face.id
    assert is_below(body, face)
    assert body.visibility[[BodyLandmark.LEFT_SHOULDER, BodyLandmark.RIGHT_SHOULDER]].min() > 0.8
    across = body.points_world[BodyLandmark.LEFT_SHOULDER]
    across = across - body.points_world[BodyLandmark.RIGHT_SHOULDER]
    assert 0.2 < across[0] < 0.45
    np.testing.assert_array_equal(body.points_image, again.points_image)


def test_everybody_has_a_body_of_their_own() -> None:
    frame, faces = couple()
    with closing(BodyTracker(continuous=False)) as tracker:
        bodies = {body.id: body for body in tracker.track(frame, faces)}
    assert bodies.keys() == {face.id for face in faces}
    assert all(is_below(bodies[face.id], face) for face in faces)


def test_a_body_is_looked_at_a_few_times_and_then_seldom() -> None:
    frame = portrait()
    faces = (face_in(frame),)
    with closing(BodyTracker()) as tracker:
        told = [
            t
            for t in range(0, 4000, 50)
            if tracker.track(Frame(frame.image, t // 50, t * MS), faces)
        ]
        # The first look is waited for, the others are told of with the frame after them.
        assert told == [0, 350, 650, 950, 2150, 3350]
        # Another stream begins anew, and without faces there is nothing to look at.
        assert len(tracker.track(Frame(frame.image, 0, 0), faces)) == 1
        assert tracker.track(Frame(frame.image, 1, 300 * MS), ()) == ()


def test_a_look_is_put_off_to_a_frame_with_more_time() -> None:
    frame = portrait()
    faces = (face_in(frame),)
    with closing(BodyTracker()) as tracker:
        assert tracker.track(frame, faces)
        told = []
        for t, may_wait in ((310, True), (350, True), (380, False), (400, True), (450, True)):
            found = tracker.track(Frame(frame.image, t, t * MS), faces, may_wait=may_wait)
            told.append(bool(found))
        assert told == [False, False, False, True, False]
        # But not for long.
        tracker.track(Frame(frame.image, 780, 780 * MS), faces, may_wait=True)
        assert tracker.track(Frame(frame.image, 800, 800 * MS), faces, may_wait=True)


def test_several_bodies_of_a_video_take_turns() -> None:
    frame, faces = couple()
    with closing(BodyTracker()) as tracker:
        told = [
            {body.id for body in tracker.track(Frame(frame.image, t, t * MS), faces)}
            for t in range(0, 2100, 50)
        ]
    assert told[0] == {face.id for face in faces}
    assert all(len(ids) <= 1 for ids in told[1:])
    counts = [sum(face.id in ids for ids in told) for face in faces]
    assert min(counts) >= 4


def test_a_square_is_black_beyond_the_picture_and_covers_other_faces() -> None:
    image = np.full((40, 60, 3), 100, np.uint8)
    image[10:20, 30:40] = 200
    other = np.array([[30.0, 10.0], [40.0, 20.0]])
    square = _without(Window(-5, -5, 50, 50), Frame(image), [other]).image
    assert square.shape == (50, 50, 3)
    assert (square[:5] == 0).all()
    assert (square[45:] == 0).all()
    assert (square[5:45, :5] == 0).all()
    assert square.max() < 200
    np.testing.assert_array_equal(square[5:45, 5:30], image[:, :25])
    # The picture itself is left as it is.
    assert image.max() == 200
    assert not _without(Window(100, 100, 8, 8), Frame(image), [other]).image.any()


def test_bodies_are_looked_for_only_below_necklaces() -> None:
    frame = portrait()
    with closing(PeopleTracker(continuous=False)) as people:
        assert people.track(frame).bodies == ()
        assert people._bodies is None
        people.look_for(faces=True, hands=False, bodies=True)
        assert len(people.track(frame).bodies) == 1
    with Preview([load_product("calder-round")], continuous=False) as preview:
        assert preview.step(frame).tracks.bodies == ()
        preview.wear([load_product("lyra-pendant")])
        result = preview.step(frame)
        assert len(result.tracks.bodies) == 1
        assert result.poses.heads[0].trunk is not None
        preview.wear([load_product("calder-round")])
        assert preview.step(frame).tracks.bodies == ()


def test_a_replay_with_a_necklace_gives_the_same_pictures(tmp_path: Path) -> None:
    worn, log = [load_product("serena-strand")], TrackLog()
    with open_source("sample:face", end=14) as source:
        frames = list(source)
    with Preview(worn) as preview:
        results = [preview.step(frame) for frame in frames]
    for result in results:
        log.append(result.frame, result.tracks)
    assert [len(result.tracks.bodies) for result in results].count(1) == 2
    log.save(tmp_path / "tracks.npz")
    with Preview(worn, tracker=ReplayTracker(tmp_path / "tracks.npz")) as preview:
        for frame, result in zip(frames, results, strict=True):
            np.testing.assert_array_equal(preview.step(frame).image, result.image)
    with Preview(worn) as preview:
        for again, result in zip(preview.run(frames), results, strict=True):
            np.testing.assert_array_equal(again.image, result.image)
