"""Which pixels are covered: exact rectangles, depth, occluders, borders."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_preview.geometry import Camera, RigidTransform
from ar_preview.rendering.region import NEAR_M, projected, region_of_interest
from ar_preview.scene import Item, Occluder
from tests.rendering.stage_kit import (
    FACING,
    UNIFORM,
    Stage,
    ball,
    decode,
    encode,
    matte,
    placed,
    product,
    quad,
)


def occluder(x0: float, x1: float, y0: float, y1: float, z: float) -> Occluder:
    """A rectangle across the view in camera space, metres."""
    corners = [[x0, y0, z], [x1, y0, z], [x1, y1, z], [x0, y1, z]]
    return Occluder("wall", np.array(corners, np.float32), np.uint32([[0, 1, 2], [0, 2, 3]]))


def test_a_square_covers_exactly_its_pixels(stage: Stage) -> None:
    # 30 x 20 mm at 0.5 m, 1 px a mm, its corner at (65, 50).
    item = placed(product(quad(0.03, 0.02), m=matte(0.5)))
    _, transmit = stage.full(stage.scene(item))
    expected = np.full((120, 160), 255)
    expected[50:70, 65:95] = 0
    np.testing.assert_array_equal(transmit.max(axis=-1), expected)
    np.testing.assert_array_equal(transmit.min(axis=-1), expected)


def test_a_half_covered_pixel_mixes_half_in_linear_light(stage: Stage) -> None:
    item = placed(product(quad(0.03, 0.02), m=matte(0.8)), x=0.0005)
    add, transmit = stage.full(stage.scene(item), 60)
    for column in (65, 95):
        seen = transmit[60, column] / 255.0 * 60 + add[60, column]
        expected = encode(0.5 * 0.8 * UNIFORM + 0.5 * decode(60))
        np.testing.assert_allclose(seen, expected, atol=2.0)


def test_empty_pixels_change_nothing(stage: Stage) -> None:
    item = placed(product(ball(0.03), m=matte(0.5)))
    layer = stage.renderer.render(stage.scene(item), stage.background(77))
    corner = (slice(0, 3), slice(0, 3))
    assert (layer.transmit[corner] == 255).all()
    assert (layer.add[corner] == 0).all()


@settings(max_examples=40)
@given(
    x=st.floats(-30.0, 30.0), y=st.floats(-20.0, 20.0), z=st.floats(0.35, 1.5), bent=st.booleans()
)
def test_a_dot_is_drawn_where_the_camera_projects_it(
    stage: Stage, x: float, y: float, z: float, bent: bool
) -> None:
    camera = stage.camera
    if bent:
        camera = dataclasses.replace(camera, distortion=(-0.25, 0.08, 0.002, -0.001, 0.0))
    center = np.array([x / 500.0 * z, y / 500.0 * z, z])
    facing = RigidTransform(FACING, center)
    item = Item(product(ball(0.012 * z), m=matte(0.5)), "face:0/glasses", facing)
    scene = dataclasses.replace(stage.scene(item), camera=camera)
    _, transmit = stage.full(scene)
    cover = 1.0 - decode(transmit[..., 0])
    rows, columns = np.mgrid[: cover.shape[0], : cover.shape[1]] + 0.5
    centroid = np.array([(cover * columns).sum(), (cover * rows).sum()]) / cover.sum()
    # The outline of a ball is an ellipse whose middle is not the projection of its own.
    tangent = center * (1.0 + 0.012**2) if not bent else center
    expected = camera.project(tangent)
    assert np.abs(centroid - expected).max() <= 0.05 + 0.02 * float(bent)


def test_the_nearer_surface_wins_in_any_order(stage: Stage) -> None:
    near = placed(product(quad(0.02, 0.02), m=matte(0.8)), z=0.4)
    far = placed(product(quad(0.06, 0.06), m=matte(0.1)), z=0.5)
    pictures = [stage.full(stage.scene(*items))[0] for items in ((near, far), (far, near))]
    np.testing.assert_array_equal(pictures[0], pictures[1])
    np.testing.assert_allclose(pictures[0][60, 80], encode(0.4), atol=1.0)
    np.testing.assert_allclose(pictures[0][60, 55], encode(0.05), atol=1.0)


def test_an_occluder_hides_what_is_behind_it(stage: Stage) -> None:
    item = placed(product(quad(0.04, 0.04), m=matte(0.5)))
    half = occluder(-0.2, 0.0, -0.2, 0.2, 0.45)
    _, transmit = stage.full(stage.scene(item, occluders=(half,)))
    assert (transmit[60, 62:79] == 255).all()
    assert (transmit[60, 81:98] == 0).all()
    behind = occluder(-0.2, 0.0, -0.2, 0.2, 0.55)
    _, transmit = stage.full(stage.scene(item, occluders=(behind,)))
    assert (transmit[60, 62:98] == 0).all()


def test_an_occluder_hides_lenses_too_and_draws_nothing(stage: Stage) -> None:
    lens = matte(0.5, transmission=1.0, roughness=0.0)
    item = placed(product(quad(0.04, 0.04), m=lens))
    wall = occluder(-0.2, 0.2, -0.2, 0.2, 0.45)
    add, transmit = stage.full(stage.scene(item, occluders=(wall,)))
    assert (transmit == 255).all()
    assert (add == 0).all()


def test_many_occluders_keep_their_own_triangles(stage: Stage) -> None:
    item = placed(product(quad(0.04, 0.04), m=matte(0.5)))
    walls = (
        occluder(-0.2, -0.005, -0.2, 0.2, 0.45),
        occluder(0.005, 0.2, -0.2, 0.2, 0.45),
        Occluder("nothing", np.zeros((0, 3), np.float32), np.zeros((0, 3), np.uint32)),
    )
    _, transmit = stage.full(stage.scene(item, occluders=walls))
    visible = np.nonzero((transmit[60] == 0).all(axis=-1))[0]
    assert 8 <= len(visible) <= 11
    assert abs(visible.mean() + 0.5 - 80.0) <= 0.5


@pytest.mark.parametrize("offset", [(-0.08, 0.0), (0.08, 0.0), (0.0, -0.06), (0.07, 0.05)])
def test_a_piece_across_the_border_is_cut_there(stage: Stage, offset: tuple[float, float]) -> None:
    """The frame's part of a piece is what a larger frame shows at the same place."""
    item = placed(product(ball(0.03), m=matte(0.5)), x=offset[0], y=offset[1])
    add, transmit = stage.full(stage.scene(item))
    wide = Stage(stage.renderer, Camera(320, 240, 500.0, 500.0, 160.0, 120.0))
    add_wide, transmit_wide = wide.full(wide.scene(item))
    np.testing.assert_array_equal(transmit, transmit_wide[60:180, 80:240])
    np.testing.assert_allclose(add.astype(int), add_wide[60:180, 80:240], atol=1)
    assert (transmit == 0).any()


@pytest.mark.parametrize("position", [(0, 0, -0.5), (1.0, 0, 0.5), (0, -1.0, 0.5), (0, 0, 0.0)])
def test_a_piece_out_of_view_gives_an_empty_layer(
    stage: Stage, position: tuple[float, float, float]
) -> None:
    x, y, z = position
    item = placed(product(quad(0.02, 0.02), m=matte(0.5)), x=x, y=y, z=z)
    assert stage.renderer.render(stage.scene(item), stage.background()).is_empty


def test_no_items_give_an_empty_layer(stage: Stage) -> None:
    assert stage.renderer.render(stage.scene(), stage.background()).is_empty


def test_a_piece_that_reaches_behind_the_camera_is_drawn_in_front_of_it(stage: Stage) -> None:
    # A floor that runs from 0.5 m ahead to 0.5 m behind, 5 cm below the eye.
    floor = placed(
        product(quad(0.1, 1.0), m=matte(0.5, double_sided=True)),
        z=0.0,
        y=0.05,
        turn=(-np.pi / 2, 0, 0),
    )
    _, transmit = stage.full(stage.scene(floor))
    assert (transmit[118, 80] == 0).all()
    assert (transmit[:105] == 255).all()


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (161, 121), (641, 479), (1920, 1080)])
def test_any_frame_size_can_be_filled(stage: Stage, size: tuple[int, int]) -> None:
    width, height = size
    camera = Camera(width, height, 500.0, 500.0, width / 2, height / 2)
    large = Stage(stage.renderer, camera)
    add, transmit = large.full(large.scene(placed(product(quad(4.0, 4.0), m=matte(0.5)))))
    assert (transmit == 0).all()
    np.testing.assert_allclose(add, encode(0.25), atol=1.0)


def test_the_region_is_whole_pixels_inside_the_frame() -> None:
    camera = Camera(160, 120, 500.0, 500.0, 80.0, 60.0)
    points = np.array([[-0.01, -0.02, 0.5], [0.03, 0.01, 0.5]])
    region = region_of_interest(camera, points.T)
    assert region is not None
    assert (region.x, region.y, region.width, region.height) == (68, 38, 44, 34)
    assert region_of_interest(camera, np.array([[0.0], [0.0], [NEAR_M / 2]])) is None
    assert region_of_interest(camera, np.zeros((3, 0))) is None
    wild = np.array([[1e30, 1e30, 1.0], [-1e30, -1e30, 1.0]])
    region = region_of_interest(camera, wild.T)
    assert region is not None
    assert (region.x, region.y, region.width, region.height) == (0, 0, 160, 120)


def test_a_thin_tilted_bar_keeps_its_width_as_it_moves(stage: Stage) -> None:
    """A temple 1.3 px thick must not crawl: its covered area stays, wherever it lies."""
    bar = product(quad(0.08, 0.0013), m=matte(0.5))
    areas = []
    for step in range(20):
        item = placed(bar, y=0.0001 * step, turn=(0.0, 0.0, 0.07))
        _, transmit = stage.full(stage.scene(item))
        areas.append(float((1.0 - decode(transmit[..., 0])).sum()))
    assert np.mean(areas) == pytest.approx(80 * 1.3, rel=0.02)
    assert np.std(areas) < 0.02 * np.mean(areas)


def test_a_mirrored_node_shows_its_outside(stage: Stage) -> None:
    piece = product(quad(0.03, 0.02), m=matte(0.5))
    node = dataclasses.replace(piece.nodes[0], parent_from_node=np.diag([-1.0, 1.0, 1.0, 1.0]))
    add, transmit = stage.full(stage.scene(placed(dataclasses.replace(piece, nodes=(node,)))))
    assert (transmit[60, 80] == 0).all()
    np.testing.assert_allclose(add[60, 80], encode(0.25), atol=1.0)


def test_the_light_model_is_drawn_where_the_piece_is_small(stage: Stage) -> None:
    light_model = product(quad(0.02, 0.02), m=matte(0.5))
    piece = dataclasses.replace(product(quad(0.04, 0.04), m=matte(0.5)), lod=light_model)
    _, small = stage.full(stage.scene(placed(piece)))
    assert (small[60, 80] == 0).all()
    assert (small[60, 65] == 255).all()
    _, large = stage.full(stage.scene(placed(piece, z=0.015)))
    assert (large == 0).all()


def test_projected_points_lie_row_by_row_however_they_came() -> None:
    camera = Camera.from_fov((160, 120))
    points = np.random.default_rng(3).uniform([-0.1, -0.1, 0.4], [0.1, 0.1, 0.6], (50, 3))
    place, _ = projected(camera, points.T)
    assert place.flags.c_contiguous
    np.testing.assert_array_equal(place, projected(camera, np.ascontiguousarray(points.T))[0])
    np.testing.assert_allclose(place[:2].T, camera.project(points), atol=1e-4)
