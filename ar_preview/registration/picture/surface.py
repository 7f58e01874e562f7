"""The face as a surface with a flat map, and how a camera sees it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import ImageSize
from ar_preview.registration.picture.chart import LATTICE_STEP, Chart

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera, RigidTransform

__all__ = ["Surface", "View", "bilinear", "solved_pairs"]

_FLAT_DETERMINANT = 0.02
# The width was chosen on the truth clips: 5 mm follows single features, 12 mm none.
_KERNEL_M, _MOST_AWAY_M, _FIRST_SURFACE_WEIGHT = 0.008, 0.015, 1.0


class Surface:
    """One person's face over a chart.

    Parameters
    ----------
    chart : Chart
    vertices_head : ndarray, shape (468, 3)
        Canonical metres.

    Attributes
    ----------
    points_head, normals_head : ndarray, shape (rows, columns, 3)
        At the nodes of the chart's lattice.
    """

    def __init__(self, chart: Chart, vertices_head: Array) -> None:
        self.chart = chart
        self._first_head = chart.lattice(vertices_head)
        self._shape(self._first_head)

    def _shape(self, points_head: Array) -> None:
        self.points_head = points_head
        # Components first: whole rows are worked on at once.
        self._points = np.ascontiguousarray(points_head.reshape(-1, 3).T)
        across = np.gradient(self.points_head, axis=1)
        down = np.gradient(self.points_head, axis=0)
        normals = np.cross(down, across)
        length = np.linalg.norm(normals, axis=-1, keepdims=True)
        self.normals_head = normals / np.maximum(length, 1e-12)
        self._normals = np.ascontiguousarray(self.normals_head.reshape(-1, 3).T)
        self._heights = (self._normals * self._points).sum(axis=0)

    def refined(self, points_head: Array, texels: Array) -> Surface:
        """Return the first surface drawn towards measured points.

        The way along the normal is averaged with a Gaussian kernel; where few points are
        near, the first surface stays.

        Parameters
        ----------
        points_head : ndarray, shape (N, 3)
        texels : ndarray, shape (N, 2)
            Where the points are on the chart.
        """
        nodes = _nodes(texels)
        first = bilinear(self._first_head, nodes)
        normals = bilinear(self.normals_head, nodes)
        away = np.clip(((points_head - first) * normals).sum(axis=1), -_MOST_AWAY_M, _MOST_AWAY_M)
        width = _KERNEL_M / (self.chart.texel_m * LATTICE_STEP)
        rows, columns = self._first_head.shape[:2]
        # A Gaussian is the product of one along each axis of the lattice.
        kernel_x = np.exp(-0.5 * ((np.arange(columns)[:, None] - nodes[:, 0]) / width) ** 2)
        kernel_y = np.exp(-0.5 * ((np.arange(rows)[:, None] - nodes[:, 1]) / width) ** 2)
        # Not by `@`: at this size OpenBLAS would start its threads.
        total = np.einsum("rn,cn->rc", kernel_y * away, kernel_x)
        weight = np.einsum("rn,cn->rc", kernel_y, kernel_x)
        moved = total / (weight + _FIRST_SURFACE_WEIGHT)
        drawn = copy(self)
        drawn._shape(self._first_head + moved[..., None] * self.normals_head)
        return drawn

    def points_at(self, texels: Array) -> Array:
        """Return the points (N, 3) of the surface at texel coordinates (N, 2), head space."""
        return bilinear(self.points_head, _nodes(texels))

    def points_and_normals_at(self, texels: Array) -> tuple[Array, Array]:
        """Return points (N, 3) and unit normals (N, 3) at texel coordinates (N, 2)."""
        nodes = _nodes(texels)
        normals = bilinear(self.normals_head, nodes)
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        return bilinear(self.points_head, nodes), normals / np.maximum(length, 1e-12)

    def seen_by(self, camera: Camera, camera_from_head: RigidTransform) -> View:
        """Return where the surface lies in the picture."""
        points = camera_from_head.rotation @ self._points
        points += camera_from_head.translation[:, None]
        # How far in front of each node's tangent plane the camera is.
        ahead = camera_from_head.inverse().translation @ self._normals - self._heights
        nodes = np.empty_like(points)
        np.divide(ahead, np.sqrt(np.einsum("cn,cn->n", points, points)), out=nodes[2])
        np.maximum(points[2], 1e-3, out=points[2])
        nodes[:2] = camera.project(points.T).T
        size = ImageSize(camera.width, camera.height)
        return View(self.chart, size, nodes.reshape(3, *self.points_head.shape[:2]))


@dataclass(frozen=True, eq=False)
class View:
    """A chart as it lies in one picture.

    Parameters
    ----------
    chart : Chart
    size : ImageSize
        Of the picture.
    nodes : ndarray, shape (3, rows, columns)
        Where the lattice is in the picture, x and y in px, and the cosine between the
        surface's normal and the direction to the camera.
    """

    chart: Chart
    size: ImageSize
    nodes: Array

    @property
    def nodes_image(self) -> Array:
        """Where the lattice is in the picture (2, rows, columns), px."""
        return self.nodes[:2]

    @property
    def cosines(self) -> Array:
        """Cosine between normal and direction to the camera (rows, columns)."""
        return np.asarray(self.nodes[2])

    def image_at(self, texels: Array) -> Array:
        """Return image points (N, 2) of texel coordinates (N, 2)."""
        return self.at(texels)[0]

    def at(self, texels: Array) -> tuple[Array, Array, Array]:
        """Return image points (N, 2), d image / d texel (N, 2, 2) and cosines of view (N,).

        Where the surface is seen edge on the derivative is the identity.
        """
        rows, columns = self.nodes.shape[1:]
        i, j, a, b = _cell(rows, columns, _nodes(texels))
        flat, first = self.nodes.reshape(3, -1), j * columns + i
        corner, right = flat.take(first, axis=1), flat.take(first + 1, axis=1)
        first += columns
        below, across = flat.take(first, axis=1), flat.take(first + 1, axis=1)
        top = right - corner
        twist = across - below - top
        by_y = below - corner + twist * a
        x, y, cosine = corner + top * a + by_y * b
        slopes = np.array([top + twist * b, by_y])[:, :2] / LATTICE_STEP
        jacobian = np.ascontiguousarray(slopes.transpose(2, 1, 0))
        flat_there = np.abs(_determinants(jacobian)) < _FLAT_DETERMINANT
        jacobian[flat_there] = np.eye(2)
        return np.stack([x, y], axis=-1), jacobian, cosine


def solved_pairs(matrices: Array, sides: Array) -> Array:
    """Solve N systems (N, 2, 2) of two equations, sides (N, 2); `numpy.linalg.solve` is slow."""
    (a, b), (c, d) = matrices.transpose(1, 2, 0)
    x, y = sides.T
    return np.stack([d * x - b * y, a * y - c * x], axis=-1) / _determinants(matrices)[:, None]


def _determinants(matrices: Array) -> Array:
    return np.asarray(matrices[:, 0, 0] * matrices[:, 1, 1] - matrices[:, 0, 1] * matrices[:, 1, 0])


def _nodes(texels: Array) -> Array:
    return (texels + 0.5) / LATTICE_STEP


def bilinear(grid: npt.NDArray[np.floating], positions: Array) -> Array:
    """Interpolate a grid.

    Parameters
    ----------
    grid : ndarray, shape (rows, columns, D)
    positions : ndarray, shape (N, 2)
        Column and row; clipped to the grid.

    Returns
    -------
    ndarray, shape (N, D)
    """
    i, j, a, b = _cell(grid.shape[0], grid.shape[1], positions)
    a, b = a[:, None], b[:, None]
    upper = grid[j, i] * (1.0 - a) + grid[j, i + 1] * a
    lower = grid[j + 1, i] * (1.0 - a) + grid[j + 1, i + 1] * a
    return np.asarray(upper * (1.0 - b) + lower * b)


def _cell(
    rows: int, columns: int, positions: Array
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Array, Array]:
    """Column and row of the cell each position is in, and its place in there (N,)."""
    x = np.minimum(np.maximum(positions[:, 0], 0.0), columns - 1.000001)
    y = np.minimum(np.maximum(positions[:, 1], 0.0), rows - 1.000001)
    i, j = x.astype(np.intp), y.astype(np.intp)
    return i, j, x - i, y - j
