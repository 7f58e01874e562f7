"""Links, pearls and bezel-set stones, which earrings and necklaces share."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Material
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import Mesh, oval, sphere, tube, turned
from ar_preview.workshop.metals import gem_inside, gem_shell
from ar_preview.workshop.rings import brilliant, single_cut, stone_meshes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array

__all__ = [
    "PEARLS",
    "STONES",
    "bezel_stone",
    "circle",
    "named",
    "oval_link",
    "pearl",
    "ring_in",
    "stone_skin",
]

_SKIN = "stone_skin"


def stone_skin() -> Material:
    """Return the clear skin of every stone."""
    return gem_shell(_SKIN)


STONES: Mapping[str, Material] = {
    "sapphire": gem_inside("sapphire", (0.055, 0.13, 0.66)),
    "emerald": gem_inside("emerald", (0.03, 0.42, 0.17)),
    "diamond": gem_inside("diamond"),
}


def _pearl_material(name: str, rgb: tuple[float, float, float], overtone: float) -> Material:
    """Return nacre: a bright body that mirrors softly, under thin plates that colour its edge."""
    return Material(
        name=name,
        base_color=(*rgb, 1.0),
        metallic=0.30,
        roughness=0.30,
        clearcoat=0.85,
        clearcoat_roughness=0.07,
        iridescence=0.32,
        iridescence_ior=1.55,
        iridescence_thickness_nm=(overtone, overtone),
    )


PEARLS: Mapping[str, Material] = {
    "white": _pearl_material("pearl_white", (0.94, 0.885, 0.83), 410.0),
    "rose": _pearl_material("pearl_rose", (0.88, 0.70, 0.64), 430.0),
    "black": _pearl_material("pearl_tahiti", (0.105, 0.115, 0.120), 330.0),
}


def named(*materials: Material) -> dict[str, Material]:
    """Return materials by name."""
    return {m.name: m for m in materials}


def circle(radius: float, count: int) -> Array:
    """Return the section of a round wire, (count, 2)."""
    return oval(radius, radius, count)


def ring_in(plane: str, radius: float, wire: float, material: str, quality: float = 1.0) -> Mesh:
    """Return a ring of wire about the origin in the plane ``xy``, ``yz`` or ``xz``."""
    t = 2.0 * np.pi * np.arange(n := coarser(22, quality, 10)) / n
    path = np.zeros((n, 3))
    first, second = ("xyz".index(c) for c in plane)
    path[:, first], path[:, second] = radius * np.cos(t), radius * np.sin(t)
    return tube(
        path, circle(wire, coarser(8, quality, 5)), material, closed=True, crease_degrees=80
    )


def oval_link(
    half_width: float, half_length: float, wire: float, material: str, count: int, around: int
) -> Mesh:
    """Return a link in the xy plane, long along y; its half sizes are those of its outside, mm."""
    outline = oval(half_width - wire, half_length - wire, count, 2.5)
    path = np.column_stack([outline, np.zeros(count)])
    section = circle(wire, around)
    up = (0.0, 0.0, 1.0)
    return tube(path, section, material, closed=True, up=up, crease_degrees=100.0)


@cache
def _ball(columns: int, rows: int, material: str) -> Mesh:
    ball = sphere(1.0, columns, rows, material)
    # Neighbours shade each other where they touch, at the poles.
    shade = 1.0 - 0.42 * np.clip((np.abs(ball.positions[:, 2]) - 0.72) / 0.28, 0.0, 1.0) ** 1.5
    return replace(ball, colors=np.repeat(shade[:, None], 3, axis=1))


def pearl(radius: float, columns: int, rows: int, material: str) -> Mesh:
    """Return a pearl about the origin, drilled along z."""
    ball = _ball(columns, rows, material)
    return replace(ball, positions=radius * ball.positions)


@cache
def bezel_stone(diameter: float, stone: str, metal: str, quality: float = 1.0) -> tuple[Mesh, ...]:
    """Return a brilliant in a tube of metal, its table towards +z, the back at z = 0, mm."""
    cut = brilliant(diameter) if quality > 0.8 else single_cut(diameter)
    inside, skin = stone_meshes(cut, stone, _SKIN)
    r = 0.5 * diameter
    girdle = 0.86 * r
    profile = [
        (0.30 * r, 0.02 * r),
        (0.86 * r, 0.0),
        (1.10 * r, 0.10 * r),
        (1.165 * r, 0.34 * r),
        (1.165 * r, girdle - 0.02 * r),
        (1.14 * r, girdle + 0.13 * r),
        (1.06 * r, girdle + 0.19 * r),
        (0.955 * r, girdle + 0.14 * r),
        (0.985 * r, girdle - 0.04 * r),
        (0.90 * r, girdle - 0.30 * r),
        (0.30 * r, 0.10 * r),
        (0.30 * r, 0.02 * r),
    ]
    bezel = turned(profile, coarser(48, quality, 20), metal, crease_degrees=50.0)
    return bezel, inside.moved((0.0, 0.0, girdle)), skin.moved((0.0, 0.0, girdle))
