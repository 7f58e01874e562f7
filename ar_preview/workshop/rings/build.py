"""The four rings as models; all about the finger's axis, the top at +z."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import RigidTransform
from ar_preview.products.product import Material, Node, Texture
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import oval, prism, rotation_y, rotation_z, sphere
from ar_preview.workshop.metals import GOLD, PLATINUM, ROSE_GOLD, gem_inside, gem_shell, metal
from ar_preview.workshop.model import Model, node_from_meshes
from ar_preview.workshop.rings.band import around, band, court_section, rope
from ar_preview.workshop.rings.gem import brilliant, diameter_of_carat, single_cut, stone_meshes
from ar_preview.workshop.rings.setting import claws, rail, shoulder
from ar_preview.workshop.textures import crest_relief, normals_from_height, rgba_from_linear

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["CARAT", "PLAIN", "plain_band", "signet", "solitaire", "stack"]


PLAIN = (4.5, 1.75)
"""Width and thickness of the court band, mm."""

CARAT = 1.2


def _model(
    name: str,
    nodes: Mapping[str, list[Mesh]],
    materials: tuple[Material, ...],
    variants: Mapping[str, Mapping[str, str]],
) -> Model:
    root = Node("ring", None, np.eye(4))
    parts = (node_from_meshes(n, "ring", meshes) for n, meshes in nodes.items())
    return Model(name, (root, *parts), {m.name: m for m in materials}, variants)


def plain_band(inner_diameter: float, quality: float = 1.0) -> Model:
    """Court band, polished: domed outside, eased inside."""
    section = court_section(*PLAIN, 13)
    ring = band(inner_diameter, lambda _: section, coarser(84, quality), GOLD.name)
    return _model(
        "court band",
        {"band": [ring]},
        (GOLD, ROSE_GOLD, PLATINUM),
        {"yellow": {}, "rose": {GOLD.name: ROSE_GOLD.name}, "platinum": {GOLD.name: PLATINUM.name}},
    )


def solitaire(inner_diameter: float, quality: float = 1.0) -> Model:
    """Round brilliant in four claws on a cathedral shank."""
    cut = brilliant(diameter_of_carat(CARAT))
    if quality < 1.0:
        cut = replace(cut, least_beam=4e-3)
    r, inner = 0.5 * cut.diameter, 0.5 * inner_diameter
    depth = r * np.tan(np.radians(40.75))
    foot = inner + 0.9
    girdle = inner + 1.9 + depth
    white = PLATINUM.name

    def section(angle: float) -> Array:
        near = np.exp(-((angle / 0.55) ** 2))
        return court_section(2.5 * (1.0 - 0.26 * near), 1.75, 9, crown=0.38, comfort=0.2)

    parts = [band(inner_diameter, section, coarser(76, quality), white)]
    parts += claws(r, girdle, foot, white, quality=quality)
    rise = girdle - foot
    parts += [
        rail(0.56 * r, 0.32, foot + 0.36 * rise, white, coarser(40, quality)),
        rail(0.88 * r, 0.33, girdle - 0.34 * r, white, coarser(40, quality)),
    ]
    for side in (-1.0, 1.0):
        start = around(side * 0.86, inner + 1.25)[[0, 2]]
        waist = around(side * 0.50, inner + 2.0)[[0, 2]]
        end = np.array([side * 0.70 * r, girdle - 0.46 * r])
        parts.append(shoulder(np.array([start, waist, end]), (0.55, 0.80), 0.25, white))
    stone, shell = stone_meshes(cut, "diamond", "stone_skin")
    turned = rotation_z(np.pi / 8.0)
    stone, shell = (m.rotated(turned).moved((0.0, 0.0, girdle)) for m in (stone, shell))
    stones = (
        gem_inside("diamond"),
        gem_inside("sapphire", (0.035, 0.085, 0.62)),
        gem_inside("emerald", (0.02, 0.40, 0.16)),
        gem_shell("stone_skin"),
        gem_shell("stone_skin_corundum", 1.77),
        gem_shell("stone_skin_beryl", 1.58),
    )
    return _model(
        "solitaire",
        {"setting": parts, "stone": [stone, shell]},
        (PLATINUM, GOLD, ROSE_GOLD, *stones),
        {
            "diamond": {},
            "yellow-gold": {white: GOLD.name},
            "rose-gold": {white: ROSE_GOLD.name},
            "sapphire": {"diamond": "sapphire", "stone_skin": "stone_skin_corundum"},
            "emerald": {
                "diamond": "emerald",
                "stone_skin": "stone_skin_beryl",
                white: GOLD.name,
            },
        },
    )


_FACE = (6.6, 5.7)
"""Half axes of the signet's face along the finger and across, mm."""


_HEAD = 2.75
"""Height of the signet's body over the finger under its face, mm."""


def _signet_section(inner_diameter: float, angle: float) -> Array:
    """Section of the signet's body: flat under the face, whose plan it has, then falling away."""
    inner, a = 0.5 * inner_diameter, abs(angle)
    edge = np.arctan2(_FACE[1], inner + _HEAD)
    beyond = max(a - edge, 0.0)
    thickness = 1.5 + (np.hypot(_FACE[1], inner + _HEAD) - inner - 1.5) * np.exp(
        -((beyond / 0.42) ** 2)
    )
    across = min((inner + _HEAD) * np.tan(min(a, edge)) / _FACE[1], 1.0)
    if a < edge:
        thickness = (inner + _HEAD) / np.cos(a) - inner
    oval_half = (_FACE[0] - 0.2) * np.sqrt(1.0 - across**2.15)
    shoulder_half = 1.75 + 1.75 * np.exp(-((beyond / 0.55) ** 2))
    half = float((oval_half**7 + shoulder_half**7) ** (1.0 / 7.0))
    near = float(np.exp(-((a / (1.35 * edge)) ** 6)))
    return court_section(
        2.0 * half, thickness, 11, crown=0.30 - 0.26 * near, comfort=0.2 - 0.12 * near
    )


@cache
def _engraving() -> tuple[Texture, Texture]:
    """Return the normals of the engraving, and the dark that stays in its depths."""
    relief = crest_relief()
    normals = normals_from_height(relief, 1.0, tiles=False)
    patina = 1.0 - 0.72 * np.clip(relief / relief.min(), 0.0, 1.0) ** 0.6
    color = rgba_from_linear(np.repeat(patina[..., None], 3, axis=2))
    return Texture(normals, "clamp", "clamp"), Texture(color, "clamp", "clamp")


def signet(inner_diameter: float, quality: float = 1.0) -> Model:
    """Oval signet with tapered shoulders; the face is engraved, or an onyx."""
    shank = band(
        inner_diameter,
        lambda a: _signet_section(inner_diameter, a),
        coarser(88, quality),
        GOLD.name,
        crease_degrees=75.0,
    )
    base = 0.5 * inner_diameter
    outline = oval(_FACE[1], _FACE[0], coarser(56, quality), 2.15)
    table = prism(
        outline, base + 1.6, base + 3.35, GOLD.name, bevel=0.40, rows=4, crease_degrees=50.0
    )
    inlay = 0.86 * outline
    box = (-_FACE[1], _FACE[1], -_FACE[0], _FACE[0])
    face = prism(inlay, base + 3.0, base + 3.40, "face_engraved", bevel=0.05, rows=1, uv_box=box)
    normals, patina = _engraving()
    engraved = Material(
        name="face_engraved",
        base_color=GOLD.base_color,
        metallic=1.0,
        roughness=0.20,
        base_color_texture=patina,
        normal_texture=normals,
        normal_scale=1.0,
    )
    silver = metal("silver_925", (0.90, 0.89, 0.87))
    onyx = Material(
        name="face_onyx",
        base_color=(0.006, 0.006, 0.007, 1.0),
        metallic=0.0,
        roughness=0.06,
        ior=1.54,
        clearcoat=1.0,
        clearcoat_roughness=0.02,
    )
    face_silver = replace(engraved, name="face_silver", base_color=silver.base_color)
    return _model(
        "signet",
        {"band": [shank, table], "face": [face]},
        (GOLD, silver, engraved, face_silver, onyx),
        {
            "gold": {},
            "gold-onyx": {"face_engraved": onyx.name},
            "silver": {GOLD.name: silver.name, "face_engraved": face_silver.name},
            "silver-onyx": {GOLD.name: silver.name, "face_engraved": onyx.name},
        },
    )


_ROW_Y = 1.80
"""Where the row of stones is along the finger, mm."""


def stack(inner_diameter: float, quality: float = 1.0) -> Model:
    """Three rings that are worn together: a smooth band, a rope and a row of stones."""
    inner = 0.5 * inner_diameter
    slim = court_section(1.9, 1.35, 9 if quality == 1.0 else 5, crown=0.42, comfort=0.14)
    smooth = band(inner_diameter, lambda _: slim, coarser(64, quality, 40), GOLD.name).moved(
        (0.0, -1.80, 0.0)
    )
    wires = rope(
        inner + 0.72, 0.40, 2, 22, (154, 6) if quality == 1.0 else (74, 4), 0.0, ROSE_GOLD.name
    )
    channel = band(
        inner_diameter, lambda _: _channel(1.9, 1.45), coarser(64, quality), PLATINUM.name
    )
    cut = single_cut(1.55)
    if quality < 1.0:
        cut = replace(cut, least_beam=1.0)
    stone = node_from_meshes("stone", "ring", stone_meshes(cut, "diamond", "stone_skin"))
    bead = sphere(0.20, 5, 3, PLATINUM.name)
    pitch, number = 1.62 / (inner + 1.3), 13
    stones, beads = [], []
    for k in range(number):
        angle = (k - 0.5 * (number - 1)) * pitch
        # Nodes of one mesh, which the file holds once.
        turned = RigidTransform(rotation_y(angle), 1e-3 * around(angle, inner + 1.30, _ROW_Y))
        stones.append(replace(stone, name=f"stone_{k:02d}", parent_from_node=turned.matrix))
        for side in (-0.62, 0.62) if quality == 1.0 else ():
            beads.append(bead.moved(around(angle + 0.5 * pitch, inner + 1.46, side)))
    row = [m.moved((0.0, _ROW_Y, 0.0)) for m in (channel, *beads)]
    model = _model(
        "stack",
        {
            "band_smooth": [smooth],
            "band_rope": wires,
            "band_stones": row,
        },
        (GOLD, ROSE_GOLD, PLATINUM, gem_inside("diamond"), gem_shell("stone_skin")),
        {
            "three-golds": {},
            "yellow": {ROSE_GOLD.name: GOLD.name, PLATINUM.name: GOLD.name},
            "white": {GOLD.name: PLATINUM.name, ROSE_GOLD.name: PLATINUM.name},
        },
    )
    return replace(model, nodes=(*model.nodes, *stones))


def _channel(width: float, thickness: float) -> Array:
    """Section with raised walls, between which stones sit."""
    half, wall = 0.5 * width, 0.22
    return np.array(
        [
            (0.05, -half),
            (thickness - 0.06, -half),
            (thickness, -half + 0.06),
            (thickness, -half + wall - 0.05),
            (thickness - 0.35, -half + wall),
            (thickness - 0.35, half - wall),
            (thickness, half - wall + 0.05),
            (thickness, half - 0.06),
            (thickness - 0.06, half),
            (0.05, half),
            (0.0, half - 0.12),
            (0.0, -half + 0.12),
        ]
    )
