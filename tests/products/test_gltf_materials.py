"""Reading glTF: materials, their extensions and textures."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.products.glb_builder import GlbBuilder
from tests.products.test_gltf import TRIANGLE, UV, load, only

if TYPE_CHECKING:
    from pathlib import Path


def test_every_extension_reaches_the_material(tmp_path: Path) -> None:
    extensions = {
        "KHR_materials_transmission": {"transmissionFactor": 0.9},
        "KHR_materials_volume": {
            "thicknessFactor": 0.002,
            "attenuationColor": [0.1, 0.2, 0.3],
            "attenuationDistance": 0.01,
        },
        "KHR_materials_ior": {"ior": 1.6},
        "KHR_materials_clearcoat": {"clearcoatFactor": 0.7, "clearcoatRoughnessFactor": 0.04},
        "KHR_materials_specular": {"specularFactor": 0.5, "specularColorFactor": [1, 0.5, 0]},
        "KHR_materials_iridescence": {
            "iridescenceFactor": 0.4,
            "iridescenceIor": 2.0,
            "iridescenceThicknessMaximum": 300.0,
        },
        "KHR_materials_sheen": {"sheenColorFactor": [0.1, 0.1, 0.2], "sheenRoughnessFactor": 0.3},
        "KHR_materials_emissive_strength": {"emissiveStrength": 4.0},
    }
    b = GlbBuilder()
    m = b.material(
        "all",
        emissiveFactor=[0.5, 0.25, 0.0],
        alphaMode="MASK",
        alphaCutoff=0.3,
        doubleSided=True,
        extensions=extensions,
    )
    b.json["extensionsUsed"] = [*extensions, "VENDOR_secret"]
    b.node(b.primitive(TRIANGLE, material=m))
    model = load(b, tmp_path)
    got = model.materials["all"]
    assert (got.transmission, got.thickness, got.ior) == (0.9, 0.002, 1.6)
    assert got.attenuation_color == (0.1, 0.2, 0.3) and got.attenuation_distance == 0.01
    assert (got.clearcoat, got.clearcoat_roughness) == (0.7, 0.04)
    assert got.specular == 0.5 and got.specular_color == (1.0, 0.5, 0.0)
    assert (got.iridescence, got.iridescence_ior) == (0.4, 2.0)
    assert got.iridescence_thickness_nm == (100.0, 300.0)
    assert got.sheen_color == (0.1, 0.1, 0.2) and got.sheen_roughness == 0.3
    assert got.emissive == (2.0, 1.0, 0.0)
    assert (got.alpha_mode, got.alpha_cutoff, got.double_sided) == ("MASK", 0.3, True)
    assert got.is_see_through
    assert "unknown" in model.extensions["VENDOR_secret"]


def test_every_texture_of_an_extension_reaches_the_material(tmp_path: Path) -> None:
    textures = {
        "KHR_materials_transmission": ("transmissionTexture",),
        "KHR_materials_volume": ("thicknessTexture",),
        "KHR_materials_specular": ("specularTexture", "specularColorTexture"),
        "KHR_materials_clearcoat": (
            "clearcoatTexture",
            "clearcoatRoughnessTexture",
            "clearcoatNormalTexture",
        ),
        "KHR_materials_iridescence": ("iridescenceTexture", "iridescenceThicknessTexture"),
        "KHR_materials_sheen": ("sheenColorTexture", "sheenRoughnessTexture"),
    }
    b = GlbBuilder()
    expected = {}
    extensions: dict[str, Any] = {}
    for name, keys in textures.items():
        for key in keys:
            level = 10 + 10 * len(expected)
            entry = {"index": b.texture(np.full((2, 2, 3), level, np.uint8))}
            extensions.setdefault(name, {})[key] = entry
            expected[re.sub("([A-Z])", lambda m: "_" + m[1].lower(), key)] = level
    extensions["KHR_materials_clearcoat"]["clearcoatNormalTexture"]["scale"] = 0.5
    b.node(b.primitive(TRIANGLE, material=b.material("m", extensions=extensions), uv=UV))
    model = load(b, tmp_path)
    material = model.materials["m"]
    found = {name: int(getattr(material, name).image[0, 0, 0]) for name in expected}
    assert found == expected
    assert material.clearcoat_normal_scale == 0.5
    assert model.notes == ()


def test_specular_glossiness_keeps_its_texture(tmp_path: Path) -> None:
    b = GlbBuilder()
    image = np.full((2, 2, 4), (10, 20, 30, 51), np.uint8)  # BGRA
    b.material(
        "old",
        extensions={
            "KHR_materials_pbrSpecularGlossiness": {
                "specularGlossinessTexture": {"index": b.texture(image)},
                "specularFactor": [0.5, 0.5, 0.5],
                "glossinessFactor": 0.5,
            }
        },
    )
    b.node(b.primitive(TRIANGLE, material=0, uv=UV))
    got = load(b, tmp_path).materials["old"]
    assert got.specular_color == (12.5, 12.5, 12.5)
    assert got.specular_color_texture is not None and got.metallic_roughness_texture is not None
    assert got.specular_color_texture.image[0, 0, :3].tolist() == [30, 20, 10]
    # Roughness 1 - .5 * .2.
    assert got.roughness * got.metallic_roughness_texture.image[0, 0, 1] == pytest.approx(
        230, abs=1
    )


def test_frosted_glass_is_noted(tmp_path: Path) -> None:
    b = GlbBuilder()
    for name, roughness in (("clear", 0.0), ("frosted", 0.6)):
        b.material(
            name,
            pbrMetallicRoughness={"roughnessFactor": roughness},
            extensions={"KHR_materials_transmission": {"transmissionFactor": 1.0}},
        )
    b.node(b.primitive(TRIANGLE, material=1))
    (note,) = load(b, tmp_path).notes
    assert "'frosted'" in note and "drawn clear" in note


def test_unlit_is_its_base_color_alone(tmp_path: Path) -> None:
    b = GlbBuilder()
    m = b.material(
        "flat",
        pbrMetallicRoughness={"baseColorFactor": [0.2, 0.4, 0.6, 0.5]},
        emissiveFactor=[1.0, 1.0, 1.0],
        extensions={"KHR_materials_unlit": {}},
    )
    b.node(b.primitive(TRIANGLE, material=m))
    got = load(b, tmp_path).materials["flat"]
    assert got.unlit
    assert got.base_color == (0.2, 0.4, 0.6, 0.5)
    assert got.emissive == (0.0, 0.0, 0.0)


def test_texture_pixels_wrapping_and_transform(tmp_path: Path) -> None:
    bgra = np.zeros((2, 3, 4), np.uint8)
    bgra[0, 0] = (10, 20, 30, 40)
    b = GlbBuilder()
    t = b.texture(bgra, wrapS=33071, wrapT=33648)
    transform = {"offset": [0.1, 0.2], "rotation": math.pi / 2, "scale": [2.0, 3.0]}
    info = {"index": t, "extensions": {"KHR_texture_transform": transform}}
    m = b.material("t", pbrMetallicRoughness={"baseColorTexture": info})
    b.node(b.primitive(TRIANGLE, material=m, uv=UV))
    texture = load(b, tmp_path).materials["t"].base_color_texture
    assert texture is not None
    assert texture.image.shape == (2, 3, 4)
    assert texture.image[0, 0].tolist() == [30, 20, 10, 40]
    assert (texture.wrap_u, texture.wrap_v) == ("clamp", "mirror")
    # Scale first; a quarter turn counter-clockwise in the picture (v down) takes u to -v.
    got = texture.uv_from_uv @ [1.0, 0.0, 1.0]
    np.testing.assert_allclose(got, [0.1, 0.2 - 2.0, 1.0], atol=1e-12)
    got = texture.uv_from_uv @ [0.0, 1.0, 1.0]
    np.testing.assert_allclose(got, [0.1 + 3.0, 0.2, 1.0], atol=1e-12)


def test_two_uv_sets_are_read_and_a_third_is_noted(tmp_path: Path) -> None:
    b = GlbBuilder()
    t = b.texture(np.zeros((2, 2, 3), np.uint8))
    m = b.material(
        "t",
        pbrMetallicRoughness={"baseColorTexture": {"index": t}},
        occlusionTexture={"index": t, "texCoord": 1},
        emissiveTexture={"index": t, "texCoord": 2},
    )
    p = b.primitive(TRIANGLE, material=m, uv=UV)
    p["attributes"]["TEXCOORD_1"] = b.accessor(np.array(UV) + 5.0)
    b.node(p)
    model = load(b, tmp_path)
    np.testing.assert_allclose(only(model).uv, UV)
    np.testing.assert_allclose(only(model).second_uv, np.array(UV) + 5.0)
    material = model.materials["t"]
    assert material.base_color_texture is not None and not material.base_color_texture.second_uv
    assert material.occlusion_texture is not None and material.occlusion_texture.second_uv
    assert material.emissive_texture is None
    (note,) = (n for n in model.notes if "emissiveTexture" in n)
    assert "TEXCOORD_2" in note
