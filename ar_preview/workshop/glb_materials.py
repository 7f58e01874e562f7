"""Materials as glTF JSON, with the KHR extensions that try-on needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.products.product import Material, Texture

    TextureIndex = Callable[[Texture, bool], int]

__all__ = ["material_json"]

_DEFAULT_IOR = 1.5

_PLAIN_SPECULAR = (1.0, (1.0, 1.0, 1.0), None, None)

_EXTENSION_TEXTURES = {
    "KHR_materials_transmission": (("transmissionTexture", "transmission_texture", False),),
    "KHR_materials_volume": (("thicknessTexture", "thickness_texture", False),),
    "KHR_materials_specular": (
        ("specularTexture", "specular_texture", False),
        ("specularColorTexture", "specular_color_texture", True),
    ),
    "KHR_materials_clearcoat": (
        ("clearcoatTexture", "clearcoat_texture", False),
        ("clearcoatRoughnessTexture", "clearcoat_roughness_texture", False),
        ("clearcoatNormalTexture", "clearcoat_normal_texture", False),
    ),
    "KHR_materials_iridescence": (
        ("iridescenceTexture", "iridescence_texture", False),
        ("iridescenceThicknessTexture", "iridescence_thickness_texture", False),
    ),
    "KHR_materials_sheen": (
        ("sheenColorTexture", "sheen_color_texture", True),
        ("sheenRoughnessTexture", "sheen_roughness_texture", False),
    ),
}
"""Key in the file, attribute of Material, whether it holds colour."""


def material_json(material: Material, texture_index: TextureIndex) -> dict[str, Any]:
    """Describe a material; values that are glTF's defaults are left out.

    Parameters
    ----------
    material : Material
    texture_index : callable
        ``texture_index(texture, is_colour)`` stores a texture and returns its index.
    """
    entry: dict[str, Any] = {"pbrMetallicRoughness": _metallic_roughness(material, texture_index)}
    if material.normal_texture is not None:
        entry["normalTexture"] = {
            **_reference(material.normal_texture, False, texture_index),
            "scale": material.normal_scale,
        }
    if material.occlusion_texture is not None:
        entry["occlusionTexture"] = {
            **_reference(material.occlusion_texture, False, texture_index),
            "strength": material.occlusion_strength,
        }
    if any(material.emissive):
        entry["emissiveFactor"] = list(material.emissive)
    if material.emissive_texture is not None:
        entry["emissiveTexture"] = _reference(material.emissive_texture, True, texture_index)
    if material.alpha_mode != "OPAQUE":
        entry["alphaMode"] = material.alpha_mode
    if material.alpha_mode == "MASK":
        entry["alphaCutoff"] = material.alpha_cutoff
    if material.double_sided:
        entry["doubleSided"] = True
    extensions = {**_surface(material), **_transmission(material)}
    for name, textures in _EXTENSION_TEXTURES.items():
        for key, attribute, is_colour in textures:
            texture = getattr(material, attribute)
            if texture is not None and name in extensions:
                extensions[name][key] = _reference(texture, is_colour, texture_index)
    if material.clearcoat_normal_texture is not None and "KHR_materials_clearcoat" in extensions:
        coat = extensions["KHR_materials_clearcoat"]
        coat["clearcoatNormalTexture"]["scale"] = material.clearcoat_normal_scale
    if material.unlit:
        extensions["KHR_materials_unlit"] = {}
    if extensions:
        entry["extensions"] = extensions
    return entry


def _reference(texture: Texture, is_colour: bool, texture_index: TextureIndex) -> dict[str, Any]:
    entry: dict[str, Any] = {"index": texture_index(texture, is_colour)}
    if texture.second_uv:
        entry["texCoord"] = 1
    matrix = texture.uv_from_uv
    if not np.array_equal(matrix, np.eye(3)):
        entry["extensions"] = {"KHR_texture_transform": _texture_transform(matrix)}
    return entry


def _texture_transform(matrix: np.ndarray[Any, Any]) -> dict[str, Any]:
    # KHR_texture_transform: translation @ rotation @ scale, where the rotation is
    # [[cos, sin], [-sin, cos]].
    scale = np.linalg.norm(matrix[:2, :2], axis=0)
    scale[1] *= np.sign(np.linalg.det(matrix[:2, :2]))
    rotation = np.arctan2(-matrix[1, 0], matrix[0, 0])
    return {
        "offset": matrix[:2, 2].tolist(),
        "rotation": float(rotation),
        "scale": scale.tolist(),
    }


def _metallic_roughness(material: Material, texture_index: TextureIndex) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "baseColorFactor": list(material.base_color),
        "metallicFactor": material.metallic,
        "roughnessFactor": material.roughness,
    }
    if material.base_color_texture is not None:
        entry["baseColorTexture"] = _reference(material.base_color_texture, True, texture_index)
    if material.metallic_roughness_texture is not None:
        entry["metallicRoughnessTexture"] = _reference(
            material.metallic_roughness_texture, False, texture_index
        )
    return entry


def _surface(material: Material) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if material.ior != _DEFAULT_IOR:
        found["KHR_materials_ior"] = {"ior": material.ior}
    textures = (material.specular_texture, material.specular_color_texture)
    if (material.specular, material.specular_color, *textures) != _PLAIN_SPECULAR:
        found["KHR_materials_specular"] = {
            "specularFactor": material.specular,
            "specularColorFactor": list(material.specular_color),
        }
    if material.clearcoat > 0.0:
        found["KHR_materials_clearcoat"] = {
            "clearcoatFactor": material.clearcoat,
            "clearcoatRoughnessFactor": material.clearcoat_roughness,
        }
    if any(material.sheen_color):
        found["KHR_materials_sheen"] = {
            "sheenColorFactor": list(material.sheen_color),
            "sheenRoughnessFactor": material.sheen_roughness,
        }
    if material.iridescence > 0.0:
        low, high = material.iridescence_thickness_nm
        found["KHR_materials_iridescence"] = {
            "iridescenceFactor": material.iridescence,
            "iridescenceIor": material.iridescence_ior,
            "iridescenceThicknessMinimum": low,
            "iridescenceThicknessMaximum": high,
        }
    return found


def _transmission(material: Material) -> dict[str, Any]:
    if material.transmission <= 0.0:
        return {}
    entry: dict[str, Any] = {"transmissionFactor": material.transmission}
    found: dict[str, Any] = {"KHR_materials_transmission": entry}
    if material.thickness > 0.0:
        volume: dict[str, Any] = {
            "thicknessFactor": material.thickness,
            "attenuationColor": list(material.attenuation_color),
        }
        if np.isfinite(material.attenuation_distance):
            volume["attenuationDistance"] = material.attenuation_distance
        found["KHR_materials_volume"] = volume
    return found
