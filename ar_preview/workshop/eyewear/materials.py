"""Acetates, metals and lenses of the catalogue's glasses; colours linear."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Material, Texture
from ar_preview.workshop.textures import havana, resampled, rgba_from_linear

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "GOLD",
    "GUNMETAL",
    "HAVANA",
    "LENS_CLEAR",
    "NYLON",
    "RUBBER",
    "SILICONE",
    "SILVER",
    "STEEL",
    "acetate",
    "bordeaux",
    "graded_lens",
    "light_tortoise",
    "mirror_lens",
    "sun_lens",
    "tortoise",
]

Rgb = tuple[float, float, float]

GOLD = Material(name="metal_gold", base_color=(0.93, 0.72, 0.42, 1.0), metallic=1.0, roughness=0.18)
STEEL = Material(
    name="metal_steel", base_color=(0.66, 0.65, 0.63, 1.0), metallic=1.0, roughness=0.24
)
SILVER = Material(
    name="metal_silver", base_color=(0.80, 0.79, 0.77, 1.0), metallic=1.0, roughness=0.17
)
GUNMETAL = Material(
    name="metal_gunmetal", base_color=(0.21, 0.21, 0.23, 1.0), metallic=1.0, roughness=0.27
)
SILICONE = Material(
    name="silicone",
    base_color=(0.93, 0.93, 0.91, 1.0),
    metallic=0.0,
    roughness=0.12,
    transmission=0.82,
    ior=1.41,
)
NYLON = Material(
    name="nylon_black", base_color=(0.014, 0.014, 0.016, 1.0), metallic=0.0, roughness=0.38
)
RUBBER = Material(
    name="rubber_black", base_color=(0.020, 0.020, 0.021, 1.0), metallic=0.0, roughness=0.58
)
LENS_CLEAR = Material(
    name="lens_clear",
    base_color=(0.975, 0.985, 0.98, 1.0),
    metallic=0.0,
    roughness=0.0,
    transmission=1.0,
    ior=1.5,
    # Anti-reflective coating: less than half of the bare 4 %, with its green residue.
    specular=0.45,
    specular_color=(0.80, 1.0, 0.88),
)


def acetate(name: str, rgb: Rgb) -> Material:
    """Return polished acetate of one colour."""
    return Material(
        name=name,
        base_color=(*rgb, 1.0),
        metallic=0.0,
        roughness=0.22,
        ior=1.49,
        clearcoat=1.0,
        clearcoat_roughness=0.035,
    )


def _patterned(name: str, texture: Texture) -> Material:
    return Material(
        name=name,
        base_color_texture=texture,
        metallic=0.0,
        roughness=0.22,
        ior=1.49,
        clearcoat=1.0,
        clearcoat_roughness=0.035,
    )


@cache
def _havana_texture() -> Texture:
    return Texture(rgba_from_linear(resampled(havana(), 768)))


HAVANA = "acetate_havana"


def tortoise() -> Material:
    """Return dark havana."""
    return _patterned(HAVANA, _havana_texture())


@cache
def bordeaux() -> Material:
    """Return a wine-red havana."""
    pattern = havana(
        384,
        9,
        dark_share=0.42,
        amber=(0.165, 0.009, 0.015),
        honey=(0.27, 0.022, 0.030),
        brown=(0.058, 0.005, 0.009),
        dark=(0.012, 0.0025, 0.0035),
    )
    return _patterned("acetate_bordeaux", Texture(rgba_from_linear(pattern)))


@cache
def light_tortoise() -> Material:
    """Return honey havana of a small tile, for sleeves and brows."""
    return _patterned("acetate_honey", Texture(rgba_from_linear(havana(256, 3, dark_share=0.45))))


def sun_lens(name: str, rgb: Rgb) -> Material:
    """Return an evenly tinted lens."""
    return Material(
        name=name,
        base_color=(*rgb, 1.0),
        metallic=0.0,
        roughness=0.0,
        transmission=1.0,
        ior=1.5,
    )


def graded_lens(name: str, top: Sequence[float], bottom: Sequence[float]) -> Material:
    """Return a lens whose tint runs out from top to bottom.

    Dye is taken up in proportion to the time in the bath: the logarithm of the transmission
    is what runs evenly.
    """
    share = np.clip((np.linspace(0.0, 1.0, 64) - 0.12) / 0.76, 0.0, 1.0)
    share = (share * share * (3.0 - 2.0 * share))[:, None]
    tint = np.exp((1.0 - share) * np.log(np.asarray(top)) + share * np.log(np.asarray(bottom)))
    image = rgba_from_linear(np.repeat(tint[:, None], 4, axis=1))
    return Material(
        name=name,
        base_color_texture=Texture(image, wrap_u="clamp", wrap_v="clamp"),
        metallic=0.0,
        roughness=0.0,
        transmission=1.0,
        ior=1.5,
    )


def mirror_lens(name: str, tint: Rgb, reflectance: Rgb) -> Material:
    """Return a tinted lens with a mirror coat of a colour, as reflected at normal incidence."""
    strongest = max(reflectance)
    # A slab mirrors 2F / (1 + F); the coat's colour comes on top.
    fresnel = strongest / (2.0 - strongest)
    root = float(np.sqrt(fresnel))
    r, g, b = (round(v / strongest, 4) for v in reflectance)
    return Material(
        name=name,
        base_color=(*tint, 1.0),
        metallic=0.0,
        roughness=0.0,
        transmission=1.0,
        ior=round((1.0 + root) / (1.0 - root), 4),
        specular_color=(r, g, b),
    )
