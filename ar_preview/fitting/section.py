"""Where a mesh passes through a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array

__all__ = ["cut_across"]


def cut_across(points: Array, triangles: npt.NDArray[np.integer], z: float) -> Array:
    """Return where the edges of a mesh cross a plane of constant z.

    Parameters
    ----------
    points : ndarray, shape (N, 3)
        Vertices, metres.
    triangles : ndarray, shape (M, 3)
    z : float
        Metres.

    Returns
    -------
    ndarray, shape (K, 2)
        x and y of the crossings, metres; K is 0 where nothing crosses.
    """
    corners = triangles.astype(np.int64)
    edges = corners[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    start, end = points[edges[:, 0]], points[edges[:, 1]]
    crossing = (start[:, 2] - z) * (end[:, 2] - z) < 0
    start, end = start[crossing], end[crossing]
    share = (z - start[:, 2:]) / (end[:, 2:] - start[:, 2:])
    return np.asarray(start[:, :2] + share * (end[:, :2] - start[:, :2]), dtype=np.float64)
