"""A small glTF for every feature of its materials, byte by byte as the specification has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.products.glb_builder import GlbBuilder
from tests.rendering.feature_kit import (
    GLASS,
    GOLD,
    RADIUS,
    TRANSMISSION,
    Ball,
    bumps,
    checks,
    extended,
    metal,
    plain,
    ramp,
    simple,
    stripes,
    textured,
)
from tests.rendering.stage_kit import quad

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Feature:
    """One tile of a golden sheet: a file, and the variant that is shown of it."""

    name: str
    build: Callable[[], GlbBuilder]
    variant: str | None = None


def second_uv() -> GlbBuilder:
    b = Ball()
    b.attribute("TEXCOORD_1", b.shape.uv * [1.0, 4.0])
    base = b.picture(stripes((220, 60, 40), (250, 230, 200), 8))
    occlusion = b.picture(checks((255, 255, 255), (70, 70, 70), 1), texCoord=1)
    return b.done(plain(1, 1, 1, 0.6) | {"baseColorTexture": base}, occlusionTexture=occlusion)


def vertex_colors() -> GlbBuilder:
    b = Ball()
    b.attribute("COLOR_0", 0.5 + 0.5 * b.shape.normals)
    return b.done(plain(1, 1, 1, 0.5))


def texture_transform() -> GlbBuilder:
    b = Ball()
    moved = {"offset": [0.1, 0.0], "rotation": 0.5, "scale": [6.0, 3.0]}
    base = b.picture(
        stripes((30, 60, 160), (240, 240, 240), 1), extensions={"KHR_texture_transform": moved}
    )
    glb = b.done(plain(1, 1, 1, 0.5) | {"baseColorTexture": base})
    glb.json["extensionsUsed"] = ["KHR_texture_transform"]
    return glb


def alpha_mask() -> GlbBuilder:
    b = Ball()
    base = b.picture(checks((90, 140, 60, 255), (90, 140, 60, 40), 6))
    pbr = plain(1, 1, 1, 0.6) | {"baseColorTexture": base}
    return b.done(pbr, alphaMode="MASK", alphaCutoff=0.5, doubleSided=True)


def sides(double: bool) -> Callable[[], GlbBuilder]:
    """A ball without its front quarter, so that its inside is seen or not."""

    def build() -> GlbBuilder:
        b = Ball()
        corners = b.shape.positions[b.shape.triangles].mean(axis=1)
        kept = b.shape.triangles[~((corners[:, 2] > 0.0) & (corners[:, 0] > 0.0))]
        b.entry["indices"] = b.glb.accessor(kept.ravel(), "u4")
        return b.done(plain(0.75, 0.3, 0.2), doubleSided=double)

    return build


def unlit() -> GlbBuilder:
    b = Ball()
    base = b.picture(checks((230, 40, 120), (255, 255, 255), 4))
    return b.done(plain(1, 1, 1) | {"baseColorTexture": base}, {"KHR_materials_unlit": {}})


def variants() -> GlbBuilder:
    b = Ball()
    glb = b.done(plain(0.02, 0.02, 0.02, 0.15))
    other = glb.material("other", pbrMetallicRoughness=metal(*GOLD))
    mapping = {"mappings": [{"material": other, "variants": [0]}]}
    b.entry["extensions"] = {"KHR_materials_variants": mapping}
    glb.json["extensions"] = {"KHR_materials_variants": {"variants": [{"name": "gold"}]}}
    glb.json["extensionsUsed"] = ["KHR_materials_variants"]
    return glb


def quantised() -> GlbBuilder:
    b = Ball()
    glb, shape = b.glb, b.shape

    def packed(values: Any, kind: str, limit: int, stride: int) -> int:
        rows = np.zeros((len(values), stride // np.dtype(kind).itemsize), f"<{kind}")
        rows[:, : values.shape[1]] = np.rint(values * limit)
        index = glb.accessor(rows[:, : values.shape[1]], kind, normalized=True)
        glb.json["accessors"][index]["bufferView"] = glb.view(rows.tobytes(), byteStride=stride)
        return index

    b.entry["attributes"] = {
        "POSITION": packed(shape.normals, "i2", 32767, 8),
        "NORMAL": packed(shape.normals, "i1", 127, 4),
        "TEXCOORD_0": packed(np.clip(shape.uv, 0, 1), "u2", 65535, 4),
    }
    base = b.picture(checks((40, 110, 120), (240, 220, 180), 4))
    b.done(plain(1, 1, 1, 0.5) | {"baseColorTexture": base})
    glb.json["nodes"][0]["scale"] = [RADIUS] * 3
    glb.json["extensionsUsed"] = glb.json["extensionsRequired"] = ["KHR_mesh_quantization"]
    return glb


def panes() -> GlbBuilder:
    """Two tinted panes, the one half before the other."""
    glb = GlbBuilder()
    for index, (color, x, z) in enumerate(
        (((0.9, 0.5, 0.2), -0.012, 0.0), ((0.3, 0.6, 0.9), 0.012, 0.02))
    ):
        glb.material(f"m{index}", pbrMetallicRoughness=plain(*color, 0.0), extensions=TRANSMISSION)
        pane = quad(0.05, 0.07, z)
        entry = glb.primitive(
            pane.positions + np.float32([x, 0, 0]),
            pane.triangles,
            material=index,
            normals=pane.normals,
            uv=pane.uv,
        )
        glb.node(entry)
    glb.json["extensionsUsed"] = list(TRANSMISSION)
    return glb


SHEETS: dict[str, tuple[Feature, ...]] = {
    "core": (
        Feature("dielectric", simple(plain(0.6, 0.1, 0.08))),
        Feature("metal", simple(metal(*GOLD))),
        Feature(
            "base color texture",
            textured("baseColorTexture", checks((40, 110, 120), (240, 220, 180)), plain(1, 1, 1)),
        ),
        Feature(
            "metallic-roughness texture",
            textured(
                "metallicRoughnessTexture", checks((0, 40, 255), (0, 160, 0)), metal(*GOLD, 1.0)
            ),
        ),
        Feature("normal texture", textured("normalTexture", bumps(), plain(0.2, 0.4, 0.2, 0.25))),
        Feature(
            "occlusion texture",
            textured(
                "occlusionTexture", stripes((255, 0, 0), (60, 0, 0)), plain(0.7, 0.7, 0.7, 0.6)
            ),
        ),
        Feature(
            "emissive texture",
            textured(
                "emissiveTexture",
                checks((255, 120, 20), (0, 0, 0)),
                plain(0.05, 0.05, 0.05),
                [1.0, 1.0, 1.0],
            ),
        ),
        Feature("second uv set", second_uv),
        Feature("vertex colors", vertex_colors),
        Feature("texture transform", texture_transform),
        Feature("quantised mesh", quantised),
        Feature(
            "emissive strength",
            simple(
                plain(0.05, 0.05, 0.05),
                {"KHR_materials_emissive_strength": {"emissiveStrength": 3.0}},
                emissiveFactor=[0.05, 0.2, 0.25],
            ),
        ),
    ),
    "alpha": (
        Feature("mask", alpha_mask),
        Feature("blend", simple(plain(0.2, 0.3, 0.8, 0.2, 0.45), alphaMode="BLEND")),
        Feature("single-sided", sides(False)),
        Feature("double-sided", sides(True)),
        Feature("unlit", unlit),
        Feature("variant: none", variants),
        Feature("variant: gold", variants, "gold"),
        Feature(
            "specular-glossiness",
            extended(
                "pbrSpecularGlossiness",
                {},
                diffuseFactor=[0.1, 0.1, 0.3, 1.0],
                specularFactor=[0.9, 0.6, 0.3],
                glossinessFactor=0.8,
            ),
        ),
    ),
    "glass": (
        Feature("transmission", simple(plain(0.6, 0.8, 0.6, 0.0), TRANSMISSION)),
        Feature(
            "transmission texture",
            extended(
                "transmission",
                plain(0.9, 0.5, 0.2, 0.1),
                transmissionFactor=1.0,
                transmissionTexture=stripes((255, 0, 0), (0, 0, 0)),
            ),
        ),
        Feature("ior 1.33", simple(GLASS, TRANSMISSION | {"KHR_materials_ior": {"ior": 1.33}})),
        Feature("ior 2.42", simple(GLASS, TRANSMISSION | {"KHR_materials_ior": {"ior": 2.42}})),
        Feature(
            "volume",
            extended(
                "volume",
                GLASS,
                TRANSMISSION,
                thicknessFactor=0.02,
                attenuationColor=[0.9, 0.2, 0.4],
                attenuationDistance=0.02,
            ),
        ),
        Feature(
            "thickness texture",
            extended(
                "volume",
                GLASS,
                TRANSMISSION,
                thicknessFactor=0.06,
                thicknessTexture=ramp(),
                attenuationColor=[0.2, 0.7, 0.9],
                attenuationDistance=0.02,
            ),
        ),
        Feature("stacked panes", panes),
        Feature(
            "coated lens",
            extended(
                "iridescence",
                GLASS,
                TRANSMISSION,
                iridescenceFactor=1.0,
                iridescenceIor=2.0,
                iridescenceThicknessMaximum=230.0,
            ),
        ),
    ),
    "layers": (
        Feature(
            "specular 0", extended("specular", plain(0.05, 0.05, 0.06, 0.15), specularFactor=0.0)
        ),
        Feature(
            "specular color",
            extended(
                "specular",
                plain(0.05, 0.05, 0.06, 0.15),
                {"KHR_materials_ior": {"ior": 2.0}},
                specularColorFactor=[1.0, 0.5, 0.1],
            ),
        ),
        Feature(
            "specular textures",
            extended(
                "specular",
                plain(0.05, 0.05, 0.06, 0.15),
                {"KHR_materials_ior": {"ior": 2.4}},
                specularTexture=stripes((0, 0, 0, 255), (0, 0, 0, 0)),
                specularColorTexture=checks((255, 90, 90), (90, 255, 160), 2),
            ),
        ),
        Feature(
            "clearcoat",
            extended(
                "clearcoat",
                metal(0.6, 0.05, 0.05, 0.5),
                clearcoatFactor=1.0,
                clearcoatRoughnessFactor=0.03,
            ),
        ),
        Feature(
            "clearcoat textures",
            extended(
                "clearcoat",
                plain(0.02, 0.05, 0.2, 0.6),
                clearcoatFactor=1.0,
                clearcoatRoughnessFactor=0.6,
                clearcoatTexture=stripes((255, 0, 0), (0, 0, 0), 2),
                clearcoatRoughnessTexture=checks((0, 0, 0), (0, 255, 0), 4),
            ),
        ),
        Feature(
            "clearcoat normal",
            extended(
                "clearcoat",
                plain(0.2, 0.02, 0.02, 0.6),
                clearcoatFactor=1.0,
                clearcoatNormalTexture=bumps(),
            ),
        ),
        Feature(
            "iridescence",
            extended(
                "iridescence",
                plain(0.02, 0.02, 0.02, 0.1),
                iridescenceFactor=1.0,
                iridescenceIor=1.8,
                iridescenceThicknessMaximum=450.0,
            ),
        ),
        Feature(
            "iridescent metal",
            extended(
                "iridescence",
                metal(0.6, 0.6, 0.62, 0.15),
                iridescenceFactor=1.0,
                iridescenceIor=1.4,
                iridescenceThicknessMaximum=380.0,
            ),
        ),
        Feature(
            "film textures",
            extended(
                "iridescence",
                metal(*GOLD, 0.15),
                iridescenceFactor=1.0,
                iridescenceIor=1.5,
                iridescenceThicknessMinimum=150.0,
                iridescenceThicknessMaximum=800.0,
                iridescenceThicknessTexture=ramp(),
                iridescenceTexture=stripes((255, 0, 0), (0, 0, 0), 2),
            ),
        ),
        Feature(
            "sheen",
            extended(
                "sheen",
                plain(0.05, 0.01, 0.06, 0.9),
                sheenColorFactor=[0.9, 0.6, 1.0],
                sheenRoughnessFactor=0.4,
            ),
        ),
        Feature(
            "rough sheen",
            extended(
                "sheen",
                plain(0.05, 0.06, 0.15, 0.9),
                sheenColorFactor=[1.0, 1.0, 1.0],
                sheenRoughnessFactor=0.9,
            ),
        ),
        Feature(
            "sheen textures",
            extended(
                "sheen",
                plain(0.08, 0.02, 0.02, 0.9),
                sheenColorFactor=[1.0, 1.0, 1.0],
                sheenRoughnessFactor=1.0,
                sheenColorTexture=checks((255, 80, 80), (255, 230, 120), 3),
                sheenRoughnessTexture=ramp(),
            ),
        ),
    ),
}
"""Golden picture by name, and its tiles in reading order."""
