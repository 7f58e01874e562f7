"""How much of every light a worn piece keeps off the skin: precomputed transfer.

For each texel of a face or limb some directions are followed outwards; what the piece blocks
of them, weighted by the cosine, is kept as harmonics of order 2 (Sloan, Kautz and Snyder 2002,
"Precomputed radiance transfer"). A light then costs one product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from ar_preview.geometry import SH_COSINE_LOBE, sh_basis, smooth_step
from ar_preview.products.surface import Surface
from ar_preview.staging.albedo import LIGHT_SKIN
from ar_preview.staging.skin import linear_from_srgb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.geometry import Array
    from ar_preview.products.product import Material
    from ar_preview.scene import Item
    from ar_preview.staging.texels import SkinTexels

__all__ = ["Cover", "cover_skin"]

_SPACING, _MOST_SAMPLES = (0.7, 1.0), 60_000
"""Of the points on solid and on see-through parts, texels."""

_DIRECTIONS = 96
_GRAZING = 0.03
_LEAST = 0.25
_AROUND_M = (0.008, 0.018)
"""Distance from the box of what is worn over which a shadow ends: what is faint is not worth the
pixels that would have to be drawn."""

_CELL, _BOX = 0.5, np.ones((5, 5), np.uint8)
"""Texels that a cell is wide in which light is met or not, and what closes gaps between samples:
a wire casts the shadow of its own width and half a texel."""

_CONTACT_M = 0.2e-3
"""What is nearer than this does not count as above the skin."""

_REACH = (0.01, 0.06)
"""Shares of ambient light: what a piece blocks less of ends softly there, so that a shadow keeps
near its piece."""


Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Cover:
    """What pieces block of the light that would reach the skin, for the texels near them.

    Parameters
    ----------
    place : ndarray, shape (T,), int
        Of the texels in the flattened map.
    solid, clear : ndarray, shape (T, 9), float32
        Harmonics, in the body's axes, of the light over pi that solid parts block, and of that
        which meets see-through parts alone.
    open : ndarray, shape (T, 9), float32
        The same of all light.
    tint : ndarray, shape (3,), float32
        Share that see-through parts keep back.
    albedo : ndarray, shape (3,), float32
        Of the skin and of what covers it: their geometric mean.
    weight : ndarray, shape (T,), float32
        Falls to 0 where a shadow ends.
    extent_body : ndarray, shape (E, 3)
        Outermost points of what is darkened, metres.
    """

    place: npt.NDArray[np.intp]
    solid: Floats
    clear: Floats
    open: Floats
    tint: Floats
    albedo: Floats
    weight: Floats
    extent_body: Array

    def kept(self, light_body: Array) -> Floats:
        """Return the share of a light that reaches each texel all the same, (T, 3), 0 to 1.

        Parameters
        ----------
        light_body : ndarray, shape (9,)
            Harmonics of its luminance, the body's axes.
        """
        light = light_body.astype(np.float32)
        everything = self.open @ light
        # Grazing light leaves next to nothing to be blocked.
        np.maximum(everything, _LEAST * light[0] * self.open[:, 0], out=everything)
        solid = self.solid @ light / everything
        clear = self.clear @ light / everything
        blocked = np.maximum(solid, 0.0)[:, None] + np.maximum(clear, 0.0)[:, None] * self.tint
        blocked = np.minimum(blocked, 1.0) * self.weight[:, None]
        return _bounced(1.0 - blocked, self.albedo)


def cover_skin(
    texels: SkinTexels, shape: Array, items: Sequence[tuple[Item, Array]]
) -> Cover | None:
    """Follow light from the skin of a face or limb past the pieces that it wears.

    Parameters
    ----------
    texels : SkinTexels
    shape : ndarray
        Of the body, as the texels take it.
    items : sequence of (Item, ndarray of shape (4, 4))
        What is worn and where: the body's space from product space, size included.

    Returns
    -------
    Cover or None
        None where nothing is near the skin.
    """
    points, normals = texels.points_and_normals(shape)
    pieces = _gathered(items, points.min(axis=0) - _AROUND_M[1], texels.texel_m)
    solid, clear = pieces.samples
    everywhere = np.concatenate([solid, clear])
    if len(everywhere) == 0:
        return None
    low, high = everywhere.min(axis=0), everywhere.max(axis=0)
    outside = np.maximum(low - points, points - high).max(axis=1)
    near = np.flatnonzero(outside < _AROUND_M[1])
    points, normals = points[near], normals[near]
    parts = _columns(solid), _columns(clear)
    directions, frames = _directions(texels.behind)
    basis = (sh_basis(directions) * (4.0 / _DIRECTIONS)).astype(np.float32)
    cosines = directions.astype(np.float32) @ _columns(normals)
    cosines[cosines <= _GRAZING] = 0.0
    at_skin, cell_m = _columns(points), _CELL * texels.texel_m
    met = np.zeros((2, len(directions), len(near)), np.float32)
    for i, (frame, cosine) in enumerate(zip(frames, cosines, strict=True)):
        facing = np.flatnonzero(cosine)
        if len(facing):
            light = cosine[facing]
            for part, where in enumerate(_met(at_skin[:, facing], parts, frame, cell_m)):
                met[part, i, facing] = light * where
    blocked = np.matmul(met.transpose(0, 2, 1), basis)
    everything = (sh_basis(normals) * SH_COSINE_LOBE).astype(np.float32)
    tint = 1.0 - pieces.passed
    share = (blocked[0, :, 0] + blocked[1, :, 0] * tint.mean()) / everything[:, 0]
    weight = smooth_step(*_REACH, share) * texels.inner[near]
    weight *= 1.0 - smooth_step(*_AROUND_M, outside[near])
    dark = weight > 0.0
    if not dark.any():
        return None
    return Cover(
        texels.place[near[dark]],
        blocked[0, dark],
        blocked[1, dark],
        everything[dark],
        tint.astype(np.float32),
        np.sqrt(LIGHT_SKIN * pieces.color).astype(np.float32),
        weight[dark].astype(np.float32),
        _outermost(points[dark]),
    )


@dataclass(frozen=True, eq=False)
class _Pieces:
    """What is worn, in the body's space.

    Points on its solid and on its see-through parts, (N, 3), the share of light that the latter
    let pass, and the own colour of the former.
    """

    samples: tuple[Array, Array]
    passed: Array
    color: Array


def _gathered(items: Sequence[tuple[Item, Array]], low: Array, texel_m: float) -> _Pieces:
    """Return what is worn; triangles that lie beyond `low` are left out."""
    corners: tuple[list[Array], list[Array]] = ([], [])
    looks: tuple[list[Array], list[Array]] = ([], [])
    areas: tuple[list[float], list[float]] = ([], [])
    for item, body_from_product in items:
        product = item.product.lod or item.product
        placed = product.product_from_node({k: v.matrix for k, v in item.nodes.items()})
        for node in product.nodes:
            matrix = body_from_product @ placed[node.name]
            for part in node.primitives:
                material = item.materials.get(part.material) or product.materials[part.material]
                kind = int(material.is_see_through)
                found = part.positions[part.triangles] @ matrix[:3, :3].T + matrix[:3, 3]
                found = found[(found > low).all(axis=(1, 2))]
                corners[kind].append(found)
                looks[kind].append(_passed(material) if kind else _own_color(material))
                areas[kind].append(float(Surface(found).areas.sum()) + 1e-12)
    means = [
        np.average(looks[k], axis=0, weights=areas[k]) if looks[k] else np.ones(3) for k in (0, 1)
    ]
    nothing = np.zeros((0, 3, 3))
    solid, clear = (
        _points(np.concatenate([nothing, *part]), spacing * texel_m)
        for part, spacing in zip(corners, _SPACING, strict=True)
    )
    return _Pieces((solid, clear), means[1], means[0])


def _own_color(material: Material) -> Array:
    color = np.array(material.base_color[:3])
    if material.base_color_texture is not None:
        few = material.base_color_texture.image[::8, ::8, :3].reshape(-1, 3)
        color = color * linear_from_srgb(few).mean(axis=0)
    return color


def _points(corners: Array, spacing: float) -> Array:
    surface = Surface(corners)
    count = min(round(surface.areas.sum() / spacing**2), _MOST_SAMPLES)
    return surface.samples(count)


def _passed(material: Material) -> Array:
    """Share of light that a see-through surface lets pass head on, (3,).

    What it reflects of the light that the skin sends back falls on the skin again.
    """
    f0 = ((material.ior - 1.0) / (material.ior + 1.0)) ** 2
    reflected = 2.0 * f0 / (1.0 + f0)
    slab = (1.0 - reflected) / (1.0 - LIGHT_SKIN * reflected)
    color = np.array(material.base_color[:3])
    if material.alpha_mode == "BLEND":
        shown = material.base_color[3]
        return np.asarray(1.0 - shown * (1.0 - material.transmission * slab * color))
    depth = np.zeros(3)
    if material.thickness > 0.0 and np.isfinite(material.attenuation_distance):
        density = -np.log(np.clip(material.attenuation_color, 1e-6, 1.0))
        depth = density * material.thickness / material.attenuation_distance
    return np.asarray(material.transmission * slab * color * np.exp(-depth))


def _met(
    points: Floats, parts: tuple[Floats, Floats], frame: Floats, cell_m: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Say which points meet a solid part in a direction, and which see-through ones alone.

    Points are columns here, (3, N); the direction is the last row of a frame, (3, 3).
    """
    frame = np.asarray(frame / [[cell_m], [cell_m], [1.0]], np.float32)
    seen = frame @ points
    low = seen[:2].min(axis=1, keepdims=True) - 2.0
    columns, rows = (int(n) for n in np.ceil((seen[:2] - low).max(axis=1)) + 2)
    cell = _cells(seen, low, columns, rows)
    found = []
    for samples in parts:
        flat = frame @ samples
        farthest = np.full(rows * columns, -1.0, np.float32)
        np.maximum.at(farthest, _cells(flat, low, columns, rows), flat[2])
        # Between the samples of a surface no gap may stay open; its outline stays where it is.
        closed = cv2.morphologyEx(farthest.reshape(rows, columns), cv2.MORPH_CLOSE, _BOX)
        found.append(closed.ravel().take(cell) > seen[2] + np.float32(_CONTACT_M))
    return found[0], found[1] & ~found[0]


def _cells(seen: Floats, low: Floats, columns: int, rows: int) -> npt.NDArray[np.int32]:
    """Return the cell of each point; what lies outside goes to the border, where no texel is."""
    cells = (seen[:2] - low).astype(np.int32)
    np.maximum(cells, 0, out=cells)
    np.minimum(cells, np.array([[columns - 1], [rows - 1]], np.int32), out=cells)
    return np.asarray(cells[1] * np.int32(columns) + cells[0])


@cache
def _directions(behind: float) -> tuple[Array, Floats]:
    """Directions spread evenly over the sphere by the golden angle, above a height, (D, 3).

    With an orthonormal frame for each, (D, 3, 3), whose last row it is.
    """
    i = np.arange(_DIRECTIONS) + 0.5
    z = 1.0 - 2.0 * i / _DIRECTIONS
    around = i * np.pi * (3.0 - np.sqrt(5.0))
    r = np.sqrt(1.0 - z * z)
    sphere = np.stack([r * np.cos(around), r * np.sin(around), z], axis=-1)
    directions = sphere[sphere[:, 2] > behind]
    across = np.linalg.svd(directions[:, None])[2][:, 1:]
    return directions, np.concatenate([across, directions[:, None]], axis=1).astype(np.float32)


def _bounced(visible: Floats, albedo: Floats) -> Floats:
    """Return what arrives when light also comes by way of the surfaces that block it.

    The fit of Jimenez, Wu, Pesce and Jarabo (2016, "Practical real-time strategies for accurate
    indirect occlusion"): between light surfaces shadows are lighter, and in their colour.
    """
    a = 2.0404 * albedo - 0.3324
    b = -4.7951 * albedo + 0.6417
    c = 2.7552 * albedo + 0.6903
    return np.asarray(np.maximum(visible, ((visible * a + b) * visible + c) * visible))


def _columns(points: Array) -> Floats:
    return np.ascontiguousarray(points.T, dtype=np.float32)


def _outermost(points: Array) -> Array:
    """Return those points that lie farthest in some direction."""
    if len(points) == 0:
        return np.zeros((0, 3))
    grid = np.stack(np.meshgrid(*[[-1.0, 0.0, 1.0]] * 3), axis=-1).reshape(-1, 3)
    return np.asarray(points[np.unique((points @ grid.T).argmax(axis=0))])
