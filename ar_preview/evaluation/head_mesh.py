"""The true head as a triangle mesh: reading it, distances to it, its width."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from ar_preview.errors import ProductError, SourceError
from ar_preview.products.plain_mesh import load_plain_mesh

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["HeadMesh"]

_NEAREST = 32
"""Triangles around a point that are searched for the closest one."""

_CELL_M, _MARGIN_M = 0.012, 0.015
"""Points of one cell are searched together, among the triangles that are so near."""

_WELD_M = 1e-7


@dataclass(frozen=True, eq=False)
class HeadMesh:
    """A head's surface.

    Parameters
    ----------
    vertices_head : ndarray, shape (N, 3)
        Metres; corners of the same place are one vertex.
    triangles : ndarray, shape (M, 3), int
        Counter-clockwise seen from outside.
    """

    vertices_head: Array
    triangles: npt.NDArray[np.intp]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a ``.ply`` or an ``.npz`` with ``vertices_head`` and ``triangles``.

        Raises
        ------
        SourceError
            If it cannot be read.
        """
        try:
            if path.suffix == ".npz":
                with np.load(path, allow_pickle=False) as data:
                    soup = np.asarray(data["vertices_head"], float)[data["triangles"]]
            else:
                parts = [p for n in load_plain_mesh(path).nodes for p in n.primitives]
                soup = np.concatenate([p.positions[p.triangles] for p in parts]).astype(float)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, ProductError) as error:
            raise SourceError(f"the true head {path} cannot be read: {error}") from error
        return cls.from_corners(soup)

    @classmethod
    def from_corners(cls, corners: Array) -> Self:
        """Build from the corners of triangles, shape (M, 3, 3).

        Corners of the same place become one vertex, triangles without area are left out.
        """
        flat = corners.reshape(-1, 3)
        cells = np.round(flat / _WELD_M).astype(np.int64)
        _, first, index = np.unique(cells, axis=0, return_index=True, return_inverse=True)
        triangles = index.reshape(-1, 3)
        a, b, c = triangles.T
        return cls(flat[first], triangles[(a != b) & (b != c) & (c != a)])

    def signed_distance(self, points_head: Array) -> Array:
        """Distance of points to the surface, positive outside, metres.

        The sign is that of the interpolated vertex normal at the closest point, which is right
        wherever the surface is smooth over the size of a triangle.

        Parameters
        ----------
        points_head : ndarray, shape (P, 3)

        Returns
        -------
        ndarray, shape (P,)
        """
        corners = self.vertices_head[self.triangles]
        centres = corners.mean(axis=1)
        low_ends, high_ends = corners.min(axis=1).T.copy(), corners.max(axis=1).T.copy()
        normals = self._vertex_normals()
        found = np.full(len(points_head), np.inf)
        cells = np.round(points_head / _CELL_M).astype(np.int64)
        _, cell = np.unique(cells, axis=0, return_inverse=True)
        for chunk in np.split(np.argsort(cell.ravel(), kind="stable"), _changes(cell)):
            margin = _MARGIN_M
            while not np.isfinite(found[chunk]).all():
                points = points_head[chunk]
                low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
                inside = np.ones(len(centres), dtype=bool)
                for axis in range(3):
                    inside &= (high_ends[axis] >= low[axis]) & (low_ends[axis] <= high[axis])
                near = np.flatnonzero(inside)
                if len(near):
                    distance = self._distance(points, near, centres, normals)
                    # What is nearer than the margin cannot be beaten from outside the box.
                    if len(near) == len(centres) or np.abs(distance).max() <= margin:
                        found[chunk] = distance
                margin *= 2.0
        return found

    def _distance(
        self, points: Array, near: npt.NDArray[np.intp], centres: Array, normals: Array
    ) -> Array:
        """Return the signed distance to the nearest of some triangles."""
        # |p - c|^2 without the part that is the same for all triangles.
        far = (centres[near] ** 2).sum(axis=1) - 2.0 * points @ centres[near].T
        few = min(_NEAREST, len(near))
        chosen = self.triangles[near[np.argpartition(far, few - 1, axis=1)[:, :few]]]
        corners = self.vertices_head[chosen]
        share = _closest_shares(points[:, None], corners)
        offset = points[:, None] - np.einsum("pkj,pkji->pki", share, corners)
        squared = (offset**2).sum(axis=-1)
        best = squared.argmin(axis=1)
        row = np.arange(len(points))
        normal = np.einsum("pj,pji->pi", share[row, best], normals[chosen[row, best]])
        outside = (offset[row, best] * normal).sum(axis=1) >= 0.0
        return np.asarray(np.where(outside, 1.0, -1.0) * np.sqrt(squared[row, best]))

    def width_at(self, height: float, depth: float) -> float | None:
        """Width of the head along x, at a height (y) and depth (z) in head space, metres.

        None if the line misses the head on one side.
        """
        corners = self.vertices_head[self.triangles]
        a, b, c = (corners[:, i, 1:] for i in range(3))
        point = np.array([height, depth])
        area = _cross(b - a, c - a)
        solid = np.abs(area) > 0.0
        v = np.where(solid, _cross(point - a, c - a), -1.0) / np.where(solid, area, 1.0)
        w = np.where(solid, _cross(b - a, point - a), -1.0) / np.where(solid, area, 1.0)
        hit = (v >= 0) & (w >= 0) & (v + w <= 1)
        x = corners[hit, :, 0]
        crossings = x[:, 0] * (1 - v[hit] - w[hit]) + x[:, 1] * v[hit] + x[:, 2] * w[hit]
        if len(crossings) == 0 or not crossings.min() < 0.0 < crossings.max():
            return None
        return float(np.ptp(crossings))

    def _vertex_normals(self) -> Array:
        """Area-weighted normals, not normalised."""
        a, b, c = (self.vertices_head[self.triangles[:, i]] for i in range(3))
        cross = np.cross(b - a, c - a)
        normals = np.zeros_like(self.vertices_head)
        for corner in range(3):
            np.add.at(normals, self.triangles[:, corner], cross)
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        return np.asarray(normals / np.maximum(length, 1e-30))


def _changes(cell: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return where a new cell begins, once they are sorted."""
    return np.flatnonzero(np.diff(np.sort(cell.ravel()))) + 1


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _closest_shares(points: Array, corners: Array) -> Array:
    """Barycentric coordinates of the closest points of triangles.

    Inside where the projection falls inside, else on the nearest of the three edges.

    Parameters
    ----------
    points : ndarray, shape (..., 3)
    corners : ndarray, shape (..., 3, 3)
    """
    points, _ = np.broadcast_arrays(points, corners[..., 0, :])
    a, b, c = (corners[..., i, :] for i in range(3))
    candidates, squared = [], []
    for i, (start, end) in enumerate(((a, b), (b, c), (c, a))):
        edge = end - start
        along = ((points - start) * edge).sum(-1) / np.maximum((edge**2).sum(-1), 1e-30)
        along = np.clip(along, 0.0, 1.0)
        share = np.zeros((*along.shape, 3))
        share[..., i], share[..., (i + 1) % 3] = 1.0 - along, along
        candidates.append(share)
        squared.append(((points - start - along[..., None] * edge) ** 2).sum(-1))
    nearest = np.argmin(squared, axis=0)
    share = np.take_along_axis(np.stack(candidates), nearest[None, ..., None], axis=0)[0]
    # The projection into the plane, by Cramer's rule (Ericson, Real-Time Collision Detection).
    ab, ac, ap = b - a, c - a, points - a
    d00, d01, d11 = (ab * ab).sum(-1), (ab * ac).sum(-1), (ac * ac).sum(-1)
    d20, d21 = (ap * ab).sum(-1), (ap * ac).sum(-1)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-30)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    inner = (v >= 0) & (w >= 0) & (v + w <= 1)
    return np.where(inner[..., None], np.stack([1.0 - v - w, v, w], axis=-1), share)
