"""Lighter models of a piece: fewer triangles with the same look from further away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.products.product import Primitive, Product

    Indices = npt.NDArray[np.int64]

__all__ = ["deviation", "lightened"]

_SMALLEST = 24
"""Primitives of fewer triangles stay as they are."""

_WELD_M = 1e-6
"""Vertices that are closer than this are one point of the surface."""

_NORMAL_SHARE = 0.35
"""A vertex whose normal is a right angle off counts as this share of a new edge further away: the
wider triangles are, the more a normal that belongs round the corner would smear highlights."""

_INWARD = 0.25
"""Corners are compared a share of an edge inside their triangles, where the two sides of a seam
lie apart."""

_EXACT_TREE = 4
"""FLANN's k-d tree that finds the nearest point, not just a near one."""

_REACH = 4.0
"""How far texture coordinates are continued beyond an old triangle, in sizes of it."""

_FAR_PERCENT, _NEIGHBOURS = 97.0, 12
"""Percentile of the distances that counts, and how many triangles near a point are tried."""

_SAME_UV = 0.01
"""Texture coordinates that differ by less are on the same side of a seam."""


def lightened(product: Product, triangles: int) -> Product:
    """Return a product with about so many triangles, and the same nodes and materials.

    Edges are collapsed in the order of the quadric error (Garland and Heckbert 1997); normals,
    texture coordinates and colours are those of the nearest old corner on the same side of
    seams and creases.

    Parameters
    ----------
    product : Product
    triangles : int
        How many are wanted; primitives keep their shares.
    """
    share = triangles / max(product.triangle_count, 1)
    nodes = tuple(
        replace(node, primitives=tuple(_lighter(p, share) for p in node.primitives))
        for node in product.nodes
    )
    return replace(product, nodes=nodes, lod=None)


def deviation(product: Product, lighter: Product) -> float:
    """Return how far a model's vertices lie off the surface of a lighter one, metres.

    All but three in a hundred are nearer.

    Parameters
    ----------
    product, lighter : Product
        With the same nodes and primitives.
    """
    apart = [
        _off_surface(p.positions.astype(np.float64), q.positions.astype(np.float64)[q.triangles])
        for a, b in zip(product.nodes, lighter.nodes, strict=True)
        for p, q in zip(a.primitives, b.primitives, strict=True)
        if p is not q
    ]
    return float(np.percentile(np.concatenate(apart), _FAR_PERCENT)) if apart else 0.0


def _off_surface(points: Array, corners: Array) -> Array:
    """Distance of points (N, 3) to the nearest of triangles (M, 3, 3)."""
    options = {"algorithm": _EXACT_TREE, "leaf_max_size": 16}
    middles = np.ascontiguousarray(corners.mean(axis=1) * 1e3, np.float32)
    index = cv2.flann_Index(middles, options)  # type: ignore[attr-defined]
    wanted = np.ascontiguousarray(points * 1e3, np.float32)
    near, _ = index.knnSearch(wanted, min(_NEIGHBOURS, len(corners)), params={"checks": -1})
    a, b, c = (corners[near, k] for k in range(3))
    from_a = points[:, None] - a
    across = np.cross(b - a, c - a)
    squared = np.maximum((across**2).sum(axis=-1), 1e-30)
    w = (np.cross(b - a, from_a) * across).sum(axis=-1) / squared
    v = (np.cross(from_a, c - a) * across).sum(axis=-1) / squared
    over = np.abs((from_a * across).sum(axis=-1)) / np.sqrt(squared)
    edges = [_off_edge(points[:, None], *ends) for ends in ((a, b), (b, c), (c, a))]
    inside = (v >= 0.0) & (w >= 0.0) & (v + w <= 1.0)
    return np.asarray(np.where(inside, over, np.min(edges, axis=0)).min(axis=1))


def _off_edge(points: Array, start: Array, end: Array) -> Array:
    along = end - start
    share = ((points - start) * along).sum(axis=-1) / np.maximum((along**2).sum(axis=-1), 1e-30)
    at = start + np.clip(share, 0.0, 1.0)[..., None] * along
    return np.asarray(np.linalg.norm(points - at, axis=-1))


def _lighter(primitive: Primitive, share: float) -> Primitive:
    wanted = max(_SMALLEST, round(share * len(primitive.triangles)))
    if len(primitive.triangles) <= wanted:
        return primitive
    points, triangles = _welded(primitive)
    size = float(np.ptp(points, axis=0).max())
    if size <= 0.0 or len(triangles) <= wanted:
        return primitive
    import fast_simplification  # Most products need none: it takes its time to load.

    moved, faces = fast_simplification.simplify(
        np.ascontiguousarray((points - points[0]) / size, np.float32),
        np.ascontiguousarray(triangles, np.int32),
        target_count=wanted,
        agg=5.0,
    )
    if not 0 < len(faces) < len(primitive.triangles):
        return primitive
    corners = moved.astype(np.float64)[faces] * size + points[0]
    triangle, corner = _nearest_corners(primitive, corners)
    old = primitive.triangles[triangle, corner].astype(np.int64)
    sets = [s for s in (primitive.uv, primitive.second_uv) if s is not None]
    uv, alone = _texture_coordinates(replace(primitive, uv=np.hstack(sets)), triangle, corners)
    # Corners that share a place and an old vertex are one vertex again.
    keys = np.stack([np.asarray(faces, np.int64).ravel(), old], axis=1)
    keys[alone, 1] = len(primitive.positions) + np.nonzero(alone)[0]
    _, first, index = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return replace(
        primitive,
        positions=corners.reshape(-1, 3)[first].astype(np.float32),
        normals=_normals(primitive, triangle, corners)[first],
        uv=uv[first, :2].astype(np.float32),
        triangles=index.reshape(-1, 3).astype(np.uint32),
        colors=None if primitive.colors is None else primitive.colors[old[first]],
        second_uv=None if len(sets) == 1 else uv[first, 2:].astype(np.float32),
    )


def _welded(primitive: Primitive) -> tuple[Array, npt.NDArray[np.int64]]:
    """Points (N, 3) and triangles without seams; degenerate triangles are left out."""
    cells = np.round(primitive.positions / _WELD_M).astype(np.int64)
    _, first, index = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    triangles = index.ravel()[primitive.triangles]
    a, b, c = triangles.T
    return primitive.positions[first].astype(np.float64), triangles[(a != b) & (b != c) & (c != a)]


def _nearest_corners(primitive: Primitive, corners: Array) -> tuple[Indices, Indices]:
    """Old triangle, and which of its corners, for each corner of new ones, (M, 3, 3) -> (3 M,)."""
    old = primitive.positions.astype(np.float64)[primitive.triangles]
    edge = float(np.median(np.linalg.norm(old - np.roll(old, 1, axis=1), axis=-1)))
    at = _inside(old, edge).reshape(-1, 3)
    normals = primitive.normals[primitive.triangles.ravel()].astype(np.float64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-30)
    turn = _NORMAL_SHARE * float(np.median(np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)))
    options = {"algorithm": _EXACT_TREE, "leaf_max_size": 16}
    # OpenCV's own annotations leave it out.
    index = cv2.flann_Index(_features(at, normals, turn), options)  # type: ignore[attr-defined]
    inside = _inside(corners, edge).reshape(-1, 3)
    wanted = _features(inside, np.repeat(across, 3, axis=0), turn)
    found, _ = index.knnSearch(wanted, 1, params={"checks": -1})
    triangle, corner = np.divmod(found.ravel().astype(np.int64), 3)
    return triangle, corner


def _normals(primitive: Primitive, triangle: Indices, corners: Array) -> npt.NDArray[np.float32]:
    """Return unit normals of new corners, between those of old triangles.

    The nearest old normal would do for what is matte; a mirror would show facets.
    """
    between = _continued(primitive, triangle, corners.reshape(-1, 3), primitive.normals, 1.0)
    length = np.linalg.norm(between, axis=1, keepdims=True)
    return np.asarray(between / np.maximum(length, 1e-12), np.float32)


def _texture_coordinates(
    primitive: Primitive, triangle: Indices, corners: Array
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Texture coordinates of new corners, and which of them the seams set apart.

    Of all sets that a primitive has, side by side.
    A new triangle may lie across a seam. All its corners are then told by the old triangle in
    its middle.
    """
    width = primitive.uv.shape[1]
    uv = _continued(primitive, triangle, corners.reshape(-1, 3), primitive.uv)
    uv = uv.reshape(-1, 3, width)
    middle = np.repeat(corners.mean(axis=1, keepdims=True), 3, axis=1)
    near = _nearest_corners(primitive, 0.1 * corners + 0.9 * middle)[0].reshape(-1, 3)[:, 0]
    told = _continued(primitive, np.repeat(near, 3), corners.reshape(-1, 3), primitive.uv)
    told = told.reshape(-1, 3, width)
    extent = np.ptp(told, axis=1).max(axis=-1)
    apart = np.abs(uv - told).max(axis=(1, 2)) > 2.0 * extent + _SAME_UV
    uv[apart] = told[apart]
    return uv.reshape(-1, width), np.repeat(apart, 3)


def _continued(
    primitive: Primitive,
    triangle: Indices,
    places: Array,
    values: npt.NDArray[np.float32],
    reach: float = _REACH,
) -> Array:
    """Values at places near old triangles, by the triangles' own gradients."""
    corners = primitive.positions.astype(np.float64)[primitive.triangles[triangle]]
    known = values.astype(np.float64)[primitive.triangles[triangle]]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = places - corners[:, 0]
    aa, ab, bb = (np.einsum("ij,ij->i", u, v) for u, v in ((a, a), (a, b), (b, b)))
    pa, pb = np.einsum("ij,ij->i", p, a), np.einsum("ij,ij->i", p, b)
    area = np.maximum(aa * bb - ab * ab, 1e-3 * aa * bb + 1e-30)
    s = np.clip((pa * bb - pb * ab) / area, -reach, reach)[:, None]
    t = np.clip((pb * aa - pa * ab) / area, -reach, reach)[:, None]
    return np.asarray(
        known[:, 0] + s * (known[:, 1] - known[:, 0]) + t * (known[:, 2] - known[:, 0])
    )


def _inside(corners: Array, edge: float) -> Array:
    """Move corners (M, 3, 3) towards the middles of their triangles."""
    inward = corners.mean(axis=1, keepdims=True) - corners
    length = np.linalg.norm(inward, axis=-1, keepdims=True)
    return np.asarray(
        corners + inward * np.minimum(_INWARD * edge / np.maximum(length, 1e-12), 0.5)
    )


def _features(points: Array, normals: Array, turn: float) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(np.hstack([points, turn * normals]) * 1e3, dtype=np.float32)
