"""Triangles over a grid of points with whole coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry.pixels import Array

__all__ = ["nodes_in_triangles"]

_LEAST_AREA, _OUTSIDE = 1e-9, -1e-9


def nodes_in_triangles(
    corners: Array, columns: int, rows: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp], Array]:
    """Return every node of a grid that lies in a triangle, once for each such triangle.

    Parameters
    ----------
    corners : ndarray, shape (M, 3, 2)
        Column and row of the corners; triangles without an area hold nothing.
    columns, rows : int
        Of the grid.

    Returns
    -------
    triangle, column, row : ndarray, shape (N,)
    shares : ndarray, shape (N, 3)
        Barycentric coordinates of the node; the sum is 1, the border counts as inside.
    """
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    low = np.maximum(np.ceil(corners.min(axis=1)), 0).astype(np.intp)
    high = np.minimum(np.floor(corners.max(axis=1)), [columns - 1, rows - 1]).astype(np.intp)
    size = np.maximum(high - low + 1, 0)
    counts = np.where(np.abs(area) < _LEAST_AREA, 0, size.prod(axis=1))
    # One entry for every pair of a triangle and a node inside its box.
    triangle = np.repeat(np.arange(len(corners)), counts)
    place = np.arange(len(triangle)) - np.repeat(np.cumsum(counts) - counts, counts)
    row, column = np.divmod(place, size[triangle, 0])
    column, row = column + low[triangle, 0], row + low[triangle, 1]
    dx, dy = column - a[triangle, 0], row - a[triangle, 1]
    second = (dx * ac[triangle, 1] - dy * ac[triangle, 0]) / area[triangle]
    third = (dy * ab[triangle, 0] - dx * ab[triangle, 1]) / area[triangle]
    shares = np.stack([1.0 - second - third, second, third], axis=-1)
    inside = shares.min(axis=-1) >= _OUTSIDE
    return triangle[inside], column[inside], row[inside], shares[inside]
