"""Where a mesh passes through a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.products.product import Primitive

__all__ = ["cut_across"]


def cut_across(primitive: Primitive, target_from_node: Array, z: float) -> Array:
    """Return where the edges of a mesh cross a plane of constant z.

    Parameters
    ----------
    primitive : Primitive
    target_from_node : ndarray, shape (4, 4)
        Into the space in which the plane is given.
    z : float
        Metres.

    Returns
    -------
    ndarray, shape (K, 2)
        x and y of the crossings, metres; K is 0 where nothing crosses.
    """
    points = primitive.positions @ target_from_node[:3, :3].T + target_from_node[:3, 3]
    triangles = primitive.triangles.astype(np.int64)
    edges = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    start, end = points[edges[:, 0]], points[edges[:, 1]]
    crossing = (start[:, 2] - z) * (end[:, 2] - z) < 0
    start, end = start[crossing], end[crossing]
    share = (z - start[:, 2:]) / (end[:, 2:] - start[:, 2:])
    return np.asarray(start[:, :2] + share * (end[:, :2] - start[:, :2]), dtype=np.float64)
