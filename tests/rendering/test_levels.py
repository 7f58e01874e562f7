"""Which model is drawn at which size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_preview.compositing import composite
from ar_preview.geometry import Camera
from ar_preview.products.lighten import deviation
from ar_preview.products.product import Material, Product
from ar_preview.quality import Quality
from ar_preview.rendering.levels import Levels
from tests.rendering.stage_kit import Stage, ball, matte, placed, product

FULL = product(ball(0.05), m=matte(0.5))
HALF = product(ball(0.05, rings=30), m=matte(0.5))
CAMERA = Camera(1280, 720, 1000.0, 1000.0, 640.0, 360.0)


@settings(max_examples=25)
@given(depths=st.lists(st.floats(0.1, 5.0), min_size=2, max_size=8))
def test_the_nearer_the_more_triangles(depths: list[float]) -> None:
    piece = replace(FULL, lod=HALF)
    for coarseness in (0.0, 1.0):
        levels = Levels()
        counts = [
            levels.choose(placed(piece, z=z), CAMERA, coarseness).triangle_count
            for z in sorted(depths, reverse=True)
        ]
        assert counts == sorted(counts)


def test_without_lightening_only_given_models_are_drawn() -> None:
    piece = replace(FULL, lod=HALF)
    levels = Levels()
    assert levels.choose(placed(piece, z=0.1), CAMERA, 0.0) is piece
    assert levels.choose(placed(piece, z=4.0), CAMERA, 0.0) is HALF


def test_a_missing_light_model_is_made_once() -> None:
    levels = Levels()
    far = placed(FULL, z=2.0)
    made = levels.choose(far, CAMERA, 1.0)
    assert made.triangle_count < 0.3 * FULL.triangle_count
    assert levels.choose(far, CAMERA, 1.0) is made
    assert levels.choose(far, CAMERA, 0.5).triangle_count >= made.triangle_count


def test_thin_wire_stays_round() -> None:
    """It has little surface for its size: triangles by area alone would make it a polygon."""
    pytest.importorskip("scipy")
    pytest.importorskip("shapely")
    from ar_preview.workshop.meshkit import oval, tube
    from ar_preview.workshop.model import node_from_meshes

    turn = np.linspace(0.0, 2.0 * np.pi, 96, endpoint=False)
    path = 24.0 * np.column_stack([np.cos(turn), np.sin(turn), 0.0 * turn])
    rim = tube(path, oval(0.7, 0.7, 8), "m", closed=True, up=(0.0, 0.0, 1.0))
    wire = Product(
        "wire", "wire", "glasses", (node_from_meshes("rim", None, [rim]),), {"m": Material()}
    )
    for z in (0.3, 0.6, 1.2):
        drawn = Levels().choose(placed(wire, z=z), CAMERA, 1.0)
        assert deviation(wire, drawn) * CAMERA.fx / z <= 0.7
    assert drawn.triangle_count < wire.triangle_count


def test_a_trembling_size_does_not_change_the_model() -> None:
    rng = np.random.default_rng(1)
    for middle in np.linspace(0.2, 0.8, 25):
        levels = Levels()
        first = levels.choose(placed(FULL, z=middle), CAMERA, 1.0)
        for z in middle * (1.0 + 0.03 * rng.uniform(-1.0, 1.0, 8)):
            assert levels.choose(placed(FULL, z=z), CAMERA, 1.0) is first


def test_a_layer_drawn_small_is_the_same_picture_softer(stage: Stage) -> None:
    scene = stage.scene(placed(product(ball(0.03), m=matte(0.5)), x=0.004))
    image = stage.background(90)
    full = stage.renderer.render(scene, image)
    half = stage.renderer.render(scene, image, Quality(scale=0.5))
    assert half.offset == full.offset
    assert half.add.shape == full.add.shape
    difference = np.abs(composite(image, half).astype(int) - composite(image, full))
    assert 0.0 < difference.mean() < 3.0
    centres = []
    for layer in (full, half):
        cover = 255.0 - layer.transmit[..., 0]
        rows, columns = np.mgrid[: cover.shape[0], : cover.shape[1]]
        centres.append([(cover * rows).sum() / cover.sum(), (cover * columns).sum() / cover.sum()])
    np.testing.assert_allclose(centres[0], centres[1], atol=0.15)
