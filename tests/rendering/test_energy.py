"""Where light goes: no layer makes any, and none is lost that the physics keeps."""

from __future__ import annotations

import numpy as np
import pytest

from ar_preview.geometry import sh_basis
from ar_preview.products.product import Material, Texture
from ar_preview.rendering.sheen import charlie_albedo
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
ANGLES = [0, 30, 45, 60, 72]


def fresnel(cosine: float, ior: float) -> float:
    """Unpolarised reflectance of one interface."""
    inner = np.sqrt(1.0 - (1.0 - cosine**2) / ior**2)
    s = (cosine - ior * inner) / (cosine + ior * inner)
    p = (ior * cosine - inner) / (ior * cosine + inner)
    return float(0.5 * (s * s + p * p))


def reflected(stage: Stage, material: Material, degrees: float) -> np.ndarray:
    """Share of even light that a flat piece sends back at an angle, RGB."""
    turn = (0.0, np.radians(degrees), 0.0)
    add, _ = stage.full(stage.scene(placed(product(quad(), m=material), turn=turn)))
    return decode(add[CENTER]) / UNIFORM


def white(**more: object) -> Material:
    return Material(**({"metallic": 0.0, "roughness": 0.5} | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("roughness", [0.1, 0.3, 0.6, 1.0])
def test_white_cloth_in_a_white_furnace(stage: Stage, roughness: float) -> None:
    cloth = white(roughness=1.0, sheen_color=(1.0, 1.0, 1.0), sheen_roughness=roughness)
    add, transmit = stage.full(stage.scene(placed(product(ball(0.04), m=cloth))))
    light = decode(add[(transmit == 0).all(axis=-1)])
    assert len(light) > 4000
    np.testing.assert_allclose(light, UNIFORM, rtol=0.02)


@pytest.mark.parametrize(
    "material",
    [
        white(iridescence=1.0, iridescence_ior=1.8),
        white(iridescence=0.5, iridescence_thickness_nm=(100.0, 250.0)),
        white(metallic=1.0, roughness=0.1, iridescence=1.0, iridescence_ior=2.2),
        white(specular_color=(1.0, 0.2, 0.0), ior=2.0),
        white(clearcoat=1.0, sheen_color=(1.0, 0.2, 0.5), sheen_roughness=0.5),
    ],
    ids=["film", "half a film", "film on metal", "tinted gloss", "coated cloth"],
)
def test_no_layer_makes_light(stage: Stage, material: Material) -> None:
    add, transmit = stage.full(stage.scene(placed(product(ball(0.04), m=material))))
    light = decode(add[(transmit == 0).all(axis=-1)])
    assert light.max() < 1.02 * UNIFORM
    assert light.max(axis=-1).min() > 0.4 * UNIFORM


@pytest.mark.parametrize("degrees", ANGLES)
@pytest.mark.parametrize("sheen_roughness", [0.3, 0.8])
def test_black_cloth_shines_as_charlie(stage: Stage, degrees: int, sheen_roughness: float) -> None:
    color = np.array([1.0, 0.5, 0.2])
    cloth = matte(0.0, sheen_color=tuple(color), sheen_roughness=sheen_roughness)
    expected = color * charlie_albedo(np.cos(np.radians([degrees])), sheen_roughness)
    np.testing.assert_allclose(reflected(stage, cloth, degrees), expected, rtol=0.03, atol=0.004)


def test_fibres_against_the_literature() -> None:
    """Soft cloth is dim head on and bright at the rim, and white fibres lose light."""
    cosines = np.array([0.1, 0.5, 1.0])
    for roughness in (0.2, 0.5, 1.0):
        albedo = charlie_albedo(cosines, roughness)
        assert (np.diff(albedo) < 0.0).all()
        assert albedo.max() < 1.0
    # At alpha 1 head on, by hand: D = 3 sin(h) / 2 pi with h half of the light's angle.
    polar = (np.arange(4000) + 0.5) / 4000 * np.pi / 2
    a, b, c, d, e = 21.5473, 3.82987, 0.19823, -1.97760, -4.32054

    def fit(x: np.ndarray) -> np.ndarray:
        return a / (1 + b * x**c) + d * x + e

    low, high = np.cos(polar) < 0.5, np.cos(polar) >= 0.5
    shadow = np.zeros_like(polar)
    shadow[low] = np.exp(fit(np.cos(polar[low])))
    shadow[high] = np.exp(2 * fit(np.array([0.5])) - fit(1 - np.cos(polar[high])))
    own = np.exp(2 * fit(np.array([0.5])) - fit(np.array([0.0])))
    lobe = 3 * np.sin(polar / 2) / (2 * np.pi) / (4 * (1 + shadow + own))
    expected = (lobe * 2 * np.pi * np.sin(polar)).sum() * np.pi / 2 / 4000
    assert charlie_albedo(np.array([1.0]), 1.0)[0] == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("degrees", ANGLES)
@pytest.mark.parametrize(
    "material",
    [
        white(roughness=0.0, transmission=1.0, ior=1.33),
        white(roughness=0.0, transmission=1.0, ior=2.42),
        white(roughness=0.0, transmission=1.0, clearcoat=1.0),
        white(roughness=0.0, transmission=1.0, iridescence=1.0, iridescence_ior=2.0),
    ],
    ids=["water", "diamond", "coated", "film"],
)
def test_a_clear_lens_in_even_light_is_not_seen(
    stage: Stage, degrees: int, material: Material
) -> None:
    """What it reflects and what it lets through add up to all there is."""
    behind = 188  # sRGB of the radiance that comes from everywhere
    turn = (0.0, np.radians(degrees), 0.0)
    scene = stage.scene(placed(product(quad(), m=material), turn=turn))
    add, transmit = stage.full(scene, behind)
    seen = transmit[CENTER] / 255.0 * behind + add[CENTER]
    np.testing.assert_allclose(seen, behind, atol=1.5)


@pytest.mark.parametrize("degrees", ANGLES)
@pytest.mark.parametrize("ior", [1.33, 1.5, 2.0])
def test_a_polished_piece_reflects_by_fresnel(stage: Stage, degrees: int, ior: float) -> None:
    black = Material(base_color=(0.0, 0.0, 0.0, 1.0), metallic=0.0, roughness=0.0, ior=ior)
    expected = fresnel(np.cos(np.radians(degrees)), ior)
    # The renderer's analytic fit of the split sum, with Schlick's curve inside.
    np.testing.assert_allclose(reflected(stage, black, degrees), expected, atol=0.03)


@pytest.mark.parametrize("degrees", ANGLES)
def test_a_coat_reflects_by_fresnel(stage: Stage, degrees: int) -> None:
    coated = matte(0.0, clearcoat=1.0)
    expected = fresnel(np.cos(np.radians(degrees)), 1.5)
    np.testing.assert_allclose(reflected(stage, coated, degrees), expected, atol=0.02)


def test_a_film_keeps_the_color_of_the_metal_below(stage: Stage) -> None:
    gold = {"base_color": (1.0, 0.72, 0.35, 1.0), "metallic": 1.0, "roughness": 0.0}
    thin = white(**gold, iridescence=1.0, iridescence_thickness_nm=(0.0, 0.0))
    np.testing.assert_allclose(reflected(stage, thin, 0), [1.0, 0.72, 0.35], atol=0.03)


def test_textures_scale_their_layer(stage: Stage) -> None:
    """Each texture at half of its channel acts as half of its factor."""

    def flat(*rgba: int) -> Texture:
        return Texture(np.full((4, 4, 4), rgba, np.uint8))

    half = 128
    srgb_half = 188
    pairs = [
        (
            white(roughness=0.0, specular_texture=flat(255, 255, 255, half)),
            white(roughness=0.0, specular=half / 255),
        ),
        (
            white(ior=2.0, specular_color_texture=flat(srgb_half, srgb_half, 255, 0)),
            white(ior=2.0, specular_color=(0.5, 0.5, 1.0)),
        ),
        (matte(0, clearcoat=1, clearcoat_texture=flat(half, 0, 0, 0)), matte(0, clearcoat=0.5)),
        (
            matte(
                0,
                sheen_color=(1, 1, 1),
                sheen_roughness=1,
                sheen_roughness_texture=flat(0, 0, 0, half),
            ),
            matte(0, sheen_color=(1, 1, 1), sheen_roughness=0.5),
        ),
        (
            matte(
                0,
                sheen_color=(1, 1, 1),
                sheen_roughness=1,
                sheen_color_texture=flat(srgb_half, 0, 0, 0),
            ),
            matte(0, sheen_color=(0.5, 0, 0), sheen_roughness=1),
        ),
        (
            white(roughness=0, iridescence=1, iridescence_texture=flat(half, 0, 0, 0)),
            white(roughness=0, iridescence=0.5),
        ),
        (
            white(roughness=0, iridescence=1, iridescence_thickness_texture=flat(0, half, 0, 0)),
            white(roughness=0, iridescence=1, iridescence_thickness_nm=(0.0, 250.6)),
        ),
    ]
    for textured, plain in pairs:
        found, expected = (reflected(stage, m, 60) for m in (textured, plain))
        np.testing.assert_allclose(found, expected, atol=0.012)
        assert expected.max() > 0.02


def test_a_thickness_texture_scales_the_depth(stage: Stage) -> None:
    glass = {
        "roughness": 0.0,
        "transmission": 1.0,
        "attenuation_color": (0.6, 0.4, 0.2),
        "attenuation_distance": 0.01,
    }
    image = np.full((4, 4, 4), (0, 128, 0, 0), np.uint8)
    layers = []
    for material in (
        white(**glass, thickness=0.01, thickness_texture=Texture(image)),
        white(**glass, thickness=0.01 * 128 / 255),
    ):
        layers.append(stage.full(stage.scene(placed(product(quad(), m=material))), 200))
    np.testing.assert_allclose(layers[0][1][CENTER], layers[1][1][CENTER], atol=1)


def test_a_coat_has_its_own_normals(stage: Stage) -> None:
    """Leaning normals of the coat reflect more, and their scale counts."""
    image = np.full((4, 4, 4), (218, 128, 218, 255), np.uint8)  # 45 degrees to +u
    tilted = matte(0.0, clearcoat=1.0, clearcoat_normal_texture=Texture(image))
    flat = matte(0.0, clearcoat=1.0)
    straight, leaning = (reflected(stage, m, 0)[0] for m in (flat, tilted))
    assert straight == pytest.approx(0.04, abs=0.003)
    schlick = 0.04 + 0.96 * (1 - np.cos(np.radians(45))) ** 5
    assert leaning == pytest.approx(schlick, abs=0.004)
    level = matte(
        0.0, clearcoat=1.0, clearcoat_normal_texture=Texture(image), clearcoat_normal_scale=0.0
    )
    assert reflected(stage, level, 0)[0] == pytest.approx(straight, abs=0.002)


def test_unlit_shows_exactly_its_color(stage: Stage) -> None:
    colors = np.tile(np.float32([1.0, 0.5, 0.25, 1.0]), (4, 1))
    sign = Material(base_color=(1.0, 0.8, 0.4, 1.0), unlit=True)
    item = placed(product(quad(colors=colors), m=sign))
    for environment in ("dark", "uniform"):
        add, _ = stage.full(stage.scene(item, environment=environment))
        np.testing.assert_allclose(add[CENTER], encode([1.0, 0.4, 0.1]), atol=1.0)


def test_the_second_uv_set_is_used_where_asked(stage: Stage) -> None:
    image = np.zeros((8, 8, 4), np.uint8)
    image[:, :4], image[:, 4:] = (255, 0, 0, 255), (0, 0, 255, 255)
    uv = np.float32([[0.1, 0], [0.2, 0], [0.2, 1], [0.1, 1]])
    for second, red in ((False, True), (True, False)):
        material = matte(1.0, base_color_texture=Texture(image, second_uv=second))
        piece = quad(uv=uv, second_uv=uv + np.float32([0.6, 0.0]))
        add, _ = stage.full(stage.scene(placed(product(piece, m=material))))
        assert (add[CENTER][0] > 150) == red
        assert (add[CENTER][2] > 150) != red


def test_harmonics_light_with_all_of_their_energy(stage: Stage) -> None:
    """Every normal of a white ball against the integral of radiance times cosine."""
    rng = np.random.default_rng(3)
    harmonics = np.zeros((9, 3))
    harmonics[0] = 0.45 / 0.28209479
    harmonics[1:] = rng.normal(0.0, 0.09, (8, 3))
    light = Light("dark", irradiance=harmonics)
    add, transmit = stage.full(stage.scene(placed(product(ball(0.04), m=matte(1.0))), light=light))

    rows, columns = np.nonzero((transmit == 0).all(axis=-1))
    rays = np.stack([(columns + 0.5 - 80) / 500, (rows + 0.5 - 60) / 500, np.ones(len(rows))], 1)
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    along = rays[:, 2] * 0.5
    depth = along - np.sqrt(np.clip(along**2 - 0.5**2 + 0.04**2, 0.0, None))
    normals = (rays * depth[:, None] - [0.0, 0.0, 0.5]) / 0.04
    inner = (normals * rays).sum(axis=1) < -0.3

    k = np.arange(20_000) + 0.5
    z, turn = 1.0 - 2.0 * k / len(k), np.pi * (1.0 + 5.0**0.5) * k
    around = np.stack([np.cos(turn), np.sin(turn), z], axis=1)
    around[:, :2] *= np.sqrt(1.0 - z * z)[:, None]
    radiance = sh_basis(around) @ harmonics
    assert radiance.min() > 0.0
    chosen = rng.choice(np.nonzero(inner)[0], 200, replace=False)
    cosines = np.clip(normals[chosen] @ around.T, 0.0, None)
    expected = cosines @ radiance * 4.0 / len(k)  # 4 pi / N / pi
    found = decode(add[rows[chosen], columns[chosen]])
    np.testing.assert_allclose(found, expected, atol=0.012)
