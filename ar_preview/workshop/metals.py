"""Metals and stones as glTF materials, colours linear.

Colours of metals are their reflectance at normal incidence, as published for film work
(physicallybased.info; gold alloys after Saeger and Rodies 1977), a little lightened by polish.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from ar_preview.products.product import Material, Texture
from ar_preview.workshop.meshkit.parametric import TEXTURE_TILE_MM
from ar_preview.workshop.textures import normals_from_height

__all__ = [
    "GOLD",
    "PLATINUM",
    "ROSE_GOLD",
    "STEEL",
    "gem_inside",
    "gem_shell",
    "metal",
    "satin",
]


_GRAIN_MM = 12.0


def metal(name: str, rgb: tuple[float, float, float], roughness: float = 0.12) -> Material:
    """Return a polished metal."""
    return Material(name=name, base_color=(*rgb, 1.0), metallic=1.0, roughness=roughness)


GOLD = metal("gold_yellow_18k", (0.93, 0.66, 0.28))
ROSE_GOLD = metal("gold_rose_18k", (0.90, 0.56, 0.42))
PLATINUM = metal("platinum_950", (0.82, 0.81, 0.79))
STEEL = metal("steel_polished", (0.60, 0.60, 0.61), 0.11)


def satin(polished: Material, name: str, roughness: float = 0.34) -> Material:
    """Return a brushed finish of a metal: a little darker, its lights drawn out."""
    r, g, b, a = polished.base_color
    return replace(
        polished,
        name=name,
        base_color=(0.80 * r, 0.80 * g, 0.80 * b, a),
        roughness=roughness,
        normal_texture=_grain(),
        normal_scale=1.0,
    )


@cache
def _grain() -> Texture:
    """Scratches along u, 12 mm a tile, as a normal map."""
    random = np.random.default_rng(5)
    depth = np.cumsum(random.standard_normal(256))
    depth = 0.00022 * (depth - np.linspace(depth[0], depth[-1], 256))
    rows = np.repeat(depth[:, None], 8, axis=1)
    image = normals_from_height(rows, 8.0 / 256.0, tiles=True)
    scale = TEXTURE_TILE_MM / _GRAIN_MM
    return Texture(image, uv_from_uv=np.diag([scale, scale, 1.0]))


def gem_inside(name: str, rgb: tuple[float, float, float] = (0.95, 0.96, 0.98)) -> Material:
    """Return the mirror that carries a stone's baked images; its colour is the stone's.

    A fifth of it is matte: facets also show each other's light, so that no stone is black in a
    dark room.
    """
    return Material(name=name, base_color=(*rgb, 1.0), metallic=0.8, roughness=0.03)


def gem_shell(name: str, ior: float = 2.417) -> Material:
    """Return the clear skin of a stone.

    A slab would mirror at both of its faces (2F / (1 + F)); the skin has only the outer one, so
    its specular factor is that of a single interface.
    """
    f = ((ior - 1.0) / (ior + 1.0)) ** 2
    return Material(
        name=name,
        metallic=0.0,
        roughness=0.0,
        transmission=1.0,
        ior=ior,
        specular=round(0.5 * (1.0 + f), 4),
    )
