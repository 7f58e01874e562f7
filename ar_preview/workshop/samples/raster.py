"""A small z-buffer rasteriser in numpy: exact, deterministic, slow; for offline building."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import ImageSize
    from ar_preview.geometry import Array

__all__ = ["Fragments", "interpolate", "rasterise"]

_DEPTH_LEVELS = float(1 << 31)
_CHUNK = 4_000_000


@dataclass(frozen=True, eq=False)
class Fragments:
    """The nearest triangle of every covered pixel.

    Parameters
    ----------
    pixels : ndarray, shape (N,), int
        Flat indices into the picture.
    triangles : ndarray, shape (N,), int
        Index of the triangle seen there.
    weights : ndarray, shape (N, 3)
        Perspective-correct barycentric weights of its corners.
    """

    pixels: npt.NDArray[np.int64]
    triangles: npt.NDArray[np.int64]
    weights: Array


def rasterise(
    points_image: Array, depths: Array, triangles: npt.NDArray[np.int32], size: ImageSize
) -> Fragments:
    """Find the nearest triangle at every pixel centre; back faces are culled.

    Parameters
    ----------
    points_image : ndarray, shape (V, 2)
        px, pixel centres at +0.5.
    depths : ndarray, shape (V,)
        Positive, along the optical axis.
    triangles : ndarray, shape (F, 3), int32
        Counter-clockwise seen from outside, in a world with y up.
    size : ImageSize
    """
    width, height = size
    corners = points_image[triangles]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    # With y down, a front face turns the other way: its signed area is negative.
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    first = np.ceil(corners.min(1) - 0.5).astype(np.int64)
    last = np.floor(corners.max(1) - 0.5).astype(np.int64)
    first = np.maximum(first, 0)
    last = np.minimum(last, [width - 1, height - 1])
    front = np.flatnonzero((area < -1e-9) & (first <= last).all(1) & (depths[triangles] > 0).all(1))
    spans = (last - first + 1)[front]
    inverse = 1.0 / depths
    near, far = float(inverse.max(initial=1.0)), float(inverse.min(initial=0.0))
    best = np.full(width * height, -1, np.int64)
    found: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Array]] = []
    for chosen in _batches(front, spans):
        pixels, owners, weights = _candidates(chosen, corners, area, first, last, width)
        at_depth = (weights * inverse[triangles[owners]]).sum(1)
        level = ((at_depth - far) / max(near - far, 1e-12) * (_DEPTH_LEVELS - 1)).astype(np.int64)
        key = (np.clip(level, 0, int(_DEPTH_LEVELS) - 1) << 32) | owners
        np.maximum.at(best, pixels, key)
        found.append((pixels, key, weights))
    return _resolve(found, best, inverse, triangles)


def interpolate(fragments: Fragments, triangles: npt.NDArray[np.int32], values: Array) -> Array:
    """Interpolate values (V, ...) given at the vertices to the fragments, (N, ...)."""
    corners = values[triangles[fragments.triangles]]
    return np.asarray(np.einsum("nk,nk...->n...", fragments.weights, corners))


def _batches(
    front: npt.NDArray[np.int64], spans: npt.NDArray[np.int64]
) -> list[npt.NDArray[np.int64]]:
    """Group triangles of like box size, so that a batch wastes little and fits in memory."""
    extent = spans.max(1) if spans.size else np.zeros(0, np.int64)
    batches = []
    edge = 1
    while front.size and edge < 2 * int(extent.max(initial=1)):
        members = front[(extent <= edge) & (extent > edge // 2)]
        step = max(1, _CHUNK // (edge * edge))
        batches += [members[i : i + step] for i in range(0, members.size, step)]
        edge *= 2
    return batches


def _candidates(
    chosen: npt.NDArray[np.int64],
    corners: Array,
    area: Array,
    first: npt.NDArray[np.int64],
    last: npt.NDArray[np.int64],
    width: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Array]:
    """Pixels inside each chosen triangle with their (affine) barycentric weights."""
    span = int((last[chosen] - first[chosen] + 1).max(initial=1))
    offset = np.arange(span)
    x = first[chosen, 0, None, None] + offset[None, None, :]
    y = first[chosen, 1, None, None] + offset[None, :, None]
    px, py = x + 0.5, y + 0.5
    a, b, c = (corners[chosen, k, :, None, None] for k in range(3))
    scale = 1.0 / area[chosen, None, None]
    wa = ((b[:, 0] - px) * (c[:, 1] - py) - (b[:, 1] - py) * (c[:, 0] - px)) * scale
    wb = ((c[:, 0] - px) * (a[:, 1] - py) - (c[:, 1] - py) * (a[:, 0] - px)) * scale
    wc = 1.0 - wa - wb
    inside = (wa >= 0) & (wb >= 0) & (wc >= 0)
    inside &= (x <= last[chosen, 0, None, None]) & (y <= last[chosen, 1, None, None])
    which, _, _ = np.nonzero(inside)
    pixels = np.broadcast_to(y * width + x, inside.shape)[inside]
    return pixels, chosen[which], np.stack([wa[inside], wb[inside], wc[inside]], -1)


def _resolve(
    found: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Array]],
    best: npt.NDArray[np.int64],
    inverse: Array,
    triangles: npt.NDArray[np.int32],
) -> Fragments:
    if not found:
        empty = np.zeros(0, np.int64)
        return Fragments(empty, empty, np.zeros((0, 3)))
    kept = [best[pixels] == key for pixels, key, _ in found]
    pixels = np.concatenate([f[0][k] for f, k in zip(found, kept, strict=True)])
    owners = np.concatenate([f[1][k] for f, k in zip(found, kept, strict=True)]) & 0xFFFFFFFF
    weights = np.concatenate([f[2][k] for f, k in zip(found, kept, strict=True)])
    # Affine weights are linear on the screen; divided by depth they are linear in space.
    weights = weights * inverse[triangles[owners]]
    weights /= weights.sum(1, keepdims=True)
    order = np.argsort(pixels, kind="stable")
    return Fragments(pixels[order], owners[order], weights[order])
