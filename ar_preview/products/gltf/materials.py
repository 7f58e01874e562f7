"""glTF materials with their extensions, as `Material`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ar_preview.products.gltf.extensions import IGNORED_TEXTURES
from ar_preview.products.gltf.images import ImageReader
from ar_preview.products.product import AlphaMode, Material, Texture

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.gltf.container import Container
    from ar_preview.products.gltf.fields import Fields
    from ar_preview.products.gltf.notes import Notes

__all__ = ["MaterialReader"]

Wrap = Literal["repeat", "clamp", "mirror"]

_WRAPS: dict[int, Wrap] = {10497: "repeat", 33071: "clamp", 33648: "mirror"}
_ALPHA_MODES: dict[str, AlphaMode] = {"OPAQUE": "OPAQUE", "MASK": "MASK", "BLEND": "BLEND"}
_DIELECTRIC_F0 = 0.04


def _uv_transform(entry: Fields) -> Array:
    """Return the KHR_texture_transform matrix, offset * rotation * scale.

    The rotation is counter-clockwise as seen in the picture (v points down), as the
    extension's text and the Khronos sample viewer have it; its GLSL excerpt has the other sign.
    """
    offset = entry.numbers("offset", (0.0, 0.0))
    scale = entry.numbers("scale", (1.0, 1.0))
    angle = entry.number("rotation", 0.0)
    c, s = math.cos(angle), math.sin(angle)
    turn = np.array([[c, s, offset[0]], [-s, c, offset[1]], [0.0, 0.0, 1.0]])
    return np.asarray(turn @ np.diag([scale[0], scale[1], 1.0]))


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
        self.images = ImageReader(container)
        self._textures = container.root.children("textures")
        self._samplers = container.root.children("samplers")
        self._uv_set: int | None = None
        self._name = ""

    def read(self, entry: Fields, name: str) -> tuple[Material, int]:
        """Return the material and which set of texture coordinates it uses."""
        self._uv_set, self._name = None, name
        pbr = entry.child("pbrMetallicRoughness")
        # The base colour goes first: where textures disagree on their coordinates, its set wins.
        base_texture = self._texture(pbr, "baseColorTexture")
        normal = entry.child("normalTexture")
        occlusion = entry.child("occlusionTexture")
        mode = entry.text("alphaMode", "OPAQUE")
        if mode not in _ALPHA_MODES:
            entry.fail("alphaMode", "OPAQUE, MASK or BLEND")
        base = pbr.numbers("baseColorFactor", (1.0, 1.0, 1.0, 1.0), 0.0, 1.0)
        emissive = entry.numbers("emissiveFactor", (0.0, 0.0, 0.0), 0.0)
        material = Material(
            name=name,
            base_color=(base[0], base[1], base[2], base[3]),
            base_color_texture=base_texture,
            metallic=pbr.number("metallicFactor", 1.0, 0.0, 1.0),
            roughness=pbr.number("roughnessFactor", 1.0, 0.0, 1.0),
            metallic_roughness_texture=self._texture(pbr, "metallicRoughnessTexture"),
            normal_texture=self._texture(entry, "normalTexture"),
            normal_scale=normal.number("scale", 1.0),
            occlusion_texture=self._texture(entry, "occlusionTexture"),
            occlusion_strength=occlusion.number("strength", 1.0, 0.0, 1.0),
            emissive=(emissive[0], emissive[1], emissive[2]),
            emissive_texture=self._texture(entry, "emissiveTexture"),
            alpha_mode=_ALPHA_MODES[mode],
            alpha_cutoff=entry.number("alphaCutoff", 0.5, 0.0),
            double_sided=entry.flag("doubleSided"),
        )
        material = self._extended(material, entry.child("extensions"))
        return material, self._uv_set or 0

    def _extended(self, material: Material, extensions: Fields) -> Material:
        """Apply the material extensions; defaults are those of their specifications."""
        values: dict[str, Any] = {}
        for name in extensions.data:
            entry = extensions.child(name)
            for texture in IGNORED_TEXTURES.get(name, ()):
                if texture in entry:
                    self._notes.add(f"material {self._name!r}: the {texture} is not drawn")
            match name:
                case "KHR_materials_transmission":
                    values["transmission"] = entry.number("transmissionFactor", 0.0, 0.0, 1.0)
                    values["transmission_texture"] = self._texture(entry, "transmissionTexture")
                case "KHR_materials_volume":
                    values["thickness"] = entry.number("thicknessFactor", 0.0, 0.0)
                    values["attenuation_color"] = entry.numbers(
                        "attenuationColor", (1.0, 1.0, 1.0), 0.0, 1.0
                    )
                    values["attenuation_distance"] = entry.number(
                        "attenuationDistance", math.inf, 1e-9
                    )
                case "KHR_materials_ior":
                    ior = entry.number("ior", 1.5, 0.0, 10.0)
                    # The specification allows 0 as "infinite"; a mirror in our shading.
                    values["ior"] = ior if ior >= 1.0 else (10.0 if ior == 0.0 else 1.0)
                case "KHR_materials_specular":
                    values["specular"] = entry.number("specularFactor", 1.0, 0.0, 1.0)
                    values["specular_color"] = entry.numbers(
                        "specularColorFactor", (1.0, 1.0, 1.0), 0.0
                    )
                case "KHR_materials_clearcoat":
                    values["clearcoat"] = entry.number("clearcoatFactor", 0.0, 0.0, 1.0)
                    values["clearcoat_roughness"] = entry.number(
                        "clearcoatRoughnessFactor", 0.0, 0.0, 1.0
                    )
                case "KHR_materials_iridescence":
                    values["iridescence"] = entry.number("iridescenceFactor", 0.0, 0.0, 1.0)
                    values["iridescence_ior"] = entry.number("iridescenceIor", 1.3, 1.0, 10.0)
                    values["iridescence_thickness_nm"] = (
                        entry.number("iridescenceThicknessMinimum", 100.0, 0.0),
                        entry.number("iridescenceThicknessMaximum", 400.0, 0.0),
                    )
                case "KHR_materials_sheen":
                    values["sheen_color"] = entry.numbers("sheenColorFactor", (0.0, 0.0, 0.0), 0.0)
                    values["sheen_roughness"] = entry.number("sheenRoughnessFactor", 0.0, 0.0, 1.0)
                case "KHR_materials_emissive_strength":
                    strength = entry.number("emissiveStrength", 1.0, 0.0)
                    r, g, b = material.emissive
                    values["emissive"] = (r * strength, g * strength, b * strength)
                case "KHR_materials_pbrSpecularGlossiness":
                    values |= self._specular_glossiness(entry)
        material = replace(material, **values)
        return _unlit(material) if "KHR_materials_unlit" in extensions else material

    def _specular_glossiness(self, entry: Fields) -> dict[str, Any]:
        """Convert the older workflow: a dielectric whose specular colour keeps its F0."""
        self._notes.add(
            f"material {self._name!r}: specular-glossiness is drawn as metallic-roughness; "
            "compare its look"
        )
        r, g, b = entry.numbers("specularFactor", (1.0, 1.0, 1.0), 0.0, 1.0)
        return {
            "base_color": entry.numbers("diffuseFactor", (1.0, 1.0, 1.0, 1.0), 0.0, 1.0),
            "base_color_texture": self._texture(entry, "diffuseTexture"),
            "metallic": 0.0,
            "roughness": 1.0 - entry.number("glossinessFactor", 1.0, 0.0, 1.0),
            "specular_color": (r / _DIELECTRIC_F0, g / _DIELECTRIC_F0, b / _DIELECTRIC_F0),
        }

    def _texture(self, parent: Fields, key: str) -> Texture | None:
        if key not in parent:
            return None
        info = parent.child(key)
        number = info.index("index", len(self._textures))
        if number is None:
            info.fail("index", "the index of a texture")
        uv_set = info.integer("texCoord", 0, high=8)
        transform = info.extension("KHR_texture_transform")
        if transform is not None:
            uv_set = transform.integer("texCoord", uv_set, high=8)
        if self._uv_set is None:
            self._uv_set = uv_set
        elif uv_set != self._uv_set:
            self._notes.add(
                f"material {self._name!r}: the {key} uses TEXCOORD_{uv_set} while the others use "
                f"TEXCOORD_{self._uv_set}; it is not drawn"
            )
            return None
        texture = self._textures[number]
        source = texture.index("source", self.images.count)
        webp = texture.extension("EXT_texture_webp")
        if source is None and webp is not None:
            source = webp.index("source", self.images.count)
        if source is None:
            remedy = (
                "KTX2 textures (KHR_texture_basisu) are not supported, export them as PNG or JPEG"
                if texture.extension("KHR_texture_basisu") is not None
                else "export the textures again"
            )
            texture.fail("source", f"the index of a PNG, JPEG or WebP image ({remedy})")
        sampler_index = texture.index("sampler", len(self._samplers))
        wraps: list[Wrap] = ["repeat", "repeat"]
        if sampler_index is not None:
            sampler = self._samplers[sampler_index]
            for i, side in enumerate(("wrapS", "wrapT")):
                code = sampler.integer(side, 10497)
                if code not in _WRAPS:
                    sampler.fail(side, f"one of {sorted(_WRAPS)}")
                wraps[i] = _WRAPS[code]
        return Texture(
            image=self.images.rgba(source),
            wrap_u=wraps[0],
            wrap_v=wraps[1],
            uv_from_uv=np.eye(3) if transform is None else _uv_transform(transform),
        )


def _unlit(material: Material) -> Material:
    """Return a material that shows its base colour whatever the light is.

    The base colour is emitted; nothing is reflected. The texture stays on the (black) base
    colour for its alpha.
    """
    r, g, b, alpha = material.base_color
    return replace(
        material,
        base_color=(0.0, 0.0, 0.0, alpha),
        emissive=(r, g, b),
        emissive_texture=material.base_color_texture,
        metallic=0.0,
        roughness=1.0,
        metallic_roughness_texture=None,
        normal_texture=None,
        specular=0.0,
    )
