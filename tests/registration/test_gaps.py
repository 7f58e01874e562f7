"""Frames that were not searched show what was there before."""

from __future__ import annotations

import numpy as np

from ar_preview.frames import ImageSize
from ar_preview.geometry import RigidTransform
from ar_preview.person import Interval, Person
from ar_preview.poses import HeadPose, Poses
from ar_preview.registration import Gaps
from ar_preview.tracks import Tracks

SIZE = ImageSize(640, 480)
SEEN, LEFT_OUT = Tracks(SIZE), Tracks(SIZE, faces_sought=False, hands_sought=False)


def head(person: int) -> HeadPose:
    return HeadPose(person, RigidTransform(np.eye(3), [0.0, 0.0, 0.5]), np.zeros((468, 3)))


def somebody(person: int) -> Person:
    return Person(person, Interval(1.0, 0.9, 1.1))


def test_heads_stay_where_they_were_while_nobody_looks() -> None:
    gaps = Gaps()
    first, second, moved = head(1), head(2), head(1)
    gaps.fill(Poses((first, second)), (somebody(1), somebody(2)), SEEN)
    # The picture alone followed the first one.
    poses, persons = gaps.fill(Poses((moved,)), (somebody(1),), LEFT_OUT)
    assert poses.heads == (moved, second)
    assert [person.id for person in persons] == [1, 2]
    poses, _ = gaps.fill(Poses(), (), LEFT_OUT)
    assert poses.heads == (moved, second)


def test_who_was_looked_for_in_vain_is_gone() -> None:
    gaps = Gaps()
    gaps.fill(Poses((head(1),)), (somebody(1),), SEEN)
    assert gaps.fill(Poses(), (), SEEN)[0].heads == ()
    assert gaps.fill(Poses(), (), LEFT_OUT)[0].heads == ()
