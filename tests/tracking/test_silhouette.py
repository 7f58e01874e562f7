"""Which pixels round a head are people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import ar_preview as ar
from ar_preview.errors import TrackingError
from ar_preview.tracking import PeopleTracker, ReplayTracker, TrackLog
from ar_preview.tracking.silhouette import SilhouetteTracker
from ar_preview.tracks import FaceTrack, Tracks

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.frames import Frame

FRAME_NS = 33_000_000
FACE = (190.0, 60.0, 260.0, 160.0)
"""Of the astronaut: where her face begins and ends, px."""


@pytest.fixture(scope="module")
def portrait(root: Path) -> Frame:
    """The astronaut, whose hair is brown before a grey wall."""
    with ar.open_source(root / "assets" / "samples" / "astronaut.png") as source:
        return next(iter(source))


def face(key: int = 0) -> FaceTrack:
    x0, y0, x1, y1 = FACE
    points = np.random.default_rng(key).uniform((x0, y0), (x1, y1), (478, 2))
    points[:2] = (x0, y0), (x1, y1)
    return FaceTrack(key, points, np.zeros(478))


def later(frame: Frame, index: int) -> Frame:
    return ar.Frame(frame.image, index, index * FRAME_NS)


def test_hair_belongs_to_the_person_and_the_wall_does_not(portrait: Frame) -> None:
    tracker = SilhouetteTracker(continuous=False)
    (found,) = tracker.track(portrait, [face()])
    tracker.close()
    x0, y0, x1, y1 = found.box
    assert 0 <= x0 < FACE[0] and FACE[2] < x1 <= 512
    assert 0 <= y0 < FACE[1] and FACE[3] < y1 <= 512
    person = {"hair": (270, 80), "cheek": (225, 130)}
    wall = {"left": (140, 60), "right": (320, 60)}

    def seen(place: tuple[int, int]) -> int:
        column = (place[0] - x0) * 256 // (x1 - x0)
        row = (place[1] - y0) * 256 // (y1 - y0)
        return int(found.mask[row, column])

    assert min(seen(place) for place in person.values()) > 200
    assert max(seen(place) for place in wall.values()) < 50


def test_every_head_is_looked_at_at_once_and_then_in_turn(portrait: Frame) -> None:
    tracker = SilhouetteTracker()
    looks = [
        [s.face_id for s in tracker.track(later(portrait, k), [face(0), face(1)])]
        for k in range(25)
    ]
    tracker.close()
    assert looks[0] == [0, 1]
    counts = [len(look) for look in looks[1:]]
    assert max(counts) == 1
    assert sorted(key for look in looks[1:] for key in look) == [0, 0, 1, 1]


def test_a_look_waits_for_a_frame_without_a_search(portrait: Frame) -> None:
    tracker = SilhouetteTracker()
    tracker.track(portrait, [face()])
    for k in range(1, 11):
        assert not tracker.track(later(portrait, k), [face()], may_wait=True)
    assert tracker.track(later(portrait, 11), [face()])
    tracker.close()
    with pytest.raises(TrackingError, match="closed"):
        tracker.track(portrait, [face(7)])


def test_pictures_of_their_own_are_all_looked_at(portrait: Frame) -> None:
    tracker = SilhouetteTracker(continuous=False)
    for _ in range(2):
        assert len(tracker.track(portrait, [face()])) == 1
    assert tracker.track(portrait, []) == ()
    tracker.close()


def test_nobody_looks_where_nobody_asks(portrait: Frame) -> None:
    people = PeopleTracker(continuous=False)
    assert people.track(portrait).silhouettes == ()
    people.look_for(faces=True, hands=False, silhouettes=True)
    found = people.track(portrait)
    assert [s.face_id for s in found.silhouettes] == [f.id for f in found.faces]
    people.close()


def test_tracks_from_before_silhouettes_can_be_replayed(tmp_path: Path, portrait: Frame) -> None:
    path = tmp_path / "tracks.npz"
    log = TrackLog()
    log.append(portrait, Tracks(portrait.size, (face(),)))
    log.save(path)
    with np.load(path) as data:
        older = {name: data[name] for name in data.files if not name.startswith("silhouette")}
    np.savez(path, **older)
    again = ReplayTracker(path).track(portrait)
    assert len(again.faces) == 1
    assert again.silhouettes == ()
