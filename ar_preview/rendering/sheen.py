"""How much light the fibres of cloth send back: the Charlie lobe of KHR_materials_sheen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.product import Material

__all__ = ["charlie_albedo", "sheen_table"]

_ROUGHNESSES = 16
"""Rows of a table whose roughness follows a texture."""

_LEAST_ROUGHNESS = 0.07
"""Below it the lobe is a needle along the surface that no pixel shows."""

_ANGLES = 64
"""Directions of light over the polar angle and over half of the azimuth."""

_SHADOWING = np.array(
    [
        [25.3245, 3.32435, 0.16801, -1.27393, -4.85967],
        [21.5473, 3.82987, 0.19823, -1.97760, -4.32054],
    ]
)
"""Estevez and Kulla 2017, "Production friendly microfacet sheen BRDF", table 1: alpha 0 and 1."""


def charlie_albedo(cosines: Array, roughness: float) -> Array:
    """Share of even light that white fibres send back, by numerical integration.

    Parameters
    ----------
    cosines : ndarray, shape (N,)
        Of the angle between view and normal.
    roughness : float
        Perceptual; its square is the alpha of the lobe.

    Returns
    -------
    ndarray, shape (N,)
        In [0, 1].
    """
    alpha = max(roughness, _LEAST_ROUGHNESS) ** 2
    steps = (np.arange(_ANGLES) + 0.5) / _ANGLES
    polar, azimuth = np.meshgrid(0.5 * np.pi * steps, np.pi * steps, indexing="ij")
    light = np.stack(
        [np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], axis=-1
    )
    # Solid angle of a step, both halves of the azimuth.
    area = np.sin(polar) * (0.5 * np.pi / _ANGLES) * (2.0 * np.pi / _ANGLES)
    shadow_light = _shadowing(np.cos(polar), alpha)
    out = []
    for cosine in np.clip(cosines, 1e-3, 1.0):
        view = np.array([np.sqrt(1.0 - cosine * cosine), 0.0, cosine])
        half = light + view
        half_cosine = half[..., 2] / np.linalg.norm(half, axis=-1)
        sine = np.sqrt(np.clip(1.0 - half_cosine**2, 0.0, 1.0))
        lobe = (2.0 + 1.0 / alpha) * sine ** (1.0 / alpha) / (2.0 * np.pi)
        shadow = 1.0 + shadow_light + _shadowing(np.array(cosine), alpha)
        # The cosine of the light cancels against that in the visibility term.
        out.append(float((lobe / (4.0 * cosine * shadow) * area).sum()))
    return np.clip(out, 0.0, 1.0)


def sheen_table(material: Material, size: int = 32) -> Array:
    """Albedo of white fibres over roughness and cosine.

    Parameters
    ----------
    material : Material
        KHR_materials_sheen.
    size : int
        Entries, for cosines from 0 to 1.

    Returns
    -------
    ndarray, shape (R, size, 1)
        For roughness 0 to 1; without a roughness texture for the material's own alone.
    """
    textured = material.sheen_roughness_texture is not None
    rows = np.linspace(0.0, 1.0, _ROUGHNESSES) if textured else [material.sheen_roughness]
    cosines = np.linspace(0.0, 1.0, size)
    return np.stack([charlie_albedo(cosines, float(r)) for r in rows])[..., None]


def _shadowing(cosine: Array, alpha: float) -> Array:
    """Smith's lambda as fitted by Estevez and Kulla (their equation 3)."""
    a, b, c, d, e = _SHADOWING[1] + (1.0 - alpha) ** 2 * (_SHADOWING[0] - _SHADOWING[1])

    def fit(x: Array) -> Array:
        return np.asarray(a / (1.0 + b * x**c) + d * x + e)

    low, high = np.minimum(cosine, 0.5), np.maximum(cosine, 0.5)
    mirrored = 2.0 * fit(np.array(0.5)) - fit(1.0 - high)
    return np.asarray(np.exp(np.where(cosine < 0.5, fit(low), mirrored)))
