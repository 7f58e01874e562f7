"""The face as a surface with a flat map, and how a camera sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import ImageSize
from ar_preview.registration.picture.chart import LATTICE_STEP, Chart

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera, RigidTransform

__all__ = ["Surface", "View", "bilinear", "determinants"]

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
        across = np.gradient(self.points_head, axis=1)
        down = np.gradient(self.points_head, axis=0)
        normals = np.cross(down, across)
        length = np.linalg.norm(normals, axis=-1, keepdims=True)
        self.normals_head = normals / np.maximum(length, 1e-12)
        self._heights = (self.normals_head * points_head).sum(axis=-1).ravel()

    def refine(self, points_head: Array, texels: Array) -> None:
        """Draw the first surface towards measured points.

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
        self._shape(self._first_head + moved[..., None] * self.normals_head)

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
        points = camera_from_head @ self.points_head.reshape(-1, 3)
        camera_head = -camera_from_head.rotation.T @ camera_from_head.translation
        # How far in front of each node's tangent plane the camera is.
        ahead = self.normals_head.reshape(-1, 3) @ camera_head - self._heights
        x, y, z = points.T
        nodes = np.empty_like(points)
        nodes[:, 2] = ahead / np.sqrt(x * x + y * y + z * z)
        np.maximum(z, 1e-3, out=z)
        nodes[:, :2] = camera.project(points)
        size = ImageSize(camera.width, camera.height)
        return View(self.chart, size, nodes.reshape(self.points_head.shape))


@dataclass(frozen=True, eq=False)
class View:
    """A chart as it lies in one picture.

    Parameters
    ----------
    chart : Chart
    size : ImageSize
        Of the picture.
    nodes : ndarray, shape (rows, columns, 3)
        Where the lattice is in the picture, px, and the cosine between the surface's normal
        and the direction to the camera.
    """

    chart: Chart
    size: ImageSize
    nodes: Array

    @property
    def nodes_image(self) -> Array:
        """Where the lattice is in the picture (rows, columns, 2), px."""
        return self.nodes[..., :2]

    @property
    def cosines(self) -> Array:
        """Cosine between normal and direction to the camera (rows, columns)."""
        return self.nodes[..., 2]

    def image_at(self, texels: Array) -> Array:
        """Return image points (N, 2) of texel coordinates (N, 2)."""
        return bilinear(self.nodes_image, _nodes(texels))

    def at(self, texels: Array) -> tuple[Array, Array, Array]:
        """Return image points (N, 2), d image / d texel (N, 2, 2) and cosines of view (N,).

        Where the surface is seen edge on the derivative is the identity.
        """
        i, j, a, b = _cell(self.nodes, _nodes(texels))
        columns = self.nodes.shape[1]
        flat, first = self.nodes.reshape(-1, 3), j * columns + i
        corner, right = flat.take(first, axis=0), flat.take(first + 1, axis=0)
        below, across = flat.take(first + columns, axis=0), flat.take(first + columns + 1, axis=0)
        top = right - corner
        upper, lower = corner + top * a, below + (across - below) * a
        by_y = lower - upper
        values = upper + by_y * b
        by_x = top + ((across - below) - top) * b
        jacobian = np.stack([by_x[:, :2], by_y[:, :2]], axis=-1) / LATTICE_STEP
        flat_there = np.abs(determinants(jacobian)) < _FLAT_DETERMINANT
        jacobian[flat_there] = np.eye(2)
        return values[:, :2], jacobian, values[:, 2]


def determinants(matrices: Array) -> Array:
    """Return the determinants (N,) of small matrices (N, 2, 2)."""
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
    i, j, a, b = _cell(grid, positions)
    upper = grid[j, i] * (1.0 - a) + grid[j, i + 1] * a
    lower = grid[j + 1, i] * (1.0 - a) + grid[j + 1, i + 1] * a
    return np.asarray(upper * (1.0 - b) + lower * b)


def _cell(
    grid: npt.NDArray[np.floating], positions: Array
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Array, Array]:
    """Column and row of the cell each position is in, and its place in there (N, 1)."""
    rows, columns = grid.shape[:2]
    x = np.clip(positions[:, 0], 0.0, columns - 1.000001)
    y = np.clip(positions[:, 1], 0.0, rows - 1.000001)
    i, j = x.astype(np.intp), y.astype(np.intp)
    return i, j, (x - i)[:, None], (y - j)[:, None]
