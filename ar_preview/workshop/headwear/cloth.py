"""Cloth: weaves, knits and felt as small tiles, and what is sewn into panels.

Heights are in the unit of the tile's width; brightness multiplies a colour, so that one picture
serves every colourway.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Material, Texture
from ar_preview.workshop.textures import (
    encoded_from_linear,
    normals_from_height,
    tiling_noise,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = [
    "FELT_TILE_MM",
    "KNIT_TILE",
    "TWILL_TILE_MM",
    "as_grid",
    "cloth",
    "felt",
    "grosgrain",
    "knit",
    "sewn",
    "shade_texture",
    "stitches",
    "twill_normals",
]

TWILL_TILE_MM = 7.6
FELT_TILE_MM = 46.0
KNIT_TILE = (4, 6)
"""Columns and rows of stitches on a tile of the knit."""

_STITCH_ASPECT = 0.72


def shade_texture(shade: Array, uv_from_uv: Array | None = None) -> Texture:
    """Return brightness of shape (H, W) as a colour texture."""
    grey = np.rint(255.0 * encoded_from_linear(shade)).astype(np.uint8)
    image = np.dstack([grey, grey, grey, np.full_like(grey, 255)])
    return Texture(image, uv_from_uv=np.eye(3) if uv_from_uv is None else uv_from_uv)


def cloth(
    name: str,
    rgb: tuple[float, float, float],
    shade: Texture | None,
    normals: Texture | None,
    *,
    sheen: float = 0.10,
    roughness: float = 0.9,
    normal_scale: float = 1.0,
) -> Material:
    """Return a cloth: rough, with fibres that stand off and catch light at the edges.

    Parameters
    ----------
    name : str
    rgb : tuple of float
        Linear colour.
    shade, normals : Texture, optional
    sheen : float
        Reflectance of the fibres.
    roughness, normal_scale : float
    """
    brightest = max(*rgb, 0.05)
    fibres = (0.4 + 0.6 * np.asarray(rgb) / brightest) * sheen
    r, g, b = (round(float(v), 4) for v in fibres)
    return Material(
        name=name,
        base_color=(*rgb, 1.0),
        base_color_texture=shade,
        normal_texture=normals,
        normal_scale=normal_scale,
        metallic=0.0,
        roughness=roughness,
        specular=0.35,
        sheen_color=(r, g, b),
        sheen_roughness=0.55,
    )


@cache
def twill_normals(width_mm: float, height_mm: float) -> Texture:
    """Return a cotton twill for texture coordinates that span so many mm."""
    y, x = (np.mgrid[:96, :96] + 0.5) / 96.0
    ribs = np.abs(np.sin(8.0 * np.pi * (x + y))) ** 0.8
    height = ribs * (0.7 + 0.3 * np.sin(2.0 * np.pi * 6.0 * (x - y)))
    image = normals_from_height(0.010 * height, 1.0, tiles=True)
    scale = np.diag([width_mm / TWILL_TILE_MM, height_mm / TWILL_TILE_MM, 1.0])
    return Texture(image, uv_from_uv=scale)


@cache
def knit(pixels: int = 34, seed: int = 0) -> tuple[Texture, Texture]:
    """Stockinette: brightness and normals of a tile of V-shaped stitches.

    Each stitch is two legs of twisted yarn, ellipsoids that lean outwards and overlap the row
    above.
    """
    columns, rows = KNIT_TILE
    width, height = columns * pixels, rows * round(pixels * _STITCH_ASPECT)
    y, x = np.mgrid[:height, :width]
    x, y = (x + 0.5) / pixels, (y + 0.5) * rows / height
    top = np.full((height, width), -0.02)
    ply, tone = np.zeros_like(top), np.zeros_like(top)
    random = np.random.default_rng(seed)
    tones = random.standard_normal((columns, rows, 2))
    for i in range(-1, columns + 1):
        for j in range(-2, rows + 2):
            for k, side in enumerate((-1.0, 1.0)):
                dx, dy = x - (i + 0.5 + 0.215 * side), (y - (j + 0.5)) * _STITCH_ASPECT
                lean = side * np.radians(17.0)
                across = np.cos(lean) * dx + np.sin(lean) * dy
                along = -np.sin(lean) * dx + np.cos(lean) * dy
                across = across - 0.08 * side * along**2
                inside = 1.0 - (across / 0.205) ** 2 - (along / 0.74) ** 2
                z = 0.30 * np.sqrt(np.clip(inside, 0.0, 1.0)) - 0.05 * along
                seen = (inside > 0.0) & (z > top)
                twist = np.sin(np.pi * (5.0 * along + 7.5 * side * across))
                top = np.where(seen, z, top)
                ply = np.where(seen, twist, ply)
                tone = np.where(seen, tones[i % columns, j % rows, k], tone)
    fuzz = random.standard_normal(top.shape)
    relief = top + 0.020 * ply + 0.006 * fuzz
    occlusion = np.clip((top + 0.05) / 0.27, 0.0, 1.0) ** 0.7
    shade = (0.34 + 0.66 * occlusion) * (1.0 + 0.05 * ply + 0.03 * tone + 0.02 * fuzz)
    normals = normals_from_height(0.85 * relief, columns, tiles=True)
    return shade_texture(np.clip(shade / 1.1, 0.0, 1.0)), Texture(normals)


@cache
def felt(size: int = 176, seed: int = 1) -> tuple[Texture, Texture]:
    """Fur felt: a faint cloud of brightness, and fibres that lie every way, as normals."""
    random = np.random.default_rng(seed)
    fibres = np.zeros((size, size))
    count = 9000
    start = random.random((count, 2)) * size
    angle, bend = random.uniform(0.0, 2.0 * np.pi, count), random.normal(0.0, 0.06, count)
    level = random.uniform(0.3, 1.0, count)
    at = start.copy()
    for _ in range(12):
        column, row = np.floor(at).astype(int).T % size
        np.maximum.at(fibres, (row, column), level)
        at += np.stack([np.cos(angle), np.sin(angle)], axis=1)
        angle = angle + bend
    fine, cloud = tiling_noise(size, 1.0, seed), tiling_noise(size, 0.16 * size, seed + 1)
    shade = (0.90 + 0.025 * cloud + 0.03 * fine) * (0.94 + 0.10 * fibres)
    normals = normals_from_height(0.0035 * fibres + 0.0012 * fine, 1.0, tiles=True)
    return shade_texture(np.clip(shade, 0.0, 1.0)), Texture(normals)


@cache
def grosgrain(ribs: int = 8) -> Texture:
    """Ribbed silk ribbon, ribs across u, as normals."""
    u = (np.arange(12 * ribs) + 0.5) / (12 * ribs)
    height = np.abs(np.sin(np.pi * ribs * u))
    image = normals_from_height(np.repeat(0.30 / ribs * height[None], 8, axis=0), 1.0, tiles=True)
    return Texture(image)


def stitches(along_mm: Array, away_mm: Array, width_mm: float = 0.36) -> Array:
    """Return 0 to 1 where the thread of a seam lies, three millimetres a stitch."""
    phase = np.mod(along_mm, 3.0) / 3.0
    thread = np.clip(2.2 * np.sin(np.pi * np.clip((phase - 0.08) / 0.78, 0.0, 1.0)), 0.0, 1.0)
    return np.asarray(np.exp(-((away_mm / width_mm) ** 2)) * thread)


def sewn(shade: Array, thread: Array, pull: Array, brightness: float) -> Array:
    """Return brightness with a thread on it, and the shade where it pulls the cloth in."""
    return np.asarray(
        shade * (1.0 - 0.20 * pull * (1.0 - thread)) * (1.0 - thread) + brightness * thread
    )


def as_grid(rows: npt.ArrayLike, columns: npt.ArrayLike) -> Array:
    """Texture coordinates (u of the columns, v of the rows), shape (R, C, 2)."""
    v, u = np.meshgrid(np.asarray(rows, float), np.asarray(columns, float), indexing="ij")
    return np.stack([u, v], axis=-1)
