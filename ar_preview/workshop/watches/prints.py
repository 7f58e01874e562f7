"""What is printed: dials and bezel inserts, drawn large and reduced.

Pictures have 12 o'clock up and 3 o'clock at the right, as seen on the dial.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter1d

from ar_preview.products.product import Texture
from ar_preview.workshop.textures import encoded_from_linear

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["bezel_insert", "dial_print", "write_centred"]

_SCALE = 2


def _rays(size: int) -> tuple[Array, Array, Array]:
    """Brightness of a sunburst brush, radius and angle over the picture."""
    y, x = np.mgrid[:size, :size]
    x, y = ((v + 0.5) / (0.5 * size) - 1.0 for v in (x, y))
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    fine = gaussian_filter1d(np.random.default_rng(3).standard_normal(2048), 2.0, mode="wrap")
    at = ((angle + np.pi) / (2.0 * np.pi) * 2048).astype(int) % 2048
    ray = (fine / fine.std())[at] * np.clip(3.0 * radius, 0.0, 1.0)
    return ray, radius, angle


def write_centred(
    draw: ImageDraw.ImageDraw,
    text: str,
    at: tuple[float, float],
    height: float,
    ink: tuple[int, int, int],
    spacing: float = 0.0,
) -> None:
    """Write a line with its middle at a point, letters `spacing` heights further apart."""
    font = ImageFont.load_default(size=height)
    widths = [font.getlength(c) + spacing * height for c in text]
    x = at[0] - 0.5 * (sum(widths) - spacing * height)
    for c, w in zip(text, widths, strict=True):
        draw.text((x, at[1]), c, fill=ink, font=font, anchor="lm")
        x += w


@cache
def dial_print(
    color: tuple[float, float, float],
    ink: tuple[int, int, int],
    lines: tuple[tuple[str, float, float], ...],
    *,
    size: int = 512,
    sunburst: float = 0.05,
    glow: float = 0.45,
    track: tuple[float, float] = (0.915, 0.97),
) -> Texture:
    """Print a dial.

    Parameters
    ----------
    color : tuple of float
        Linear RGB of the ground.
    ink : tuple of int
        Encoded RGB of track and text.
    lines : tuple of (str, float, float)
        Text, height of its middle (1 is the upper edge, -1 the lower) and letter height.
    size : int
        px.
    sunburst, glow : float
        Strength of the brush, and of the shade towards the rim.
    track : tuple of float
        Inner and outer radius of the minute track.
    """
    large = size * _SCALE
    ray, radius, angle = _rays(size)
    # Two bright sectors and the shade of the rim: what a brushed dial shows in any light.
    sheen = 1.0 + 6.0 * sunburst * np.cos(2.0 * (angle + 0.9)) * np.clip(2.5 * radius, 0.0, 1.0)
    shade = sheen * (1.0 + sunburst * ray) * (1.08 - glow * np.clip(radius, 0.0, 1.0) ** 4)
    ground = encoded_from_linear(np.asarray(color) * shade[..., None])
    picture = Image.fromarray(np.rint(255.0 * ground).astype(np.uint8))
    picture = picture.resize((large, large), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    middle = 0.5 * large
    for k in range(60):
        direction = np.array([np.sin(np.pi * k / 30.0), -np.cos(np.pi * k / 30.0)])
        inner = track[0] - (0.03 if k % 5 == 0 else 0.0)
        ends = [tuple(middle + middle * r * direction) for r in (inner, track[1])]
        draw.line(ends, fill=ink, width=round(large * (0.006 if k % 5 == 0 else 0.0032)))
    for text, height, letter in lines:
        write_centred(draw, text, (middle, middle * (1.0 - height)), middle * letter, ink, 0.18)
    return Texture(_rgba(picture, size), "clamp", "clamp")


def _rgba(picture: Image.Image, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    small = np.asarray(picture.resize((size, size), Image.Resampling.LANCZOS), dtype=np.uint8)
    return np.concatenate([small, np.full((size, size, 1), 255, np.uint8)], axis=2)


@cache
def bezel_insert(
    ground: tuple[int, int, int], ink: tuple[int, int, int], inner: float, size: int = 512
) -> Texture:
    """Print a diver's minute scale on a ring from `inner` (of its outer radius) to 1."""
    large = size * _SCALE
    picture = Image.new("RGB", (large, large), ground)
    draw = ImageDraw.Draw(picture)
    middle, band = 0.5 * large, 1.0 - inner
    for k in range(60):
        angle = np.pi * k / 30.0
        direction = np.array([np.sin(angle), -np.cos(angle)])
        if k == 0:
            tip = middle + middle * (inner + 0.16 * band) * direction
            half = 0.34 * band * middle
            top = middle - middle * (inner + 0.86 * band)
            draw.polygon([tuple(tip), (middle - half, top), (middle + half, top)], fill=ink)
        elif k % 10 == 0:
            tile = Image.new("L", (round(0.34 * middle),) * 2, 0)
            pen = ImageDraw.Draw(tile)
            font = ImageFont.load_default(size=0.78 * band * middle)
            pen.text(
                (tile.width / 2, tile.height / 2),
                str(k),
                fill=255,
                font=font,
                anchor="mm",
                stroke_width=round(0.035 * band * middle),
                stroke_fill=255,
            )
            tile = tile.rotate(-6.0 * k, resample=Image.Resampling.BICUBIC)
            at = middle + middle * (inner + 0.5 * band) * direction - 0.5 * tile.width
            picture.paste(Image.new("RGB", tile.size, ink), (round(at[0]), round(at[1])), tile)
        elif k % 5 == 0 or k < 15:
            low, high = (0.24, 0.78) if k % 5 == 0 else (0.48, 0.78)
            ends = [tuple(middle + middle * (inner + s * band) * direction) for s in (low, high)]
            draw.line(ends, fill=ink, width=round(large * (0.012 if k % 5 == 0 else 0.005)))
    return Texture(_rgba(picture, size), "clamp", "clamp")
