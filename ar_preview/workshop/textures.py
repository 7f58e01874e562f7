"""Procedural patterns that tile without a seam."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import map_coordinates

from ar_preview.workshop.meshkit import smoothstep

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["encoded_from_linear", "havana", "rgba_from_linear"]


def encoded_from_linear(linear: npt.ArrayLike) -> Array:
    """Encode linear values in [0, 1] with the sRGB curve (IEC 61966-2-1)."""
    value = np.clip(np.asarray(linear, dtype=np.float64), 0.0, 1.0)
    high = 1.055 * np.maximum(value, 1e-6) ** (1.0 / 2.4) - 0.055
    return np.where(value <= 0.0031308, 12.92 * value, high)


def rgba_from_linear(linear: Array) -> npt.NDArray[np.uint8]:
    """Turn linear RGB of shape (H, W, 3) into opaque sRGB-encoded RGBA, uint8."""
    encoded = np.rint(255.0 * encoded_from_linear(linear)).astype(np.uint8)
    opaque = np.full((*encoded.shape[:2], 1), 255, dtype=np.uint8)
    return np.concatenate([encoded, opaque], axis=2)


def _noise(size: int, sigma_x: float, sigma_y: float, random: np.random.Generator) -> Array:
    """Gaussian noise of unit spread with blotches of the given size in px; it tiles."""
    white = np.fft.rfft2(random.standard_normal((size, size)))
    # A Gaussian blur in the frequency domain is periodic: opposite borders continue.
    along_y, along_x = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    blur = np.exp(-2.0 * np.pi**2 * ((along_x * sigma_x) ** 2 + (along_y * sigma_y) ** 2))
    smooth = np.fft.irfft2(white * blur, s=(size, size))
    smooth -= smooth.mean()
    return np.asarray(smooth / smooth.std())


def _warped(image: Array, shift_x: Array, shift_y: Array) -> Array:
    y, x = np.mgrid[: len(image), : len(image)]
    moved = map_coordinates(image, [y + shift_y, x + shift_x], order=1, mode="grid-wrap")
    return np.asarray(moved)


def havana(
    size: int = 1024,
    seed: int = 4,
    *,
    dark_share: float = 0.6,
    amber: Sequence[float] = (0.33, 0.105, 0.011),
    honey: Sequence[float] = (0.52, 0.215, 0.034),
    brown: Sequence[float] = (0.088, 0.0205, 0.0042),
    dark: Sequence[float] = (0.0105, 0.0042, 0.0026),
) -> Array:
    """Tortoise-shell acetate: amber with honey lights, brown halos and dark, flowing blotches.

    Sheets are pressed from blocks of mixed colours, so that blotches are stretched along a
    flow and lie at different depths: deep ones are soft and brown, those at the surface
    crisp and nearly black.

    Parameters
    ----------
    size : int
        Pixels of the square tile.
    seed : int
    dark_share : float
        Share of the sheet that the blotches cover, 0 to 1.
    amber, honey, brown, dark : sequence of float
        Linear RGB.

    Returns
    -------
    ndarray, shape (size, size, 3)
        Linear RGB.
    """
    random = np.random.default_rng(seed)
    k = size / 1024.0
    bend_x = _noise(size, 62 * k, 62 * k, random) * 52 * k
    bend_y = _noise(size, 62 * k, 62 * k, random) * 52 * k
    curl_x = _noise(size, 15 * k, 15 * k, random) * 8 * k
    curl_y = _noise(size, 15 * k, 15 * k, random) * 8 * k
    large = _warped(_noise(size, 62 * k, 46 * k, random), bend_x, bend_y)
    middle = _warped(_noise(size, 34 * k, 24 * k, random), bend_x + curl_x, bend_y + curl_y)
    small = _warped(_noise(size, 12 * k, 8 * k, random), bend_x + curl_x, bend_y + curl_y)
    deep = _warped(_noise(size, 44 * k, 32 * k, random), bend_y, bend_x)
    glow = _warped(_noise(size, 50 * k, 30 * k, random), bend_y, bend_x)
    surface = 0.52 * large + 0.74 * middle + 0.15 * small
    surface = (surface - surface.mean()) / surface.std()
    level = float(np.quantile(surface, 1.0 - dark_share))

    light = smoothstep(glow, -0.7, 1.5)[..., None]
    colour = np.asarray(amber) * (1.0 - light) + np.asarray(honey) * light
    # Deep blotches multiply: light crosses them twice before it comes back.
    shade = smoothstep(deep + 0.35 * surface, 0.1, 1.7)[..., None]
    colour = colour * (1.0 - shade) + colour * np.asarray([0.42, 0.30, 0.22]) * shade
    halo = smoothstep(surface, level - 1.15, level + 0.12)[..., None]
    colour = colour * (1.0 - halo) + np.asarray(brown) * halo
    core = smoothstep(surface, level - 0.12, level + 0.42)[..., None]
    colour = colour * (1.0 - core) + np.asarray(dark) * core
    grain = 1.0 + 0.05 * small[..., None]
    return np.asarray(np.clip(colour * grain, 0.0, 1.0))
