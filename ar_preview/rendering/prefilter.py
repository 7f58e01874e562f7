"""A map of the surroundings, blurred for every roughness fast enough to follow a room.

Every blurred map is a fixed linear combination of the texels of the sharp one, so a precomputed
matrix a level does it; each row sums to 1, so no roughness gains or loses energy.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import octahedral_directions, texel_areas

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["RADIANCE_LAYERS", "dithered", "prefiltered_layers", "resampled"]

RADIANCE_LAYERS = 11
"""Roughness steps of a map that follows the room."""

_SOURCE = 32
"""Side of the map that rough levels are computed from."""

_LEVEL_SIZES = (24, 16, 12, 8, 8)
"""Map sizes for roughness .2, .4 ... 1: the lobe widens, so the map may shrink."""

_TEXEL_SPREAD = 0.05
"""Angle that a texel of the source covers, as GGX alpha: a narrower lobe would fall between."""


def prefiltered_layers(radiance: npt.NDArray[np.floating], peak: float) -> npt.NDArray[np.float32]:
    """Blur a map for every roughness.

    Parameters
    ----------
    radiance : ndarray, shape (N, N, 3)
        Corner-aligned octahedral map of linear radiance.
    peak : float
        Radiance that is encoded as 1.

    Returns
    -------
    ndarray, shape (RADIANCE_LAYERS, N, N, 3), float32
        Cube roots of ``radiance / peak`` by rising perceptual roughness, for `dithered`.
    """
    size = radiance.shape[0]
    source = resampled(radiance, _SOURCE).reshape(-1, 3)
    sharp = np.cbrt(np.clip(radiance * np.float32(1.0 / peak), 0.0, 1.0))
    levels = [np.asarray(sharp, np.float32)]
    for i, side in enumerate(_LEVEL_SIZES, 1):
        blurred = _blur(side, i / len(_LEVEL_SIZES)) @ source
        coded = np.cbrt(np.clip(blurred * np.float32(1.0 / peak), 0.0, 1.0))
        levels.append(resampled(coded.reshape(side, side, 3), size))
    out = np.empty((RADIANCE_LAYERS, size, size, 3), np.float32)
    for layer in range(RADIANCE_LAYERS):
        lower, between = divmod(layer, 2)
        if between:
            cv2.addWeighted(levels[lower], 0.5, levels[lower + 1], 0.5, 0.0, dst=out[layer])
        else:
            out[layer] = levels[lower]
    return out


def dithered(layers: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Encode layers for the GPU.

    A step of 8 bits is some per cent of the light: rounded to the nearest, all texels of a
    surface would take it at once.

    Parameters
    ----------
    layers : ndarray, shape (L, N, N, 3)
        0 to 1.

    Returns
    -------
    ndarray, shape (L, N, N, 4), uint8
    """
    count, side = layers.shape[:2]
    rows = layers.reshape(count * side, -1)
    # Rounds to the nearest: what is added is centred on zero.
    coded = cv2.addWeighted(rows, 255.0, _thresholds(count, side), 1.0, 0.0, dtype=cv2.CV_8U)
    coded = cv2.cvtColor(coded.reshape(-1, side, 3), cv2.COLOR_RGB2RGBA)
    return np.asarray(coded, np.uint8).reshape(count, side, side, 4)


@cache
def _thresholds(count: int, side: int) -> npt.NDArray[np.float32]:
    """Even over -.5 to .5 in every neighbourhood, (count * side, 3 * side), alike in all layers.

    The R2 sequence (Roberts 2018, "The unreasonable effectiveness of quasirandom sequences").
    """
    plastic = 1.32471795724474602596
    row, column = np.mgrid[:side, :side]
    even = (row / plastic + column / plastic**2) % 1.0 - 0.5
    return np.asarray(np.tile(np.repeat(even, 3, axis=1), (count, 1)), np.float32)


@cache
def _blur(side: int, roughness: float) -> npt.NDArray[np.float32]:
    """Weights (side^2, source texels) of the GGX lobe with normal = view = ray (Karis 2013)."""
    rays = octahedral_directions(side).reshape(-1, 3)
    lights = octahedral_directions(_SOURCE).reshape(-1, 3)
    squared = roughness**4 + _TEXEL_SPREAD**2
    cosine = rays @ lights.T
    half2 = 0.5 * (1.0 + np.clip(cosine, -1.0, 1.0))  # cosine of the half angle, squared
    lobe = 1.0 / (half2 * (squared - 1.0) + 1.0) ** 2
    weights = lobe * np.maximum(cosine, 0.0) * texel_areas(_SOURCE).ravel()
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def resampled(level: npt.NDArray[np.floating], side: int) -> npt.NDArray[np.float32]:
    """Bilinear, corner-aligned resize of a square map."""
    size = level.shape[0]
    values = np.asarray(level, dtype=np.float32)
    if size == side:
        return values
    weights = _bilinear(size, side)
    rows = (weights @ values.reshape(size, -1)).reshape(side, size, -1)
    return np.asarray(np.matmul(weights, rows), np.float32)


@cache
def _bilinear(size: int, side: int) -> npt.NDArray[np.float32]:
    """Weights (side, size) of linear interpolation, ends on ends."""
    t = np.linspace(0.0, size - 1.0, side)
    i = np.minimum(t.astype(int), size - 2)
    out = np.zeros((side, size), np.float32)
    out[np.arange(side), i] = 1.0 - (t - i)
    out[np.arange(side), i + 1] = t - i
    return out
