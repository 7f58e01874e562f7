"""Functions on the sphere: spherical harmonics of order 2 and octahedral maps."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry.pixels import Array

__all__ = ["SH_CONSTANTS", "SH_COSINE_LOBE", "octahedral_directions", "sh_basis", "texel_areas"]

SH_COSINE_LOBE = np.array([1.0, *[2.0 / 3.0] * 3, *[0.25] * 5])
"""Cosine convolution of the harmonics, divided by pi (Ramamoorthi and Hanrahan 2001)."""

SH_CONSTANTS = np.array(
    [
        0.5 * np.sqrt(1.0 / np.pi),
        *[np.sqrt(3.0 / (4.0 * np.pi))] * 3,
        0.5 * np.sqrt(15.0 / np.pi),
        0.5 * np.sqrt(15.0 / np.pi),
        0.25 * np.sqrt(5.0 / np.pi),
        0.5 * np.sqrt(15.0 / np.pi),
        0.25 * np.sqrt(15.0 / np.pi),
    ]
)
"""Factors that make the polynomials of `sh_basis` orthonormal."""

for _constant in (SH_COSINE_LOBE, SH_CONSTANTS):
    _constant.setflags(write=False)


def sh_basis(directions: npt.ArrayLike) -> Array:
    """Evaluate real orthonormal spherical harmonics to order 2.

    The order is 1; y, z, x; xy, yz, 3z^2-1, xz, x^2-y^2 (Ramamoorthi and Hanrahan 2001).

    Parameters
    ----------
    directions : array_like, shape (..., 3)
        Unit vectors.

    Returns
    -------
    ndarray, shape (..., 9)
    """
    d = np.asarray(directions, dtype=np.float64)
    x, y, z = d[..., 0], d[..., 1], d[..., 2]
    polynomials = [np.ones(x.shape), y, z, x, x * y, y * z, 3.0 * z * z - 1.0, x * z, x * x - y * y]
    return np.asarray(np.stack(polynomials, axis=-1) * SH_CONSTANTS)


def octahedral_directions(size: int) -> Array:
    """Return the unit directions of the texels of a corner-aligned octahedral map.

    Row is v, column is u; u = v = 0 is the -x -y corner, the map's middle looks along +z
    (Cigolle et al. 2014, "A survey of efficient representations for independent unit vectors").

    Parameters
    ----------
    size : int
        Texels a side, at least 2.

    Returns
    -------
    ndarray, shape (size, size, 3)
    """
    axis = np.linspace(-1.0, 1.0, size)
    x, y = np.meshgrid(axis, axis)
    z = 1.0 - np.abs(x) - np.abs(y)
    fold = np.maximum(-z, 0.0)
    d = np.stack([x - np.copysign(fold, x), y - np.copysign(fold, y), z], axis=-1)
    return np.asarray(d / np.linalg.norm(d, axis=-1, keepdims=True))


@cache
def texel_areas(size: int) -> Array:
    """Return the share of the sphere that each texel of `octahedral_directions` stands for.

    Parameters
    ----------
    size : int

    Returns
    -------
    ndarray, shape (size, size)
        The sum is 1.
    """
    edge = np.ones(size)
    edge[[0, -1]] = 0.5
    # A point of the octahedron is 1 / |d|_1 away from the middle, and all faces lean alike.
    areas = edge[:, None] * edge * np.abs(octahedral_directions(size)).sum(axis=-1) ** 3
    areas /= areas.sum()
    areas.setflags(write=False)
    return np.asarray(areas)
