"""Light on surfaces against numbers that can be computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from ar_preview.geometry import RigidTransform
from ar_preview.products.product import Material, Texture
from ar_preview.scene import Light
from tests.rendering.stage_kit import (
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

CENTER = (60, 80)


def fresnel(cosine: float, ior: float) -> float:
    """Unpolarised reflectance of one interface."""
    inner = np.sqrt(1.0 - (1.0 - cosine**2) / ior**2)
    s = (cosine - ior * inner) / (cosine + ior * inner)
    p = (ior * cosine - inner) / (ior * cosine + inner)
    return float(0.5 * (s * s + p * p))


@pytest.mark.parametrize("metallic", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("roughness", [0.0, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("clearcoat", [0.0, 1.0])
def test_white_furnace(stage: Stage, metallic: float, roughness: float, clearcoat: float) -> None:
    """A white piece in uniform light sends back that light, whatever its gloss."""
    white = Material(metallic=metallic, roughness=roughness, clearcoat=clearcoat)
    add, transmit = stage.full(stage.scene(placed(product(ball(0.04), m=white))))
    light = decode(add[(transmit == 0).all(axis=-1)])
    assert len(light) > 4000
    np.testing.assert_allclose(light, UNIFORM, rtol=0.02)


@pytest.mark.parametrize("albedo", [0.02, 0.18, 0.5])
def test_a_matte_piece_sends_back_its_albedo(stage: Stage, albedo: float) -> None:
    add, _ = stage.full(stage.scene(placed(product(quad(), m=matte(albedo)))))
    np.testing.assert_allclose(add[CENTER], encode(albedo * UNIFORM), atol=1.0)


def test_a_polished_metal_mirrors_its_color(stage: Stage) -> None:
    gold = Material(base_color=(0.9, 0.6, 0.3, 1.0), metallic=1.0, roughness=0.0)
    add, _ = stage.full(stage.scene(placed(product(quad(), m=gold))))
    np.testing.assert_allclose(add[CENTER], encode(UNIFORM * np.array([0.9, 0.6, 0.3])), atol=2.0)


def test_exposure_and_white_scale_everything(stage: Stage) -> None:
    light = Light("uniform", exposure=0.5, white=(1.0, 0.8, 0.4))
    for material in (matte(0.6), Material(metallic=1.0, roughness=0.0)):
        item = placed(product(quad(), m=material))
        plain, _ = stage.full(stage.scene(item))
        lit, _ = stage.full(stage.scene(item, light=light))
        expected = encode(decode(plain[CENTER]) * 0.5 * np.array([1.0, 0.8, 0.4]))
        np.testing.assert_allclose(lit[CENTER], expected, atol=1.5)


def test_given_irradiance_lights_by_direction(stage: Stage) -> None:
    """Light from the left (camera -x) alone: the left half of a ball is the lit one."""
    harmonics = np.zeros((9, 3))
    harmonics[0] = 0.5 / 0.28209479
    harmonics[3] = -0.4 / 0.48860251
    light = Light("dark", irradiance=harmonics)
    add, _ = stage.full(stage.scene(placed(product(ball(0.04), m=matte(1.0))), light=light))
    # Radiance .5 - .4 x; the cosine lobe keeps 2/3 of the first order.
    np.testing.assert_allclose(add[CENTER], encode(0.5), atol=2.0)
    left, right = decode(add[60, 80 - 28, 0]), decode(add[60, 80 + 28, 0])
    assert left == pytest.approx(0.5 + 0.4 * 2 / 3 * 0.7, abs=0.02)
    assert right == pytest.approx(0.5 - 0.4 * 2 / 3 * 0.7, abs=0.02)


@pytest.mark.parametrize("degrees", [0, 30, 45, 60, 72])
def test_a_lens_reflects_by_fresnel(stage: Stage, degrees: int) -> None:
    lens = Material(metallic=0.0, roughness=0.0, transmission=1.0, ior=1.5)
    turn = (0.0, np.radians(degrees), 0.0)
    add, _ = stage.full(stage.scene(placed(product(quad(), m=lens), turn=turn)))
    f = fresnel(np.cos(np.radians(degrees)), 1.5)
    # One pixel is half a pixel off the axis: 0.06 degrees.
    assert decode(add[CENTER]) == pytest.approx(UNIFORM * 2 * f / (1 + f), rel=0.05, abs=0.001)


@pytest.mark.parametrize("degrees", [0, 40, 65])
@pytest.mark.parametrize("behind", [40, 128, 255])
def test_a_slab_absorbs_by_beer_and_lambert(stage: Stage, degrees: int, behind: int) -> None:
    color, thickness, distance = np.array([0.7, 0.5, 0.3]), 0.002, 0.003
    lens = Material(
        metallic=0.0,
        roughness=0.0,
        transmission=1.0,
        thickness=thickness,
        attenuation_color=tuple(color),
        attenuation_distance=distance,
    )
    item = placed(product(quad(), m=lens), turn=(0.0, np.radians(degrees), 0.0))
    add, transmit = stage.full(stage.scene(item, environment="dark"), behind)
    cosine = np.cos(np.radians(degrees))
    inner = np.sqrt(1.0 - (1.0 - cosine**2) / 1.5**2)
    f = fresnel(cosine, 1.5)
    sigma = -np.log(color) / distance
    through = np.exp(-sigma * thickness / inner) * (1 - f) / (1 + f)
    seen = transmit[CENTER] / 255.0 * behind + add[CENTER]
    np.testing.assert_allclose(seen, encode(through * decode(behind)), atol=1.0)


def test_lens_surfaces_multiply(stage: Stage) -> None:
    tint = np.array([0.8, 0.5, 0.6])
    lens = Material(base_color=(*tint, 1.0), metallic=0.0, roughness=0.0, transmission=1.0)
    pair = product(quad(z=0.0), quad(z=-0.004), m=lens)
    add, transmit = stage.full(stage.scene(placed(pair), environment="dark"), 200)
    f = fresnel(1.0, 1.5)
    through = (tint * (1 - f) / (1 + f)) ** 2
    seen = transmit[CENTER] / 255.0 * 200 + add[CENTER]
    np.testing.assert_allclose(seen, encode(through * decode(200)), atol=1.0)


def test_the_nearer_reflection_is_not_filtered_but_the_farther_is(stage: Stage) -> None:
    dark = Material(base_color=(0.1, 0.1, 0.1, 1.0), metallic=0.0, roughness=0.0, transmission=1.0)
    # Listed far first and near first: the order of the list must not matter.
    for depths in ((0.0, -0.02), (-0.02, 0.0)):
        pair = product(*(quad(z=z) for z in depths), m=dark)
        add, _ = stage.full(stage.scene(placed(pair)))
        f = fresnel(1.0, 1.5)
        rho = 2 * f / (1 + f)
        expected = UNIFORM * rho * (1.0 + 0.1 * (1.0 - rho))
        np.testing.assert_allclose(decode(add[CENTER]), expected, rtol=0.03)


def test_an_opaque_piece_behind_a_lens_is_filtered(stage: Stage) -> None:
    lens = Material(base_color=(0.5, 0.4, 0.3, 1.0), metallic=0.0, roughness=0.0, transmission=1.0)
    piece = product(quad(z=0.01, material="lens"), quad(z=-0.05), m=matte(0.8), lens=lens)
    add, transmit = stage.full(stage.scene(placed(piece)), 255)
    f = fresnel(1.0, 1.5)
    rho = 2 * f / (1 + f)
    expected = 0.8 * UNIFORM * np.array([0.5, 0.4, 0.3]) * (1 - rho) + UNIFORM * rho
    assert (transmit[CENTER] == 0).all()
    np.testing.assert_allclose(add[CENTER], encode(expected), atol=1.5)


def test_blend_is_straight_alpha_in_linear_light(stage: Stage) -> None:
    film = matte(0.6, base_color=(0.6, 0.6, 0.6, 0.25), alpha_mode="BLEND", ior=1.0)
    add, transmit = stage.full(stage.scene(placed(product(quad(), m=film))), 150)
    seen = transmit[CENTER] / 255.0 * 150 + add[CENTER]
    expected = 0.25 * 0.6 * UNIFORM + 0.75 * decode(150)
    np.testing.assert_allclose(seen, encode(expected), atol=1.5)


def test_opacity_fades_in_linear_light(stage: Stage) -> None:
    # Two surfaces: the hidden one must not show through the fading one.
    piece = product(quad(z=0.0), quad(z=-0.03, material="back"), m=matte(0.8), back=matte(0.05))
    add, transmit = stage.full(stage.scene(placed(piece, opacity=0.5)), 100)
    seen = transmit[CENTER] / 255.0 * 100 + add[CENTER]
    np.testing.assert_allclose(seen, encode(0.5 * 0.8 * UNIFORM + 0.5 * decode(100)), atol=1.5)
    assert stage.renderer.render(
        stage.scene(placed(piece, opacity=0.0)), stage.background()
    ).is_empty


def test_emissive_light_is_added(stage: Stage) -> None:
    lamp = matte(0.0, emissive=(0.1, 0.2, 0.4))
    add, _ = stage.full(stage.scene(placed(product(quad(), m=lamp)), environment="dark"))
    np.testing.assert_allclose(add[CENTER], encode([0.1, 0.2, 0.4]), atol=1.0)


def test_highlights_roll_off(stage: Stage) -> None:
    values = []
    for level in (0.7, 0.8, 1.0, 2.0, 8.0):
        lamp = matte(0.0, emissive=(level, level, level))
        add, _ = stage.full(stage.scene(placed(product(quad(), m=lamp)), environment="dark"))
        values.append(int(add[(*CENTER, 0)]))
    assert values == sorted(values)
    assert values[0] == pytest.approx(encode(0.7), abs=1.0)
    assert values[2] < 255
    assert values[-1] == 255


def checker(first: tuple[int, ...], second: tuple[int, ...], **more: object) -> Texture:
    """A texture whose left half (small u) is one colour and right half another."""
    image = np.zeros((64, 64, 4), np.uint8)
    image[:, :32], image[:, 32:] = first, second
    return Texture(image, **more)  # type: ignore[arg-type]


def test_base_texture_is_srgb_and_upright(stage: Stage) -> None:
    image = np.full((64, 64, 4), 255, np.uint8)
    image[:32, :32, :3] = (200, 100, 50)  # upper left in glTF: small u, small v
    textured = matte(1.0, base_color_texture=Texture(image, "clamp", "clamp"))
    add, _ = stage.full(stage.scene(placed(product(quad(), m=textured))))
    expected = encode(UNIFORM * decode([200, 100, 50]))
    np.testing.assert_allclose(add[40, 60], expected, atol=1.5)
    np.testing.assert_allclose(add[40, 100], encode(UNIFORM), atol=1.5)
    np.testing.assert_allclose(add[80, 60], encode(UNIFORM), atol=1.5)


def test_texture_transform_and_mirrored_wrapping(stage: Stage) -> None:
    doubled = np.diag([2.0, 1.0, 1.0])
    texture = checker((255, 0, 0, 255), (0, 0, 255, 255), wrap_u="mirror", uv_from_uv=doubled)
    add, _ = stage.full(
        stage.scene(placed(product(quad(), m=matte(1.0, base_color_texture=texture))))
    )
    # u runs 0..2 over 100 px: red, blue, then mirrored: blue, red.
    reds = [int(add[60, 30 + 12 + 25 * i, 0]) > 100 for i in range(4)]
    assert reds == [True, False, False, True]


def test_metallic_roughness_texture_uses_blue_and_green(stage: Stage) -> None:
    texture = checker((0, 255, 255, 255), (0, 255, 0, 255))
    item = placed(
        product(
            quad(),
            m=Material(
                base_color=(0.5, 0.5, 0.5, 1), metallic_roughness_texture=texture, specular=0
            ),
        )
    )
    add, _ = stage.full(stage.scene(item))
    metal, plain = decode(add[60, 50, 0]), decode(add[60, 110, 0])
    assert plain == pytest.approx(0.25, abs=0.01)
    # A rough metal of reflectance .5 loses light between its facets.
    assert 0.15 < metal < 0.245


def test_alpha_mask_cuts_out(stage: Stage) -> None:
    texture = checker((255, 255, 255, 255), (255, 255, 255, 20))
    cut = matte(0.5, base_color_texture=texture, alpha_mode="MASK", alpha_cutoff=0.5)
    _, transmit = stage.full(stage.scene(placed(product(quad(), m=cut))))
    assert (transmit[60, 50] == 0).all()
    assert (transmit[60, 110] == 255).all()


def test_vertex_colors_multiply(stage: Stage) -> None:
    colors = np.tile(np.float32([0.2, 0.5, 0.8, 1.0]), (4, 1))
    add, _ = stage.full(stage.scene(placed(product(quad(colors=colors), m=matte(1.0)))))
    np.testing.assert_allclose(add[CENTER], encode(UNIFORM * np.array([0.2, 0.5, 0.8])), atol=1.5)


@pytest.mark.parametrize(
    ("tilt", "row"), [((255, 128), 3), ((0, 128), 3), ((128, 255), 1), ((128, 0), 1)]
)
def test_normal_map_tilts_towards_u_and_up(stage: Stage, tilt: tuple[int, int], row: int) -> None:
    """Red leans to +u (right), green to the top of the texture, as glTF asks."""
    harmonics = np.zeros((9, 3))
    harmonics[0] = 0.5 / 0.28209479
    harmonics[row] = 0.3 / 0.48860251
    image = np.full((8, 8, 4), 255, np.uint8)
    image[..., :3] = (*tilt, 160)
    material = matte(1.0, normal_texture=Texture(image))
    add, _ = stage.full(
        stage.scene(placed(product(quad(), m=material)), light=Light("dark", irradiance=harmonics))
    )
    value = float(decode(add[(*CENTER, 0)]))
    # Light grows to the right (camera +x) or downwards (camera +y).
    right_or_up = tilt[0] == 255 or tilt[1] == 255
    brighter = right_or_up if row == 3 else not right_or_up
    assert (value > 0.6) if brighter else (value < 0.4)


def test_occlusion_darkens(stage: Stage) -> None:
    texture = checker((255, 0, 0, 255), (51, 0, 0, 255))
    material = matte(0.8, occlusion_texture=texture)
    add, _ = stage.full(stage.scene(placed(product(quad(), m=material))))
    assert decode(add[60, 50, 0]) == pytest.approx(0.4, abs=0.01)
    assert decode(add[60, 110, 0]) == pytest.approx(0.08, abs=0.01)


def test_back_faces_are_culled_unless_double_sided(stage: Stage) -> None:
    turned = (0.0, np.pi, 0.0)
    single = placed(product(quad(), m=matte(0.5)), turn=turned)
    assert (stage.full(stage.scene(single))[1] == 255).all()
    double = placed(product(quad(), m=matte(0.5, double_sided=True)), turn=turned)
    add, transmit = stage.full(stage.scene(double))
    assert (transmit[CENTER] == 0).all()
    np.testing.assert_allclose(add[CENTER], encode(0.25), atol=1.0)


def test_articulation_scale_and_replaced_materials(stage: Stage) -> None:
    piece = product(quad(0.02, 0.02), m=matte(0.5))
    moved = placed(
        piece,
        scale=2.0,
        nodes={"all": RigidTransform(np.eye(3), np.array([0.01, 0.0, 0.0]))},
        materials={"m": matte(0.2)},
    )
    add, transmit = stage.full(stage.scene(moved))
    rows, columns = np.nonzero((transmit == 0).all(axis=-1))
    # 20 mm doubled is 40 px; moved by 10 mm doubled to the right.
    assert (columns.min(), columns.max()) == (80, 119)
    assert (rows.min(), rows.max()) == (40, 79)
    np.testing.assert_allclose(add[60, 100], encode(0.1), atol=1.0)
