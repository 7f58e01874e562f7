"""The colour of a thin film: what a mirror coat or a soap bubble reflects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.product import Material

__all__ = ["film_reflectance", "film_table"]

_WAVELENGTHS_NM = np.linspace(390.0, 720.0, 67)
_GRAZING = 1e-4
"""Smallest cosine: along the surface itself the formulas are 0 / 0."""

_THICKNESSES = 32
"""Layers of a table whose thickness follows a texture."""

_SRGB_GAMMA = 2.2
"""Close enough for the mean of a picture."""

_BRIGHTEST = 0.999
"""A metal that reflects everything would have no index of refraction."""

_SRGB_FROM_XYZ = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)
"""IEC 61966-2-1."""


def _matching_functions() -> Array:
    """CIE 1931 colour matching, (3, W), by the lobes of Wyman, Sloan and Shirley (JCGT 2013)."""

    def lobe(peak: float, left: float, right: float) -> Array:
        t = (_WAVELENGTHS_NM - peak) * np.where(_WAVELENGTHS_NM < peak, left, right)
        return np.asarray(np.exp(-0.5 * t * t))

    return np.stack(
        [
            1.056 * lobe(599.8, 0.0264, 0.0323)
            + 0.362 * lobe(442.0, 0.0624, 0.0374)
            - 0.065 * lobe(501.1, 0.0490, 0.0382),
            0.821 * lobe(568.8, 0.0213, 0.0247) + 0.286 * lobe(530.9, 0.0613, 0.0322),
            1.217 * lobe(437.0, 0.0845, 0.0278) + 0.681 * lobe(459.0, 0.0385, 0.0725),
        ]
    )


def film_reflectance(
    cosines: Array, film_ior: float, base_ior: float, thickness_nm: float
) -> Array:
    """Reflectance of a coated smooth surface in air, in linear sRGB.

    Airy's sum over all bounces inside the film, for both polarisations, over the visible
    spectrum; white is what reflects everything.

    Parameters
    ----------
    cosines : ndarray, shape (N,)
        Of the angle between the ray and the normal.
    film_ior, base_ior : float
        Indices of refraction of the film and of what is below it.
    thickness_nm : float
        Of the film, nanometres.

    Returns
    -------
    ndarray, shape (N, 3)
        In [0, 1].
    """
    indices = (1.0, film_ior, base_ior)
    sine = np.sqrt(1.0 - np.clip(cosines, _GRAZING, 1.0) ** 2)
    # Complex square roots carry total reflection along by themselves.
    inside = [np.sqrt((1.0 - (sine / n) ** 2).astype(complex)) for n in indices]
    phase = 4.0 * np.pi * film_ior * thickness_nm * inside[1][:, None] / _WAVELENGTHS_NM[None, :]
    turned = np.exp(1j * phase)
    spectrum = np.zeros(phase.shape)
    for crossed in (False, True):
        amplitudes = []
        for k in (0, 1):
            a, b = (k + 1, k) if crossed else (k, k + 1)
            one, two = indices[a] * inside[k], indices[b] * inside[k + 1]
            amplitudes.append(((one - two) / (one + two))[:, None])
        top, bottom = amplitudes
        wave = (top + bottom * turned) / (1.0 + top * bottom * turned)
        spectrum += 0.5 * np.abs(wave) ** 2
    matching = _matching_functions()
    white = _SRGB_FROM_XYZ @ matching.sum(axis=1)
    return np.asarray(np.clip(spectrum @ (_SRGB_FROM_XYZ @ matching).T / white, 0.0, 1.0))


def film_table(material: Material, size: int = 32) -> Array:
    """Fresnel reflectance of a coated material over thickness and cosine of the angle.

    Parameters
    ----------
    material : Material
        KHR_materials_iridescence.
    size : int
        Entries, for cosines from 0 to 1.

    Returns
    -------
    ndarray, shape (T, size, 3)
        From the least thickness to the largest; without a thickness texture for the largest
        alone, as the extension asks.
    """
    cosines = np.linspace(0.0, 1.0, size)
    low, high = material.iridescence_thickness_nm
    textured = material.iridescence_thickness_texture is not None
    layers = np.linspace(low, high, _THICKNESSES) if textured else np.array([high])
    film_ior, iors = material.iridescence_ior, _base_iors(material)
    table = []
    for thickness in layers:
        by_ior = {n: film_reflectance(cosines, film_ior, n, float(thickness)) for n in {*iors}}
        table.append(np.stack([by_ior[n][:, k] for k, n in enumerate(iors)], axis=1))
    return np.array(table)


def _base_iors(material: Material) -> list[float]:
    """Index of refraction below the film, per channel.

    A metal is taken as the dielectric that reflects as much head on, as in the extension. A film
    has one table, so textures of colour and metal count by their mean.
    """
    metallic, color = material.metallic, np.array(material.base_color[:3])
    if material.metallic_roughness_texture is not None:
        metallic *= float(material.metallic_roughness_texture.image[..., 2].mean()) / 255.0
    if metallic == 0.0:
        return [material.ior] * 3
    if material.base_color_texture is not None:
        encoded = material.base_color_texture.image[..., :3] / 255.0
        color = color * (encoded**_SRGB_GAMMA).mean(axis=(0, 1))
    plain = ((material.ior - 1.0) / (material.ior + 1.0)) ** 2
    root = np.sqrt(np.clip(plain + metallic * (color - plain), 0.0, _BRIGHTEST))
    return [float(n) for n in (1.0 + root) / (1.0 - root)]
