"""Light that follows the room: maps of radiance, the body behind a piece, and no light at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ar_preview.geometry import (
    SH_COSINE_LOBE,
    RigidTransform,
    octahedral_directions,
    sh_basis,
    texel_areas,
)
from ar_preview.products.product import Material
from ar_preview.rendering.prefilter import RADIANCE_LAYERS, dithered, prefiltered_layers
from ar_preview.scene import Ellipsoid, Light
from tests.rendering.stage_kit import (
    FACING,
    UNIFORM,
    ball,
    decode,
    encode,
    matte,
    placed,
    product,
    quad,
)

if TYPE_CHECKING:
    from tests.rendering.stage_kit import Stage

CENTER = (60, 80)


def even(level: float = UNIFORM, body: float | None = None) -> Light:
    """The same light from everywhere, as harmonics and as a map."""
    harmonics = np.zeros((9, 3))
    harmonics[0] = level * np.sqrt(4.0 * np.pi)
    return Light(
        irradiance=harmonics,
        radiance=np.full((64, 64, 3), level, np.float32),
        body_radiance=None if body is None else np.full(3, body),
    )


HEAD = Ellipsoid(RigidTransform(FACING, [0.0, 0.0, 0.65]), (0.09, 0.11, 0.1))
"""Close behind pieces at 0.5 m."""


@pytest.mark.parametrize("metallic", [0.0, 1.0])
@pytest.mark.parametrize("roughness", [0.0, 0.25, 0.6, 1.0])
@pytest.mark.parametrize("body", [None, UNIFORM])
def test_white_furnace(stage: Stage, metallic: float, roughness: float, body: float | None) -> None:
    """A white piece in even light sends back that light, with or without an as bright body."""
    white = Material(metallic=metallic, roughness=roughness)
    item = placed(product(ball(0.04), m=white), body=HEAD)
    add, transmit = stage.full(stage.scene(item, light=even(body=body)))
    light = decode(add[(transmit == 0).all(axis=-1)])
    assert len(light) > 4000
    np.testing.assert_allclose(light, UNIFORM, rtol=0.02)


def test_the_dark_side_of_a_body_sends_back_less(stage: Stage) -> None:
    """Mirrors either side of a head in light from the left: there is nothing else to mirror."""
    light = even(body=UNIFORM)
    harmonics = np.array(light.irradiance)
    harmonics[3] = -0.5 * harmonics[0]
    light = replace(light, irradiance=harmonics, radiance=np.zeros((64, 64, 3), np.float32))
    seen = []
    for x in (0.1, -0.1):
        mirror = product(ball(0.01), m=Material(metallic=1.0, roughness=0.0))
        beside = RigidTransform(HEAD.camera_from_axes.rotation, [x, 0.0, 0.5])
        item = placed(mirror, body=replace(HEAD, camera_from_axes=beside))
        add, _ = stage.full(stage.scene(item, light=light))
        seen.append(float(decode(add).max()))
    left, right = seen
    assert left > UNIFORM > right > 0.2 * UNIFORM


def test_harmonics_light_as_the_cosine_integral_does() -> None:
    """Energy: irradiance by the polynomial equals that of the radiance, summed over the sphere."""
    directions = octahedral_directions(96).reshape(-1, 3)
    areas = 4.0 * np.pi * texel_areas(96).ravel()
    rng = np.random.default_rng(2)
    harmonics = rng.normal(0.0, 0.2, 9) + np.array([2.0, *[0.0] * 8])
    radiance = sh_basis(directions) @ harmonics
    assert areas.sum() == pytest.approx(4.0 * np.pi)
    assert areas @ radiance == pytest.approx(harmonics[0] * np.sqrt(4.0 * np.pi), rel=1e-3)
    for normal in rng.normal(size=(6, 3)):
        n = normal / np.linalg.norm(normal)
        summed = (areas * np.maximum(directions @ n, 0.0)) @ radiance / np.pi
        assert (sh_basis(n) * SH_COSINE_LOBE) @ harmonics == pytest.approx(summed, rel=2e-3)


def test_roughness_blurs_and_keeps_the_energy() -> None:
    directions = octahedral_directions(64)
    lamp = np.exp(20.0 * (directions @ [0.0, -0.6, -0.8] - 1.0))[..., None]
    radiance = np.asarray(0.1 + 2.0 * lamp * [1.0, 0.9, 0.8], np.float32)
    peak = float(radiance.max())
    layers = prefiltered_layers(radiance, peak)
    linear = peak * layers**3
    assert len(layers) == RADIANCE_LAYERS
    energy = np.tensordot(linear, texel_areas(64), ([1, 2], [0, 1]))
    whole = np.tensordot(radiance, texel_areas(64), ([0, 1], [0, 1]))
    np.testing.assert_allclose(energy, whole[None].repeat(len(layers), 0), rtol=0.06)
    peaks = linear.max(axis=(1, 2, 3))
    assert (np.diff(peaks) < 0.02 * peaks[0]).all()
    assert peaks[-1] < 0.6 * peaks[0]


def test_eight_bits_are_spread_evenly_over_the_texels() -> None:
    """On the way from one step of 8 bits to the next, every patch has its share of both."""
    for part in np.linspace(0.0, 1.0, 9):
        layers = np.full((2, 64, 64, 3), (100.0 + part) / 255.0, np.float32)
        patches = dithered(layers)[..., :3].reshape(2, 8, 8, 8, 8, 3).mean(axis=(2, 4))
        np.testing.assert_allclose(patches, 100.0 + part, atol=0.06)


def test_one_map_gives_way_to_the_next_without_a_step(stage: Stage) -> None:
    """What a ball mirrors moves from one room to another that is 6 % brighter."""
    mirror = product(ball(0.04), m=Material(metallic=1.0, roughness=0.3))
    old, new = (np.full((64, 64, 3), r, np.float32) for r in (0.5, 0.53))
    light = Light(irradiance=np.zeros((9, 3)), radiance=new, radiance_before=old)
    shown = []
    for arrived in np.linspace(0.0, 1.0, 11):
        scene = stage.scene(placed(mirror), light=replace(light, arrived=arrived))
        add, transmit = stage.full(scene)
        shown.append(decode(add[(transmit == 0).all(axis=-1)]).mean())
    steps = np.diff(shown)
    assert shown[-1] / shown[0] == pytest.approx(1.06, abs=0.01)
    assert (steps > -1e-4).all()
    assert steps.max() < 0.2 * (shown[-1] - shown[0])


def test_a_map_is_mirrored_from_where_it_is(stage: Stage) -> None:
    """A lamp to the picture's left appears in a mirror turned halfway towards it."""
    directions = octahedral_directions(64)
    lamp = np.asarray((directions @ [-0.8, 0.0, -0.6])[..., None] > 0.95, np.float32) * np.ones(3)
    light = Light(
        irradiance=np.zeros((9, 3)), radiance=np.asarray(lamp + np.float32(0.02), np.float32)
    )
    mirror = product(quad(), m=Material(metallic=1.0, roughness=0.0))
    towards = 0.5 * np.arctan2(0.8, 0.6)
    seen = {}
    for name, angle in (("lamp", -towards), ("away", towards)):
        add, _ = stage.full(stage.scene(placed(mirror, turn=(0.0, angle, 0.0)), light=light))
        seen[name] = float(decode(add[CENTER][0]))
    assert seen["lamp"] > 0.6
    assert seen["away"] < 0.05


def test_a_body_keeps_light_off_what_faces_it(stage: Stage) -> None:
    light = even(body=0.05)
    facing = product(quad(), m=matte(1.0, double_sided=True))
    front, _ = stage.full(stage.scene(placed(facing, body=HEAD), light=light))
    np.testing.assert_allclose(front[CENTER], encode(UNIFORM), atol=2.0)
    for distance in (0.105, 0.15, 0.25):
        # Between camera and piece, which shows the side that looks at it: a sphere in the zenith
        # fills (radius / distance)^2 of the cosine-weighted view.
        sphere = Ellipsoid(RigidTransform(FACING, [0.0, 0.0, 0.5 - distance]), (0.1, 0.1, 0.1))
        item = placed(facing, body=sphere, turn=(0.0, np.pi, 0.0))
        dark, _ = stage.full(stage.scene(item, light=light))
        filled = (0.1 / distance) ** 2
        expected = UNIFORM * (1.0 - filled) + 0.05 * filled
        assert decode(dark[CENTER])[0] == pytest.approx(expected, abs=0.05)
    mirror = product(quad(), m=Material(metallic=1.0, roughness=0.0, double_sided=True))
    seen, _ = stage.full(stage.scene(placed(mirror, body=sphere), light=light))
    np.testing.assert_allclose(seen[CENTER], encode(0.05), atol=3.0)


@pytest.mark.parametrize("coated", [False, True])
def test_a_mirror_along_a_head_shows_what_stands_beside_it(stage: Stage, coated: bool) -> None:
    """Mirrors on both sides, seen at a grazing angle: hair at +x, none at -x."""
    level = np.array([0.30, 0.10])
    seen = []
    for sign, x in ((1.0, 0.1), (-1.0, -0.1)):
        # The middle of the head lies to the other side of the piece, in the axes of the camera.
        beside = Ellipsoid(
            RigidTransform(FACING, [-x, 0.0, 0.5]), (0.09, 0.11, 0.1), level[:, None] * np.ones(3)
        )
        under = {"metallic": 0.0, "base_color": (0.0, 0.0, 0.0, 1.0), "clearcoat": 1.0}
        m = Material(**under) if coated else Material(metallic=1.0, roughness=0.0)
        turned = placed(product(quad(), m=m), body=beside, turn=(0.0, sign * 1.3, 0.0))
        add, _ = stage.full(stage.scene(turned, light=even(body=UNIFORM)))
        far = placed(product(quad(), m=m), body=beside, turn=(0.0, sign * 0.3, 0.0))
        room, _ = stage.full(stage.scene(far, light=even(body=UNIFORM)))
        seen.append((float(decode(add[CENTER])[0]), float(decode(room[CENTER])[0])))
    (left, left_room), (right, right_room) = seen
    assert left / right == pytest.approx(3.0, rel=0.1)
    assert left_room == pytest.approx(right_room, rel=1e-3)
    if not coated:
        assert left == pytest.approx(0.30, abs=0.02)
        assert left_room == pytest.approx(UNIFORM, rel=0.02)


@pytest.mark.parametrize("metallic", [0.0, 1.0])
def test_unlit_shows_the_brand_colour(stage: Stage, metallic: float) -> None:
    color = (0.8, 0.3, 0.95, 1.0)
    piece = product(quad(), m=Material(base_color=color, metallic=metallic, clearcoat=1.0))
    item = placed(piece, turn=(0.0, 0.7, 0.0))
    add, transmit = stage.full(stage.scene(item, light=Light("dark", unlit=True)))
    assert (transmit[CENTER] == 0).all()
    np.testing.assert_allclose(add[CENTER], encode(np.array(color[:3])), atol=1.0)


def test_unlit_glass_only_filters(stage: Stage) -> None:
    tint = np.array([0.6, 0.4, 0.2])
    lens = Material(base_color=(*tint, 1.0), metallic=0.0, roughness=0.0, transmission=1.0)
    item = placed(product(quad(), m=lens))
    add, transmit = stage.full(stage.scene(item, light=Light("uniform", unlit=True)), 200)
    seen = transmit[CENTER] / 255.0 * 200 + add[CENTER]
    np.testing.assert_allclose(decode(seen), 0.92 * tint * decode(200), rtol=0.03)


def test_a_map_needs_harmonics_and_a_square() -> None:
    with pytest.raises(ValueError, match="irradiance"):
        Light(radiance=np.ones((8, 8, 3), np.float32))
    with pytest.raises(ValueError, match=r"\(N, N, 3\)"):
        Light(irradiance=np.zeros((9, 3)), radiance=np.ones((8, 9, 3), np.float32))
