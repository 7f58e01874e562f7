"""Procedural patterns that tile without a seam."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import map_coordinates
from scipy.signal import resample
from scipy.spatial import cKDTree

from ar_preview.workshop.meshkit import smoothstep

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = [
    "crest_relief",
    "encoded_from_linear",
    "havana",
    "leather",
    "normals_from_height",
    "resampled",
    "rgba_from_linear",
    "swirled_stone",
    "tiling_noise",
]


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


def tiling_noise(size: int, sigma: float, seed: int) -> Array:
    """Gaussian noise of unit spread with blotches of a size in px, (size, size); it tiles."""
    return _noise(size, sigma, sigma, np.random.default_rng(seed))


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


def resampled(pattern: Array, size: int) -> Array:
    """Return a pattern that tiles, (N, N, C), in another size; it still tiles."""
    rows = resample(pattern, size, axis=0)
    return np.asarray(np.clip(resample(rows, size, axis=1), 0.0, 1.0))


def normals_from_height(height: Array, width: float, *, tiles: bool) -> npt.NDArray[np.uint8]:
    """Encode the normals of a relief as a glTF normal map, RGBA uint8 of shape (H, W, 4).

    Parameters
    ----------
    height : ndarray, shape (H, W)
        In the unit of the width; row 0 is the top.
    width : float
        What the columns span; texels are square.
    tiles : bool
        Whether opposite borders continue.
    """
    step = width / height.shape[1]
    padded = np.pad(height, 1, mode="wrap" if tiles else "edge")
    along_x = (padded[1:-1, 2:] - padded[1:-1, :-2]) / (2.0 * step)
    along_y = (padded[:-2, 1:-1] - padded[2:, 1:-1]) / (2.0 * step)
    normal = np.stack([-along_x, -along_y, np.ones_like(height)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    coded = np.rint(127.5 * (normal + 1.0)).astype(np.uint8)
    return np.concatenate([coded, np.full((*height.shape, 1), 255, np.uint8)], axis=2)


def crest_relief(size: int = 256) -> Array:
    """Engraved compass rose in a beaded oval, as depth in shares of the width, (size, size)."""
    scale = 3
    y, x = np.mgrid[: size * scale, : size * scale]
    x, y = ((v + 0.5) / (0.5 * size * scale) - 1.0 for v in (x, y))
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    depth = np.zeros_like(radius)
    for points, reach, phase in ((4, 0.60, np.pi / 4.0), (4, 0.66, 0.0)):
        sector = np.abs(
            np.mod(angle - phase + np.pi / points, 2.0 * np.pi / points) - np.pi / points
        )
        # A ray of a star: straight flanks from its tip to the waist.
        tip, waist = reach, 0.24 * reach
        half = np.pi / points
        edge = (
            tip
            * waist
            * np.sin(half)
            / (tip * np.sin(sector) + waist * np.sin(half - sector) + 1e-9)
        )
        ridge = np.clip((edge - radius) / (0.5 * waist), 0.0, 1.0)
        depth = np.maximum(depth, ridge * (0.35 + 0.65 * sector / half))
    line = np.clip(1.0 - np.abs(radius - 0.74) / 0.018, 0.0, 1.0)
    beads = np.clip(
        1.0
        - np.hypot(radius - 0.80, 0.80 * (np.mod(angle * 48 / np.pi, 2.0) - 1.0) * np.pi / 48)
        / 0.022,
        0.0,
        1.0,
    )
    depth = np.maximum(np.maximum(depth, line), np.sqrt(beads) * 0.8)
    small = depth.reshape(size, scale, size, scale).mean(axis=(1, 3))
    return np.asarray(-0.020 * small)


def leather(size: int = 256, seed: int = 2, cells: int = 520) -> tuple[Array, Array]:
    """Pebbled calf: height in shares of the width, and brightness, each (size, size); tiles.

    Parameters
    ----------
    size : int
        Pixels of the square tile.
    seed : int
    cells : int
        Pebbles on the tile.
    """
    random = np.random.default_rng(seed)
    points = random.random((cells, 2))
    for _ in range(2):
        # Lloyd's steps on a coarse grid: pebbles of even size, as tumbled hide has.
        coarse = (np.indices((96, 96)).reshape(2, -1).T + 0.5) / 96.0
        _, owner = _periodic_tree(points).query(coarse)
        offset = coarse - points[owner % cells]
        offset -= np.rint(offset)
        moved = np.zeros_like(points)
        np.add.at(moved, owner % cells, offset)
        points = np.mod(
            points + moved / np.bincount(owner % cells, minlength=cells)[:, None].clip(1), 1.0
        )
    texels = (np.indices((size, size)).reshape(2, -1).T + 0.5) / size
    distance, _ = _periodic_tree(points).query(texels, k=2)
    gap = (distance[:, 1] - distance[:, 0]).reshape(size, size) * np.sqrt(cells)
    pebble = smoothstep(gap, 0.0, 0.62)
    fine = _noise(size, 1.2, 1.2, random)
    cloud = _noise(size, 0.12 * size, 0.12 * size, random)
    height = 0.0095 * pebble + 0.0006 * fine
    shade = (0.72 + 0.28 * pebble) * (1.0 + 0.035 * cloud + 0.02 * fine)
    return height, np.asarray(shade / shade.max())


def _periodic_tree(points: Array) -> cKDTree:
    """Tree over a unit square and its neighbours; indices count modulo the points."""
    shifts = [(a, b) for a in (0, -1, 1) for b in (0, -1, 1)]
    return cKDTree(np.concatenate([points + s for s in shifts]))


def swirled_stone(
    dark: Sequence[float], light: Sequence[float], size: int = 192, seed: int = 6
) -> Array:
    """Silky bands of a polished stone between two linear colours, (size, size, 3); tiles."""
    random = np.random.default_rng(seed)
    k = size / 192.0
    bend = _noise(size, 30 * k, 30 * k, random) * 6 * k
    fibre = _warped(_noise(size, 30 * k, 1.6 * k, random), bend, bend)
    band = _warped(_noise(size, 60 * k, 7 * k, random), bend, bend)
    share = smoothstep(0.8 * band + 0.4 * fibre, -1.2, 1.2)[..., None]
    return np.asarray(np.asarray(dark) * (1.0 - share) + np.asarray(light) * share)
