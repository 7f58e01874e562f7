"""How far two pictures are apart: PSNR, and CIEDE2000 for the eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["ciede2000", "decode_srgb", "encode_srgb", "lab_from_srgb", "psnr"]

_XYZ_FROM_RGB = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE_D65 = _XYZ_FROM_RGB.sum(axis=1)


def decode_srgb(values: npt.ArrayLike) -> Array:
    """Linear light, 0 to 1, of sRGB values, 0 to 255 (IEC 61966-2-1)."""
    c = np.asarray(values, dtype=np.float64) / 255.0
    return np.asarray(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4))


def encode_srgb(linear: npt.ArrayLike) -> Array:
    """SRGB values, 0 to 255, not rounded, of linear light."""
    c = np.clip(np.asarray(linear, dtype=np.float64), 0.0, 1.0)
    return np.asarray(255.0 * np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055))


def lab_from_srgb(values: npt.ArrayLike) -> Array:
    """CIE L*a*b* (D65) of sRGB values 0 to 255, both (..., 3)."""
    t = decode_srgb(values) @ _XYZ_FROM_RGB.T / _WHITE_D65
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def psnr(image: npt.ArrayLike, truth: npt.ArrayLike) -> float:
    """Peak signal-to-noise ratio of sRGB values 0 to 255, dB."""
    error = np.mean((np.asarray(image, np.float64) - np.asarray(truth, np.float64)) ** 2)
    return float(10.0 * np.log10(255.0**2 / max(float(error), 1e-9)))


def ciede2000(lab_1: npt.ArrayLike, lab_2: npt.ArrayLike) -> Array:
    """Colour difference of CIE L*a*b* colours, (..., 3) each -> (...).

    Sharma, Wu and Dalal 2005, "The CIEDE2000 color-difference formula"; all weights 1.
    """
    l1, a1, b1 = np.moveaxis(np.asarray(lab_1, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(lab_2, np.float64), -1, 0)
    mean_chroma = 0.5 * (np.hypot(a1, b1) + np.hypot(a2, b2))
    g = 0.5 * (1.0 - _seventh(mean_chroma))
    a1, a2 = (1.0 + g) * a1, (1.0 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1) % (2 * np.pi), np.arctan2(b2, a2) % (2 * np.pi)
    gray = c1 * c2 == 0.0
    turn = np.where(gray, 0.0, (h2 - h1 + np.pi) % (2 * np.pi) - np.pi)
    d_hue = 2.0 * np.sqrt(c1 * c2) * np.sin(0.5 * turn)
    apart = np.abs(h1 - h2) > np.pi
    middle = 0.5 * (h1 + h2) + np.where(apart, np.where(h1 + h2 < 2 * np.pi, np.pi, -np.pi), 0.0)
    hue = np.where(gray, h1 + h2, middle)
    lightness, chroma = 0.5 * (l1 + l2), 0.5 * (c1 + c2)
    t = (
        1.0
        - 0.17 * np.cos(hue - np.radians(30.0))
        + 0.24 * np.cos(2.0 * hue)
        + 0.32 * np.cos(3.0 * hue + np.radians(6.0))
        - 0.20 * np.cos(4.0 * hue - np.radians(63.0))
    )
    away = (lightness - 50.0) ** 2
    s_l = 1.0 + 0.015 * away / np.sqrt(20.0 + away)
    s_c, s_h = 1.0 + 0.045 * chroma, 1.0 + 0.015 * chroma * t
    blue = np.exp(-(((np.degrees(hue) - 275.0) / 25.0) ** 2))
    r_t = -2.0 * _seventh(chroma) * np.sin(np.radians(60.0) * blue)
    dl, dc, dh = (l2 - l1) / s_l, (c2 - c1) / s_c, d_hue / s_h
    return np.asarray(np.sqrt(np.maximum(dl**2 + dc**2 + dh**2 + r_t * dc * dh, 0.0)))


def _seventh(chroma: Array) -> Array:
    power = chroma**7
    return np.asarray(np.sqrt(power / (power + 25.0**7)))
