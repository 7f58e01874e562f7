"""The product photograph: framed, grounded, and on nothing when asked."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from ar_preview.geometry import ImageSize, so3_exp, texel_areas
from ar_preview.products.product import Material
from ar_preview.workshop.tent import tent_light
from ar_preview.workshop.thumbnails import render_thumbnail, write_thumbnail
from tests.products.glb_builder import product_folder
from tests.rendering.stage_kit import ball, matte, product

if TYPE_CHECKING:
    from pathlib import Path

    from ar_preview.products.product import Product


@pytest.fixture
def red_ball() -> Product:
    red = Material(base_color=(0.6, 0.02, 0.02, 1.0), metallic=0.0, roughness=0.4)
    piece = product(ball(0.03), m=red)
    variants = {"blue": {"m": dataclasses.replace(red, base_color=(0.02, 0.02, 0.6, 1.0))}}
    return dataclasses.replace(piece, slot="hat", variants=variants)


def test_the_piece_fills_the_picture_and_stands_on_its_shadow(red_ball: Product) -> None:
    picture = render_thumbnail(red_ball, 120)
    assert picture.shape == (120, 120, 4)
    assert (picture[..., 3] == 255).all()
    color = picture[..., :3].astype(int)
    rows, columns = np.nonzero(color[..., 0] - color[..., 1] > 40)
    assert np.ptp(columns) + 1 == pytest.approx(0.86 * 120, abs=3)
    assert columns.mean() + 0.5 == pytest.approx(60, abs=1.5)
    assert rows.mean() + 0.5 == pytest.approx(60, abs=4)
    # Neutral light ground; darker right under the ball than in the corners.
    ground = color[[2, 2, -3, -3], [2, -3, 2, -3]]
    assert np.ptp(ground, axis=-1).max() <= 3
    assert ground.min() > 215
    under = color[int(rows.max()) + 2, 60]
    assert under.mean() < ground.min() - 25


def test_transparent_keeps_piece_and_shadow_only(red_ball: Product) -> None:
    picture = render_thumbnail(red_ball, 120, transparent=True)
    alpha = picture[..., 3]
    assert (alpha[[0, 0, 40], [0, -1, 2]] == 0).all()
    assert alpha[60, 60] == 255
    shadow = (alpha > 20) & (alpha < 200) & (picture[..., :3].max(axis=-1) < 40)
    assert shadow.sum() > 50


def test_variants_are_shown(red_ball: Product) -> None:
    plain = render_thumbnail(red_ball, 60).astype(int)
    blue = render_thumbnail(red_ball, 60, variant="blue").astype(int)
    assert plain[30, 30, 0] > plain[30, 30, 2] + 40
    assert blue[30, 30, 2] > blue[30, 30, 0] + 40


def test_glasses_are_tipped_onto_rims_and_tips() -> None:
    # A front 40 mm high and two "tips" that hang 10 mm lower, 120 mm behind.
    front = ball(0.02)
    tip = dataclasses.replace(
        ball(0.004), positions=ball(0.004).positions + np.float32([0.0, -0.026, -0.12])
    )
    glasses = product(front, tip, m=matte(0.3))
    from ar_preview.workshop.thumbnails import _standing

    points = glasses.vertices_product()
    stood = _standing(glasses, points) @ points
    split = len(front.positions)
    low = stood[:split, 1].min(), stood[split:, 1].min()
    assert low[0] == pytest.approx(low[1], abs=3e-4)
    hat = dataclasses.replace(glasses, slot="hat")
    np.testing.assert_array_equal(_standing(hat, points).rotation, so3_exp([0.0, 0.0, 0.0]))


def test_jewellery_stands_as_in_a_shop_window() -> None:
    from ar_preview.workshop.thumbnails import _standing

    piece = product(ball(0.01))
    up = {"ring:ring": [0, 0, 1], "watch": [-1, 0, 0], "bracelet": [0, 1, 0]}
    for slot, axis in up.items():
        standing = _standing(dataclasses.replace(piece, slot=slot), piece.vertices_product())
        np.testing.assert_allclose(standing.rotation @ axis, [0, 1, 0], atol=1e-9, err_msg=slot)
    watch = _standing(dataclasses.replace(piece, slot="watch"), piece.vertices_product())
    # The dial looks at the camera, 3 o'clock at the right.
    np.testing.assert_allclose(watch.rotation @ [0, 0, 1], [0, 0, 1], atol=1e-9)
    np.testing.assert_allclose(watch.rotation @ [0, 1, 0], [1, 0, 0], atol=1e-9)


def test_the_tent_is_white_with_black_cards_and_small_lamps() -> None:
    light = tent_light()
    assert light.radiance is not None and light.irradiance is not None
    grey = light.radiance.mean(axis=-1)
    assert (grey < 0.1).mean() > 0.04
    assert 0.2 < np.median(grey) < 1.2
    assert 1e-4 < (grey > 3.5).mean() < 0.03
    assert np.ptp(light.radiance, axis=-1).mean() < 0.03 * grey.mean()
    # Harmonics of order 0: the mean over the sphere times the root of 4 pi.
    mean = (light.radiance * texel_areas(len(grey))[..., None]).sum(axis=(0, 1))
    np.testing.assert_allclose(light.irradiance[0], mean * np.sqrt(4.0 * np.pi), rtol=1e-3)


def test_the_thumbnail_of_a_folder_is_written_as_png(tmp_path: Path) -> None:
    folder = product_folder(tmp_path / "box")
    path = write_thumbnail(folder, 64)
    assert path == folder / "thumbnail.png"
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture.shape == (64, 64, 3)
    assert picture.std() > 5


def test_other_shapes_are_filled_by_what_touches_first(red_ball: Product) -> None:
    picture = render_thumbnail(red_ball, ImageSize(160, 90))
    assert picture.shape == (90, 160, 4)
    color = picture[..., :3].astype(int)
    rows, columns = np.nonzero(color[..., 0] - color[..., 1] > 40)
    assert np.ptp(rows) + 1 == pytest.approx(0.86 * 90, abs=3)
    assert columns.mean() + 0.5 == pytest.approx(80, abs=1.5)
