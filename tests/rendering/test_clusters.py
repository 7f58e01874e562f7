"""Pieces far apart are drawn apart, without a change of the picture."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_preview.geometry import Camera
from ar_preview.layer import Layer
from ar_preview.rendering.clusters import clusters, united
from ar_preview.scene import Scene
from tests.rendering.stage_kit import Stage, ball, matte, placed, product

BALL = product(ball(0.01, rings=8), m=matte(0.5))
CAMERA = Camera(1280, 720, 1000.0, 1000.0, 640.0, 360.0)
PLACES = st.tuples(st.floats(-0.25, 0.25), st.floats(-0.15, 0.15))


@settings(max_examples=60)
@given(places=st.lists(PLACES, min_size=1, max_size=6))
def test_every_piece_is_drawn_once_and_with_those_that_it_may_meet(
    places: list[tuple[float, float]],
) -> None:
    items = [placed(BALL, x=x, y=y) for x, y in places]
    parts = clusters(Scene(CAMERA, tuple(items)))
    assert sorted(id(i) for p in parts for i in p.items) == sorted(id(i) for i in items)
    part_of = {id(i): k for k, part in enumerate(parts) for i in part.items}
    for a, at_a in zip(items, places, strict=True):
        for b, at_b in zip(items, places, strict=True):
            if np.abs(np.subtract(at_a, at_b)).max() < 0.02:
                assert part_of[id(a)] == part_of[id(b)]


def test_a_ring_far_below_a_face_is_a_part_of_its_own() -> None:
    items = (placed(BALL, x=-0.2, y=-0.12), placed(BALL, x=0.2, y=0.12))
    assert len(clusters(Scene(CAMERA, items))) == 2
    assert len(clusters(Scene(CAMERA, items[:1] * 2))) == 1


def test_the_picture_of_parts_is_that_of_each_alone(stage: Stage) -> None:
    far = [placed(BALL, x=-0.06, y=-0.04), placed(BALL, x=0.06, y=0.04)]
    scene = stage.scene(*far)
    assert len(clusters(scene)) == 2
    add, transmit = stage.full(scene, 90)
    alone = [stage.full(stage.scene(item), 90) for item in far]
    assert np.abs(add.astype(int) - np.maximum(*(a for a, _ in alone))).max() <= 1
    assert np.abs(transmit.astype(int) - np.minimum(*(t for _, t in alone))).max() <= 1


def test_layers_are_united_where_they_were() -> None:
    one = Layer((3, 2), np.full((2, 2, 3), 7, np.uint8), np.full((2, 2, 3), 9, np.uint8))
    other = Layer((6, 5), np.full((1, 3, 3), 8, np.uint8), np.zeros((1, 3, 3), np.uint8))
    both = united([one, Layer.empty(), other])
    assert both.offset == (3, 2)
    assert both.add.shape == (4, 6, 3)
    assert (both.add[:2, :2] == 7).all()
    assert (both.transmit[3, 3:] == 0).all()
    assert (both.transmit[:2, 3:] == 255).all()
    assert united([]).is_empty
