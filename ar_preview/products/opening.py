"""The opening of a hat: the edge that lies round the head."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.surface import Surface

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.products.product import Product

__all__ = ["Opening", "find_opening", "goes_round", "hat_opening", "on_brim"]

_SECTORS = 72
_LEVELS, _WALL_LEVELS, _LOWEST_LEVELS = 40, 16, 6
_SAMPLES = 60_000
_WALL = 1.06
"""What lies farther out than the inner side, by this factor, is a brim."""

_UPPER_CROWN, _CROWN, _BRIM = 0.4, 1.03, 1.3
"""A brim or peak goes farther out than the opening by at least the last factor, and begins farther
out than the crown above this share of its height."""

_BESIDE = 4.0
"""Beside the crown is what lies so much farther aside than to the front or rear."""


@dataclass(frozen=True, eq=False)
class Opening:
    """The inner edge of a hat by direction, product axes.

    Parameters
    ----------
    middle : ndarray, shape (2,)
        x and z of its axis.
    radius, hem : ndarray, shape (S,)
        Distance of the inner side from the axis and height of its lower edge, by sectors that
        run from the front over the wearer's left.
    """

    middle: Array
    radius: Array
    hem: Array

    @property
    def girth(self) -> float:
        """Length of the edge seen from above."""
        edge = self._edge()
        return float(np.linalg.norm(edge - np.roll(edge, 1, axis=0), axis=1).sum())

    @property
    def front(self) -> Array:
        """Middle of the front edge, shape (3,)."""
        return self._at(0)

    @property
    def side(self) -> Array:
        """Middle between the edges left and right, shape (3,)."""
        quarter = len(self.hem) // 4
        return np.asarray(0.5 * (self._at(quarter) + self._at(3 * quarter)))

    @property
    def edge_points(self) -> Array:
        """The edge, shape (S, 3)."""
        x, z = self._edge().T
        return np.stack([x, self.hem, z], axis=-1)

    @property
    def centre(self) -> Array:
        """Mean of the edge, shape (3,)."""
        return np.asarray(self.edge_points.mean(axis=0))

    def relative(self, points: Array) -> Array:
        """Return how far out points are, relative to the edge in their direction.

        Parameters
        ----------
        points : ndarray, shape (N, 3)
        """
        sectors = 2.0 * np.pi * np.arange(len(self.radius)) / len(self.radius)
        x, z = (points[:, [0, 2]] - self.middle).T
        radius = np.interp(np.arctan2(x, z), sectors, self.radius, period=2.0 * np.pi)
        return np.asarray(np.hypot(x, z) / np.maximum(radius, 1e-6))

    def scaled(self, factor: float) -> Opening:
        """Return the opening of the same hat in another size."""
        return Opening(factor * self.middle, factor * self.radius, factor * self.hem)

    def _edge(self) -> Array:
        angle = 2.0 * np.pi * np.arange(len(self.radius)) / len(self.radius)
        out = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
        return np.asarray(self.middle + self.radius[:, None] * out)

    def _at(self, sector: int) -> Array:
        # A seam or a strap in one sector is not the edge.
        near = np.arange(sector - 2, sector + 3) % len(self.hem)
        x, z = self._edge()[near].mean(axis=0)
        return np.array([x, np.median(self.hem[near]), z])


@lru_cache(maxsize=8)
def hat_opening(product: Product) -> Opening:
    """Return the opening of a hat in product space.

    Parameters
    ----------
    product : Product
    """
    return find_opening(Surface.of_product(product).samples(_SAMPLES))


def find_opening(points: Array) -> Opening:
    """Return the opening of a hat that stands upright, from points spread over its surface.

    The inner side is the nearest to the axis in every direction, over the lower levels from where
    the hat goes all the way round (a peak makes up for few of them); its hem is where that side
    begins.

    Parameters
    ----------
    points : ndarray, shape (N, 3)
        y up; any unit.
    """
    low, high = np.percentile(points[:, 1], [0.0, 100.0])
    step = (high - low) / _LEVELS
    lowest = points[points[:, 1] <= low + _LOWEST_LEVELS * step][:, [0, 2]]
    middle = 0.5 * (lowest.min(axis=0) + lowest.max(axis=0))
    for _ in range(3):
        radii = _inner_radii(points, middle, low, step)
        whole = np.flatnonzero(np.isfinite(radii).mean(axis=1) > 0.9)
        wall = radii[whole[0] : whole[0] + _WALL_LEVELS] if len(whole) else radii
        radius = _filled(_medians(wall))
        angle = 2.0 * np.pi * np.arange(_SECTORS) / _SECTORS
        edge = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=-1)
        middle = middle + 0.5 * (edge.min(axis=0) + edge.max(axis=0))
    inside = radii < _WALL * radius
    first = np.where(inside.any(axis=0), inside.argmax(axis=0), 0)
    return Opening(middle, radius, low + step * first)


def on_brim(points: Array, opening: Opening) -> npt.NDArray[np.bool_]:
    """Whether points of a hat are on its brim or peak.

    Parameters
    ----------
    points : ndarray, shape (N, 3)
        All over the hat.
    opening : Opening
    """
    out = opening.relative(points)
    low = opening.hem.mean()
    upper = points[:, 1] > low + _UPPER_CROWN * (points[:, 1].max() - low)
    crown = _CROWN * out[upper].max(initial=1.0)
    return np.asarray((out > crown) & bool(out.max() > _BRIM))


def goes_round(brim: Array, opening: Opening) -> bool:
    """Whether a brim is also beside the head, as a peak is not.

    Parameters
    ----------
    brim : ndarray, shape (N, 3)
        Points on it.
    opening : Opening
    """
    x, z = (brim[:, [0, 2]] - opening.middle).T
    return bool((np.abs(x) > _BESIDE * np.abs(z)).any())


def _inner_radii(points: Array, middle: Array, low: float, step: float) -> Array:
    """Return the least distance from the axis by level and sector, inf where nothing is."""
    x, z = (points[:, [0, 2]] - middle).T
    sector = np.round(np.arctan2(x, z) / (2.0 * np.pi) * _SECTORS).astype(int) % _SECTORS
    level = np.clip(((points[:, 1] - low) / max(step, 1e-12)).astype(int), 0, _LEVELS - 1)
    radii = np.full((_LEVELS, _SECTORS), np.inf)
    np.minimum.at(radii, (level, sector), np.hypot(x, z))
    return radii


def _medians(radii: Array) -> Array:
    """Return the median of the finite values of each column, nan where there is none."""
    ordered = np.sort(radii, axis=0)
    count = np.isfinite(ordered).sum(axis=0)
    middle = np.maximum(count - 1, 0) // 2
    return np.where(count > 0, ordered[middle, np.arange(radii.shape[1])], np.nan)


def _filled(radius: Array) -> Array:
    """Return radii with gaps closed between their neighbours."""
    known = np.flatnonzero(np.isfinite(radius))
    if len(known) == 0:
        return np.zeros_like(radius)
    return np.asarray(np.interp(np.arange(len(radius)), known, radius[known], period=len(radius)))
