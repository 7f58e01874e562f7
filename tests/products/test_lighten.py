"""Lighter models: fewer triangles, the same shape, normals and texture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.products import load_product
from ar_preview.products.lighten import deviation, lightened
from tests.rendering.stage_kit import ball, matte, product, quad

if TYPE_CHECKING:
    from ar_preview.products.product import Primitive, Product

RADIUS = 0.03


def first(piece: Product) -> Primitive:
    return piece.nodes[0].primitives[0]


def test_a_ball_stays_round_and_keeps_its_normals_and_its_seam() -> None:
    full = product(ball(RADIUS), m=matte(0.5))
    light = first(lightened(full, 1200))
    assert 0.8 * 1200 <= len(light.triangles) <= 1.2 * 1200
    radii = np.linalg.norm(light.positions, axis=1)
    np.testing.assert_allclose(radii, RADIUS, rtol=0.02)
    direction = light.positions / radii[:, None]
    assert (np.einsum("ij,ij->i", direction, light.normals) > 0.99).all()
    # Triangles at the seam take all corners from one side of it: none spans the whole texture.
    a, b, c = np.moveaxis(light.positions[light.triangles], 1, 0)
    middle = (a + b + c) / 3.0
    off_the_poles = np.abs(middle[:, 1]) < 0.9 * RADIUS
    spans = np.ptp(light.uv[light.triangles][..., 0], axis=1)
    assert spans[off_the_poles].max() < 0.3
    # And the texture lies where it lay.
    around = np.arctan2(direction[:, 0], direction[:, 2]) / (2.0 * np.pi)
    turn = light.uv[:, 0] - around
    inside = np.abs(direction[:, 1]) < 0.9
    assert np.abs(turn - np.round(turn))[inside].max() < 0.02
    # Outside stays outside.
    assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), middle) > 0).all()


def test_nodes_and_materials_stay(root: object) -> None:
    full = load_product("marlow-havana")
    assert full.lod is not None
    light = lightened(full.lod, 2000)
    assert 1600 < light.triangle_count < 2400
    assert [n.name for n in light.nodes] == [n.name for n in full.lod.nodes]
    assert light.materials is full.lod.materials
    for heavy, lighter in zip(full.lod.nodes, light.nodes, strict=True):
        assert [p.material for p in lighter.primitives] == [p.material for p in heavy.primitives]
    np.testing.assert_allclose(
        np.ptp(light.vertices_product(), axis=0),
        np.ptp(full.vertices_product(), axis=0),
        atol=1e-3,
    )


def test_the_same_model_comes_out_each_time() -> None:
    full = product(ball(RADIUS), m=matte(0.5))
    one, other = (first(lightened(full, 900)) for _ in range(2))
    np.testing.assert_array_equal(one.positions, other.positions)
    np.testing.assert_array_equal(one.triangles, other.triangles)


def test_both_sets_of_texture_coordinates_are_kept() -> None:
    whole = ball(0.05)
    piece = replace(whole, second_uv=whole.uv * np.float32([0.5, 2.0]))
    light = first(lightened(product(piece, m=matte(0.5)), 400))
    assert light.second_uv is not None
    np.testing.assert_allclose(light.second_uv, light.uv * [0.5, 2.0], atol=0.02)


def test_colours_stay_with_their_places() -> None:
    plain = ball(RADIUS)
    colors = np.ones((len(plain.positions), 4), np.float32)
    colors[:, 0] = plain.positions[:, 1] > 0.0
    light = first(lightened(product(replace(plain, colors=colors), m=matte(0.5)), 1200))
    assert light.colors is not None
    high = np.abs(light.positions[:, 1]) > 0.1 * RADIUS
    np.testing.assert_array_equal(light.colors[high, 0], light.positions[high, 1] > 0.0)


@pytest.mark.parametrize("piece", [quad(), replace(quad(), triangles=np.zeros((0, 3), np.uint32))])
def test_what_is_light_already_is_left_alone(piece: Primitive) -> None:
    assert first(lightened(product(piece, m=matte(0.5)), 1)) is piece


def test_triangles_without_area_do_no_harm() -> None:
    plain = ball(RADIUS)
    flat = np.zeros((5, 3), np.uint32)
    piece = replace(plain, triangles=np.concatenate([flat, plain.triangles]))
    light = first(lightened(product(piece, m=matte(0.5)), 1200))
    assert np.isfinite(light.positions).all()
    assert np.isfinite(light.uv).all()
    point = replace(plain, positions=np.zeros_like(plain.positions))
    assert first(lightened(product(point, m=matte(0.5)), 100)) is point


def test_normals_of_lighter_models_turn_with_the_surface() -> None:
    """A mirror shows every degree: facets would break its picture."""
    full = product(ball(0.05), m=matte(0.5))
    light = first(lightened(full, 400))
    out = light.positions / np.linalg.norm(light.positions, axis=1, keepdims=True)
    off = np.degrees(np.arccos(np.clip((out * light.normals).sum(axis=1), -1.0, 1.0)))
    assert np.percentile(off, 95) < 1.0
    np.testing.assert_allclose(np.linalg.norm(light.normals, axis=1), 1.0, atol=1e-5)


def test_deviation_is_the_sagitta_of_the_chords() -> None:
    full = product(ball(0.05), m=matte(0.5))
    assert deviation(full, full) == 0.0
    apart = [deviation(full, lightened(full, n)) for n in (2000, 1000, 500, 250)]
    # n even triangles on a sphere have chords of some r sqrt(4 pi 4 / (n sqrt 3)): the middle of
    # such a triangle lies c^2 / (6 r) deep.
    for n, value in zip((2000, 1000, 500, 250), apart, strict=True):
        chord = 0.05 * np.sqrt(16.0 * np.pi / (n * np.sqrt(3.0)))
        assert 0.3 < value / (chord**2 / (6.0 * 0.05)) < 2.5
    assert apart == sorted(apart)
