"""The front of a face as a height over the plane of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import nodes_in_triangles

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["Relief"]


class Relief:
    """z of the face's surface over a grid in x and y, seen from the front.

    Parameters
    ----------
    vertices_head : ndarray, shape (N, 3)
        Head space, metres.
    triangles : ndarray, shape (M, 3)
    low, high : tuple of float
        Corners (x, y) of the rectangle that is needed, metres.
    step : float
        Grid spacing, metres.
    """

    def __init__(
        self,
        vertices_head: Array,
        triangles: npt.NDArray[np.integer],
        low: tuple[float, float],
        high: tuple[float, float],
        step: float = 0.001,
    ) -> None:
        self._low = np.array(low)
        self._step = step
        columns, rows = (np.ceil((np.array(high) - low) / step).astype(int) + 1).tolist()
        self._z = np.full((rows, columns), -np.inf)
        corners = vertices_head[triangles]
        near = (corners[..., :2].min(axis=1) < high) & (corners[..., :2].max(axis=1) > low)
        self._draw(corners[near.all(axis=1)])

    def _draw(self, corners: Array) -> None:
        """Put triangles (M, 3, 3) on the grid, keeping what is nearest to the front."""
        rows, columns = self._z.shape
        grid = (corners[..., :2] - self._low) / self._step
        ab, ac = grid[:, 1] - grid[:, 0], grid[:, 2] - grid[:, 0]
        front = ab[:, 0] * ac[:, 1] > ab[:, 1] * ac[:, 0]
        of, x, y, shares = nodes_in_triangles(grid[front], columns, rows)
        np.maximum.at(self._z, (y, x), (corners[front][of, :, 2] * shares).sum(axis=1))

    def height(self, points_head: Array) -> Array:
        """Return z of the surface in front of or behind points.

        Parameters
        ----------
        points_head : ndarray, shape (N, 2) or (N, 3)

        Returns
        -------
        ndarray, shape (N,)
            Metres; -inf where there is no face.
        """
        rows, columns = self._z.shape
        grid = (points_head[:, :2] - self._low) / self._step
        cell = np.floor(grid).astype(int)
        inside = ((cell >= 0) & (cell < [columns - 1, rows - 1])).all(axis=1)
        x, y = np.where(inside[:, None], cell, 0).T
        fx, fy = np.where(inside[:, None], grid - cell, 0.0).T
        with np.errstate(invalid="ignore"):
            below = self._z[y, x] * (1 - fx) + self._z[y, x + 1] * fx
            above = self._z[y + 1, x] * (1 - fx) + self._z[y + 1, x + 1] * fx
            z = below * (1 - fy) + above * fy
        return np.where(inside & np.isfinite(z), z, -np.inf)
