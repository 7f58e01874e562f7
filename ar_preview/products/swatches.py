"""The colour by which a list tells the variants of a product apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array
    from ar_preview.products.product import Material, Product

__all__ = ["Swatch", "variant_swatches"]

Swatch = tuple[int, int, int]
"""sRGB, 0 to 255."""

_LENS_DEPTH_M = 0.002
"""Thickness at which a see-through material that states none is looked at."""


def variant_swatches(product: Product) -> dict[str, Swatch]:
    """Return the colour of the model as it comes, under the empty name, and of each variant.

    A variant has the colour of what it changes, by area; the model as it comes that of what its
    first variant changes.

    Parameters
    ----------
    product : Product

    Returns
    -------
    dict of str to tuple (r, g, b)
        Without variants that change nothing; empty where no other is left.
    """
    own = product.materials
    variants = {
        name: {key: material for key, material in replaced.items() if own.get(key) != material}
        for name, replaced in product.variants.items()
    }
    variants = {name: replaced for name, replaced in variants.items() if replaced}
    if not variants:
        return {}
    areas = _areas(product)
    first = next(iter(variants.values()))
    looks = {"": {key: own[key] for key in first if key in own}, **variants}
    return {name: _encoded(_mean_colour(look, areas)) for name, look in looks.items()}


def _mean_colour(materials: Mapping[str, Material], areas: Mapping[str, float]) -> Array:
    weights = np.array([areas.get(key, 0.0) + 1e-12 for key in materials])
    colours = np.array([_colour(material) for material in materials.values()])
    return np.asarray(weights @ colours / weights.sum()) if len(colours) else np.ones(3)


def _areas(product: Product) -> dict[str, float]:
    areas: dict[str, float] = {}
    for node in product.nodes:
        for part in node.primitives:
            a, b, c = (part.positions[part.triangles[:, k]] for k in range(3))
            area = 0.5 * float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())
            areas[part.material] = areas.get(part.material, 0.0) + area
    return areas


def _colour(material: Material) -> Array:
    """Linear colour that a material has on white."""
    colour = np.array(material.base_color[:3])
    texture = material.base_color_texture
    if texture is not None:
        texels = texture.image[..., :3].reshape(-1, 3) / 255.0
        colour = colour * _decoded(texels[:: max(1, len(texels) // 4096)]).mean(axis=0)
    if material.transmission > 0.0 and np.isfinite(material.attenuation_distance):
        depth = (material.thickness or _LENS_DEPTH_M) / material.attenuation_distance
        colour = colour * np.array(material.attenuation_color) ** depth
    if material.alpha_mode == "BLEND":
        alpha = material.base_color[3]
        colour = alpha * colour + (1.0 - alpha)
    return np.asarray(colour)


def _decoded(values: Array) -> Array:
    """Linear from sRGB (IEC 61966-2-1)."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _encoded(linear: Array) -> Swatch:
    linear = np.clip(linear, 0.0, 1.0)
    values = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (int(v) for v in np.rint(255.0 * values))
    return red, green, blue
