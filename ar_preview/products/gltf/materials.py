"""glTF materials with their extensions, as `Material`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ar_preview.products.gltf.textures import TextureReader
from ar_preview.products.product import AlphaMode, Material, Texture

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.products.gltf.container import Container
    from ar_preview.products.gltf.fields import Fields
    from ar_preview.products.gltf.images import ImageReader
    from ar_preview.products.gltf.notes import Notes

    Read = Callable[[Fields, str], Texture | None]

__all__ = ["MaterialReader"]

_ALPHA_MODES: dict[str, AlphaMode] = {"OPAQUE": "OPAQUE", "MASK": "MASK", "BLEND": "BLEND"}
_DIELECTRIC_F0 = 0.04
_CONVERTED = "KHR_materials_pbrSpecularGlossiness"
_INFINITE_IOR = 1e3
_CLEAR_ROUGHNESS = 0.15
"""Glass that is rougher than this visibly blurs what is behind it."""


class MaterialReader:
    """Reads the materials of one file.

    Parameters
    ----------
    container : Container
    notes : Notes
        Collects what could not be honoured.
    """

    def __init__(self, container: Container, notes: Notes) -> None:
        self._notes = notes
        self._textures = TextureReader(container, notes)

    @property
    def images(self) -> ImageReader:
        """The file's pictures."""
        return self._textures.images

    def read(self, entry: Fields, name: str) -> Material:
        """Return one material."""
        self._textures.begin(name)
        read = self._textures.read
        pbr = entry.child("pbrMetallicRoughness")
        extensions = entry.child("extensions")
        mode = entry.text("alphaMode", "OPAQUE")
        if mode not in _ALPHA_MODES:
            entry.fail("alphaMode", "OPAQUE, MASK or BLEND")
        base = pbr.numbers("baseColorFactor", (1.0, 1.0, 1.0, 1.0), 0.0, 1.0)
        material = Material(
            name=name,
            base_color=(base[0], base[1], base[2], base[3]),
            base_color_texture=read(pbr, "baseColorTexture"),
            alpha_mode=_ALPHA_MODES[mode],
            alpha_cutoff=entry.number("alphaCutoff", 0.5, 0.0),
            double_sided=entry.flag("doubleSided"),
        )
        if "KHR_materials_unlit" in extensions:
            return replace(material, unlit=True)
        emissive = entry.numbers("emissiveFactor", (0.0, 0.0, 0.0), 0.0)
        material = replace(
            material,
            metallic=pbr.number("metallicFactor", 1.0, 0.0, 1.0),
            roughness=pbr.number("roughnessFactor", 1.0, 0.0, 1.0),
            metallic_roughness_texture=read(pbr, "metallicRoughnessTexture"),
            normal_texture=read(entry, "normalTexture"),
            normal_scale=entry.child("normalTexture").number("scale", 1.0),
            occlusion_texture=read(entry, "occlusionTexture"),
            occlusion_strength=entry.child("occlusionTexture").number("strength", 1.0, 0.0, 1.0),
            emissive=(emissive[0], emissive[1], emissive[2]),
            emissive_texture=read(entry, "emissiveTexture"),
        )
        for extension in extensions.data:
            if extension in _EXTENSIONS:
                values = _EXTENSIONS[extension](extensions.child(extension), read, material)
                if extension == _CONVERTED and "metallic_roughness_texture" in values:
                    # A picture of its own for every material, however small the file.
                    self.images.claim(values["metallic_roughness_texture"].image[..., 0].size)
                material = replace(material, **values)
        self._note_limits(material, extensions)
        return material

    def _note_limits(self, material: Material, extensions: Fields) -> None:
        if material.transmission > 0.0 and material.roughness > _CLEAR_ROUGHNESS:
            self._notes.add(
                f"material {material.name!r}: frosted glass is drawn clear, only its reflection "
                f"is blurred (its roughness is {material.roughness:.2g})"
            )
        if _CONVERTED in extensions:
            self._notes.add(
                f"material {material.name!r}: specular-glossiness is drawn as metallic-roughness; "
                "compare its look"
            )


# Each reader returns what its extension changes of a material; defaults are those of the
# specifications.


def _transmission(entry: Fields, read: Read, _: Material) -> dict[str, Any]:
    return {
        "transmission": entry.number("transmissionFactor", 0.0, 0.0, 1.0),
        "transmission_texture": read(entry, "transmissionTexture"),
    }


def _volume(entry: Fields, read: Read, _: Material) -> dict[str, Any]:
    return {
        "thickness": entry.number("thicknessFactor", 0.0, 0.0),
        "thickness_texture": read(entry, "thicknessTexture"),
        "attenuation_color": entry.numbers("attenuationColor", (1.0, 1.0, 1.0), 0.0, 1.0),
        "attenuation_distance": entry.number("attenuationDistance", math.inf, 1e-9),
    }


def _ior(entry: Fields, _: Read, __: Material) -> dict[str, Any]:
    ior = entry.number("ior", 1.5, 0.0, 10.0)
    # 0 stands for infinite: all is reflected, tinted by the specular colour.
    return {"ior": _INFINITE_IOR if ior == 0.0 else max(ior, 1.0)}


def _specular(entry: Fields, read: Read, _: Material) -> dict[str, Any]:
    return {
        "specular": entry.number("specularFactor", 1.0, 0.0, 1.0),
        "specular_texture": read(entry, "specularTexture"),
        "specular_color": entry.numbers("specularColorFactor", (1.0, 1.0, 1.0), 0.0),
        "specular_color_texture": read(entry, "specularColorTexture"),
    }


def _clearcoat(entry: Fields, read: Read, _: Material) -> dict[str, Any]:
    return {
        "clearcoat": entry.number("clearcoatFactor", 0.0, 0.0, 1.0),
        "clearcoat_texture": read(entry, "clearcoatTexture"),
        "clearcoat_roughness": entry.number("clearcoatRoughnessFactor", 0.0, 0.0, 1.0),
        "clearcoat_roughness_texture": read(entry, "clearcoatRoughnessTexture"),
        "clearcoat_normal_texture": read(entry, "clearcoatNormalTexture"),
        "clearcoat_normal_scale": entry.child("clearcoatNormalTexture").number("scale", 1.0),
    }


def _iridescence(entry: Fields, read: Read, _: Material) -> dict[str, Any]:
    return {
        "iridescence": entry.number("iridescenceFactor", 0.0, 0.0, 1.0),
        "iridescence_texture": read(entry, "iridescenceTexture"),
        "iridescence_ior": entry.number("iridescenceIor", 1.3, 1.0, 10.0),
        "iridescence_thickness_nm": (
            entry.number("iridescenceThicknessMinimum", 100.0, 0.0),
            entry.number("iridescenceThicknessMaximum", 400.0, 0.0),
        ),
        "iridescence_thickness_texture": read(entry, "iridescenceThicknessTexture"),
    }


def _sheen(entry: Fields, read: Read, _: Material) -> dict[str, Any]:
    return {
        "sheen_color": entry.numbers("sheenColorFactor", (0.0, 0.0, 0.0), 0.0),
        "sheen_color_texture": read(entry, "sheenColorTexture"),
        "sheen_roughness": entry.number("sheenRoughnessFactor", 0.0, 0.0, 1.0),
        "sheen_roughness_texture": read(entry, "sheenRoughnessTexture"),
    }


def _emissive_strength(entry: Fields, _: Read, material: Material) -> dict[str, Any]:
    strength = entry.number("emissiveStrength", 1.0, 0.0)
    r, g, b = material.emissive
    return {"emissive": (r * strength, g * strength, b * strength)}


def _specular_glossiness(entry: Fields, read: Read, _: Material) -> dict[str, Any]:
    """Convert the older workflow: a dielectric whose specular colour keeps its F0."""
    r, g, b = entry.numbers("specularFactor", (1.0, 1.0, 1.0), 0.0, 1.0)
    glossiness = entry.number("glossinessFactor", 1.0, 0.0, 1.0)
    values: dict[str, Any] = {
        "base_color": entry.numbers("diffuseFactor", (1.0, 1.0, 1.0, 1.0), 0.0, 1.0),
        "base_color_texture": read(entry, "diffuseTexture"),
        "metallic": 0.0,
        "roughness": 1.0 - glossiness,
        "specular_color": (r / _DIELECTRIC_F0, g / _DIELECTRIC_F0, b / _DIELECTRIC_F0),
    }
    texture = read(entry, "specularGlossinessTexture")
    if texture is not None:
        # Its alpha is the glossiness; green is where metallic-roughness has the roughness.
        rough = np.zeros_like(texture.image)
        rough[..., 1] = np.rint(255.0 - glossiness * texture.image[..., 3])
        values["roughness"] = 1.0
        values["metallic_roughness_texture"] = replace(texture, image=rough)
        values["specular_color_texture"] = texture
    return values


_EXTENSIONS: dict[str, Callable[[Fields, Read, Material], dict[str, Any]]] = {
    "KHR_materials_transmission": _transmission,
    "KHR_materials_volume": _volume,
    "KHR_materials_ior": _ior,
    "KHR_materials_specular": _specular,
    "KHR_materials_clearcoat": _clearcoat,
    "KHR_materials_iridescence": _iridescence,
    "KHR_materials_sheen": _sheen,
    "KHR_materials_emissive_strength": _emissive_strength,
    _CONVERTED: _specular_glossiness,
}
