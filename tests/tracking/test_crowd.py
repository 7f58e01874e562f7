"""Several faces, and small ones: found in parts of the picture, followed each by itself."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.errors import TrackingError
from ar_preview.frames import Frame, ImageSize
from ar_preview.sources import open_source
from ar_preview.tracking.crowd import CrowdTracker
from ar_preview.tracking.face import FaceTracker
from ar_preview.tracking.face_search import PictureFaces
from ar_preview.tracking.lone import LoneTracker
from ar_preview.tracking.windows import Window, parts, window_around
from tests.people import portrait

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.geometry import Array

NS_A_FRAME = 33_333_333
FACE_PX = 105
"""Height of the bundled portrait's face."""


def pasted(places: list[tuple[int, int]], face_px: int, size: ImageSize) -> Frame:
    """The bundled portrait, its face so high, at the middles of places on a grey wall."""
    image = np.full((size.height, size.width, 3), 120, np.uint8)
    scale = face_px / FACE_PX
    person = cv2.resize(portrait().image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cut = person[: round(250 * scale), round(100 * scale) : round(350 * scale)]
    for x, y in places:
        top, left = y - cut.shape[0] // 2, x - cut.shape[1] // 2
        image[top : top + cut.shape[0], left : left + cut.shape[1]] = cut
    return Frame(image)


def middles(tracks_faces: tuple) -> Array:
    return np.array([face.points_image.mean(axis=0) for face in tracks_faces])


@given(
    st.integers(300, 4000),
    st.integers(300, 4000),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
    st.integers(1, 3),
)
def test_what_is_half_as_large_as_a_part_is_wholly_in_one(
    width: int, height: int, across: float, down: float, halving: int
) -> None:
    size = ImageSize(width, height)
    side = max(size) >> halving
    of_side = [w for w in parts(size) if max(w.width, w.height) == side]
    if not of_side:
        assert side < 200 or side >= max(size)
        return
    extent = min(side // 2 - 2, width, height)
    left, top = across * (width - extent), down * (height - extent)
    corners = np.array([[left, top], [left + extent, top + extent]])
    assert any(not w.cuts_off(corners, size, 0.0) for w in of_side)


@given(
    st.floats(-500.0, 2500.0), st.floats(-500.0, 2500.0), st.floats(1.0, 900.0), st.floats(1.1, 4.0)
)
def test_windows_hold_what_they_are_made_for(
    x: float, y: float, extent: float, share: float
) -> None:
    points = np.array([[x, y], [x + extent, y + 0.8 * extent]])
    window = window_around(points, share)
    assert window.width == window.height == max(round(share * extent), 1)
    centre = np.array([window.left, window.top]) + 0.5 * window.width
    np.testing.assert_allclose(centre, points.mean(axis=0), atol=1.0)


def test_a_window_is_black_outside_the_picture() -> None:
    frame = portrait()
    cut = Window(-20, 480, 60, 50).cut(frame)
    assert cut.size == (60, 50)
    np.testing.assert_array_equal(cut.image[:32, 20:], frame.image[480:512, :40])
    assert not cut.image[32:].any()
    assert not cut.image[:, :20].any()
    assert not Window(600, 10, 30, 30).cut(frame).image.any()


def test_a_window_cuts_and_moves_back() -> None:
    frame = portrait()
    window = Window(40, 30, 200, 100)
    cut = window.cut(frame)
    np.testing.assert_array_equal(cut.image, frame.image[30:130, 40:240])
    np.testing.assert_array_equal(
        window.moved_out(np.array([[1.0, 2.0, 3.0]])), [[41.0, 32.0, 3.0]]
    )


def test_small_faces_of_a_large_picture_are_found() -> None:
    places = [(300, 240), (900, 620), (1700, 200), (1500, 700)]
    frame = pasted(places, 60, ImageSize(2000, 900))
    with closing(PictureFaces(8)) as tracker:
        found = middles(tracker.track(frame).faces)
        assert tracker.track(Frame(np.full((900, 2000, 3), 120, np.uint8))).faces == ()
    assert len(found) == len(places)
    for place in places:
        assert np.linalg.norm(found - place, axis=1).min() < 30.0
    with closing(PictureFaces(1)) as tracker:
        assert len(tracker.track(frame).faces) == 1


def test_a_picture_with_one_face_is_looked_at_as_ever() -> None:
    frame = portrait()
    with closing(PictureFaces()) as ours, closing(FaceTracker(continuous=False)) as theirs:
        (face,), (bare,) = ours.track(frame).faces, theirs.track(frame).faces
    np.testing.assert_array_equal(face.points_image, bare.points_image)


def test_two_faces_are_each_followed_as_steadily_as_one() -> None:
    """The sample beside itself, a second later; the one on the right is drawn far away."""
    with open_source("sample:face", end=75) as source:
        frames = [frame.image for frame in source]
    height, width = frames[0].shape[:2]
    alone: list[Array] = []
    beside: list[Array] = []
    sizes: list[float] = []
    with closing(CrowdTracker(2)) as crowd, closing(FaceTracker()) as single:
        for k in range(45):
            wide = np.full((height, 3 * width, 3), 120, np.uint8)
            wide[:, :width] = frames[k]
            small = cv2.resize(frames[k + 30], None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
            wide[100 : 100 + small.shape[0], 2 * width : 2 * width + small.shape[1]] = small
            faces = crowd.track(Frame(wide, k, k * NS_A_FRAME)).faces
            (bare,) = single.track(Frame(frames[k], k, k * NS_A_FRAME)).faces
            alone.append(bare.points_image)
            ids = {face.id: face for face in faces}
            beside.append(ids[0].points_image)
            if k > 30:
                assert set(ids) == {0, 1}
                sizes.append(float(np.ptp(ids[1].points_image[:, 1])))
                assert ids[1].points_image[:, 0].min() > 2 * width
    assert np.abs(np.array(beside) - np.array(alone))[2:].mean() < 0.01 * width
    assert np.std(sizes) < 0.05 * np.mean(sizes)


def test_who_leaves_makes_room_for_who_comes() -> None:
    size = ImageSize(1280, 480)
    left, right = (pasted([(x, 240)], 150, size).image for x in (300, 980))
    seen = []
    with closing(CrowdTracker(2)) as tracker:
        for k in range(60):
            image = left if k < 30 else right
            faces = tracker.track(Frame(image, k, k * NS_A_FRAME)).faces
            seen.append(middles(faces)[:, 0] if faces else np.zeros(0))
            assert len(faces) <= 1
        # Another size of the picture and time that runs back begin anew.
        assert len(tracker.track(portrait()).faces) == 1
        tracker.close()
        with pytest.raises(TrackingError, match="closed"):
            tracker.track(portrait())
    assert all(abs(x[0] - 300) < 60 for x in seen[:30])
    assert all(abs(x[0] - 980) < 60 for x in seen[38:])


def test_somebody_far_away_is_found_after_a_second() -> None:
    size = ImageSize(1280, 720)
    far, near = pasted([(900, 300)], 50, size).image, pasted([(400, 380)], 240, size).image
    seen = []
    with closing(LoneTracker()) as tracker:
        for k in range(120):
            image = far if k < 90 else near
            faces = tracker.track(Frame(image, k, k * NS_A_FRAME)).faces
            seen.append(faces[0].points_image.mean(axis=0) if faces else None)
    first = next(k for k, place in enumerate(seen) if place is not None)
    assert 28 <= first < 80
    assert all(place is not None and abs(place[0] - 900) < 40 for place in seen[first:90])
    assert seen[91] is not None
    assert all(place is not None and abs(place[0] - 400) < 60 for place in seen[91:])


def test_everybody_on_a_large_group_photo_is_found(shared_data: Path) -> None:
    with open_source(shared_data / "photos" / "solvay1927.jpg") as source:
        frame = next(source)
    with closing(PictureFaces(32)) as tracker:
        faces = tracker.track(frame).faces
    assert len(faces) == 29
    heights = [np.ptp(face.points_image[:, 1]) for face in faces]
    assert 50 < min(heights) <= max(heights) < 90


@pytest.mark.parametrize("name", ["dogs.jpg", "handSrc.jpg", "handDst.jpg", "hand_thumb_up.jpg"])
def test_parts_show_no_faces_where_there_are_none(shared_data: Path, name: str) -> None:
    with open_source(shared_data / "photos" / name) as source:
        frame = next(source)
    with closing(PictureFaces(8)) as tracker:
        assert tracker.track(frame).faces == ()
