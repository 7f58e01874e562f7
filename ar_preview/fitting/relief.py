"""The front of a face as a height over the plane of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
        for triangle in corners[near.all(axis=1)]:
            self._draw(triangle)

    def _draw(self, corners: Array) -> None:
        """Put one triangle on the grid, keeping what is nearest to the front."""
        rows, columns = self._z.shape
        grid = (corners[:, :2] - self._low) / self._step
        x0, y0 = np.maximum(np.ceil(grid.min(axis=0)), 0).astype(int)
        x1, y1 = np.minimum(np.floor(grid.max(axis=0)), [columns - 1, rows - 1]).astype(int)
        (ax, ay), (bx, by), (cx, cy) = grid
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if x1 < x0 or y1 < y0 or area <= 0:
            return
        x, y = np.meshgrid(np.arange(x0, x1 + 1), np.arange(y0, y1 + 1))
        u = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
        v = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
        inside = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9)
        z = (
            corners[0, 2]
            + u * (corners[1, 2] - corners[0, 2])
            + v * (corners[2, 2] - corners[0, 2])
        )
        patch = self._z[y0 : y1 + 1, x0 : x1 + 1]
        np.maximum(patch, np.where(inside, z, -np.inf), out=patch)

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
