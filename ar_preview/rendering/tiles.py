"""Squares of what is drawn: where pieces are in it, and what may hide them.

On a CPU every triangle and every sample that is read costs, wanted or not; this tells cheaply, and
on the safe side, what can be left out without any change of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ar_preview.rendering.region import largest_radius, projected

if TYPE_CHECKING:
    from ar_preview.geometry import Camera
    from ar_preview.rendering.region import Region

__all__ = ["TILE_PX", "Coverage", "Tiles"]

TILE_PX = 8
"""Side of a square: smaller ones tell better where pieces are, but are more of them to resolve."""

_SNAP = np.float32(0.01 / TILE_PX)
"""Rasterisers round corners to 1/256 px."""

_LEVEL = np.ceil(np.log2(np.maximum(np.arange(1, 4097) / 2.0, 1.0))).astype(np.intp)
"""By the number of tiles beyond the first: two windows of two to this many reach so far."""

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Coverage:
    """Where pieces are in a region.

    Parameters
    ----------
    tiles : Tiles
    plain, tinted : ndarray, shape (rows, columns)
        How far back parts that keep the colour of what is behind them, if they let it through,
        and those that change it may reach in each tile, metres; 0 where none are.
    """

    tiles: Tiles
    plain: Floats
    tinted: Floats

    def may_be_hidden_by(self, points_camera: Floats, corners: Indices) -> npt.NDArray[np.bool_]:
        """Say which triangles may lie before a piece, (M,); arguments as of `Tiles.may_hide`."""
        return self.tiles.may_hide(points_camera, corners, np.maximum(self.plain, self.tinted))


class Tiles:
    """The squares of a window of what is drawn.

    Parameters
    ----------
    camera : Camera
    region : Region
    size : tuple of int
        (width, height) of the picture that is drawn of the region, px.
    window : Region, optional
        Part of that picture, px; all of it if none is given.
    """

    def __init__(
        self,
        camera: Camera,
        region: Region,
        size: tuple[int, int],
        window: Region | None = None,
    ) -> None:
        self._camera = camera
        x, y, width, height = (
            (0, 0, *size) if window is None else (window.x, window.y, window.width, window.height)
        )
        scale = np.array([[size[0] / region.width], [size[1] / region.height]])
        corner = [[region.x], [region.y]] + np.array([[x], [y]]) / scale
        self._corner = corner.astype(np.float32)
        self._per_px = (scale / TILE_PX).astype(np.float32)
        self.shape = -(-height // TILE_PX), -(-width // TILE_PX)
        """Rows and columns."""
        self._last = np.array([[self.shape[1] - 1], [self.shape[0] - 1]], np.float32)
        self._levels = int(_LEVEL[max(self.shape) - 1]) + 1

    def farthest(
        self, points_camera: Floats, corners: Indices, kinds: npt.NDArray[np.bool_]
    ) -> tuple[Floats, Floats]:
        """Return how far back triangles may reach in each tile, metres; 0 where none are.

        Parameters
        ----------
        points_camera : ndarray, shape (3, N)
            Metres.
        corners : ndarray, shape (3, M)
            The triangles.
        kinds : ndarray, shape (M,), bool

        Returns
        -------
        two ndarray, shape (rows, columns)
            For the triangles that are not of the kind, and for those that are.
        """
        boxes = self._boxes(points_camera, corners)
        found = np.zeros((2, self._levels, *self.shape), np.float32)
        depth = boxes.far * boxes.inside
        flat, of_kind = found.reshape(-1), kinds * found[0].size
        for window in boxes.windows:
            np.maximum.at(flat, window + of_kind, depth)
        for level in range(self._levels - 1, 0, -1):
            below, wide = found[:, level - 1], found[:, level]
            np.maximum(below, wide, out=below)
            for to, of in _shifts(1 << (level - 1)):
                np.maximum(below[to], wide[of], out=below[to])
        return found[0, 0], found[1, 0]

    def may_hide(
        self, points_camera: Floats, corners: Indices, farthest: Floats
    ) -> npt.NDArray[np.bool_]:
        """Say which triangles may lie before what reaches that far back, (M,).

        Parameters
        ----------
        points_camera : ndarray, shape (3, N)
            Metres.
        corners : ndarray, shape (3, M)
            The triangles.
        farthest : ndarray, shape (rows, columns)
            As from `farthest`.
        """
        boxes = self._boxes(points_camera, corners)
        found = np.empty((self._levels, *self.shape), np.float32)
        found[0] = farthest
        for level in range(1, self._levels):
            below, wide = found[level - 1], found[level]
            wide[:] = below
            for of, to in _shifts(1 << (level - 1)):
                np.maximum(wide[to], below[of], out=wide[to])
        flat = found.reshape(-1)
        reach = flat[boxes.windows[0]]
        for window in boxes.windows[1:]:
            np.maximum(reach, flat[window], out=reach)
        return np.asarray(boxes.inside & (boxes.near <= reach))

    def _boxes(self, points_camera: Floats, corners: Indices) -> _Boxes:
        place, usable = self._placed(points_camera)
        a, b, c = (place.take(corner, axis=1) for corner in corners)
        low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
        near, far = low[2], high[2]
        low, high = low[:2], high[:2]
        if not usable.all():  # What reaches behind the camera may be anywhere.
            lost = ~usable.take(corners).all(axis=0)
            low[:, lost], high[:, lost] = 0.0, self._last
        low -= _SNAP
        high += _SNAP
        inside = (high >= 0.0).all(axis=0) & (low < self._last + 1.0).all(axis=0)
        first, last = (
            np.minimum(np.maximum(ends, 0.0), self._last).astype(np.intp) for ends in (low, high)
        )
        level = _LEVEL.take((last - first).max(axis=0))
        second = np.maximum(last + 1 - (1 << level), first)
        rows, columns = self.shape
        base = level * (rows * columns)
        upper, lower = base + first[1] * columns, base + second[1] * columns
        windows = (upper + first[0], upper + second[0], lower + first[0], lower + second[0])
        return _Boxes(windows, near, far, inside)

    def _placed(self, points_camera: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return place in tiles and depth of points, (3, N), and whether they can be placed."""
        place, usable = projected(self._camera, points_camera)
        if any(self._camera.distortion):
            slope = points_camera[:2] / place[2]
            usable &= (slope**2).sum(axis=0) < largest_radius(self._camera)
        place[:2] -= self._corner
        place[:2] *= self._per_px
        return place, usable


@dataclass(frozen=True, eq=False)
class _Boxes:
    """Rectangles of tiles that triangles may touch.

    Parameters
    ----------
    windows : tuple of four ndarray, shape (M,)
        Flat index by level, row and column of the first tile of square windows, which together
        cover the rectangle.
    near, far : ndarray, shape (M,)
        Nearest and farthest corner, metres.
    inside : ndarray, shape (M,)
        Whether anything of it is in the region.
    """

    windows: tuple[Indices, Indices, Indices, Indices]
    near: Floats
    far: Floats
    inside: npt.NDArray[np.bool_]


def _shifts(step: int) -> tuple[tuple[Any, Any], ...]:
    """Return where a map is to be laid over itself, moved down, to the right, and both."""
    on, off, everything = slice(step, None), slice(None, -step), slice(None)
    return (
        ((..., on, everything), (..., off, everything)),
        ((..., everything, on), (..., everything, off)),
        ((..., on, on), (..., off, off)),
    )
