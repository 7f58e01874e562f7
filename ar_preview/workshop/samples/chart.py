"""A chart of the head: rays from its middle, and how far the surface lies along each.

Rows of the chart climb the head. Up to the brow they are horizontal fans around a vertical
axis; above it they fan out from one point up to the crown. A star-shaped surface, such as a
head without its ears, is one number a ray.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter

from ar_preview.frames import ImageSize
from ar_preview.workshop.samples.raster import interpolate, rasterise

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.workshop.samples.face import PersonalFace
    from ar_preview.workshop.samples.volume import Ellipsoid, Solid, Volume

__all__ = ["Chart", "HeadSurface", "measure_surface"]

_AXIS_Z = -0.030
_BROW_Y = 0.030
_BOTTOM_Y = -0.185
_ROW_M = 0.0018
_ELEVATION_STEP = np.radians(1.0)
_FRONT_STEP, _BACK_STEP = np.radians(0.7), np.radians(4.0)
_FRONT_REACH = np.radians(140.0)
_SEARCH_M = 0.20
_FACE_CLEARANCE_M = 0.003
_FACET_SOFTNESS = (1.2, 1.6)  # cells


@dataclass(frozen=True, eq=False)
class Chart:
    """Directions of the chart, in upright space.

    Parameters
    ----------
    azimuths : ndarray, shape (T,)
        Angle about y from z towards x, ascending from -pi to pi, finer in front.
    heights, elevations : ndarray, shape (R,)
        Origin's y and the ray's elevation of each row.
    """

    azimuths: Array
    heights: Array
    elevations: Array

    @classmethod
    def standard(cls) -> Chart:
        """Return the chart that the samples use."""
        front = np.linspace(-_FRONT_REACH, _FRONT_REACH, 1 + 2 * round(_FRONT_REACH / _FRONT_STEP))
        back = np.arange(_FRONT_REACH + _BACK_STEP, np.pi - 0.5 * _BACK_STEP, _BACK_STEP)
        azimuths = np.concatenate([[-np.pi], -back[::-1], front, back, [np.pi]])
        below = np.arange(_BOTTOM_Y, _BROW_Y, _ROW_M)
        above = np.arange(0.0, 0.5 * np.pi + 1e-9, _ELEVATION_STEP)
        return cls(
            azimuths,
            np.concatenate([below, np.full(above.size, _BROW_Y)]),
            np.concatenate([np.zeros(below.size), above]),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.heights.size, self.azimuths.size

    @cached_property
    def origins(self) -> Array:
        """Where the rays start, (R, 1, 3)."""
        rows = self.heights.size
        return np.stack([np.zeros(rows), self.heights, np.full(rows, _AXIS_Z)], axis=-1)[:, None, :]

    @cached_property
    def directions(self) -> Array:
        """Unit directions, (R, T, 3)."""
        level = np.cos(self.elevations)[:, None]
        rise = np.broadcast_to(np.sin(self.elevations)[:, None], self.shape)
        return np.stack(
            [level * np.sin(self.azimuths), rise, level * np.cos(self.azimuths)], axis=-1
        )

    def points(self, radii: Array) -> Array:
        """Return the points (R, T, 3) at the given distances (R, T)."""
        return np.asarray(self.origins + radii[..., None] * self.directions)

    def locate(self, points: Array) -> tuple[Array, Array, Array]:
        """Return fractional row, fractional column and distance of points (N, 3)."""
        x, y, z = points[:, 0], points[:, 1], points[:, 2] - _AXIS_Z
        level = np.hypot(x, z)
        below = int((self.elevations == 0).sum()) - 1
        high = y > _BROW_Y
        elevation = np.arctan2(y - _BROW_Y, level)
        rows = np.where(high, below + elevation / _ELEVATION_STEP, below + (y - _BROW_Y) / _ROW_M)
        columns = np.interp(np.arctan2(x, z), self.azimuths, np.arange(self.azimuths.size))
        return rows, columns, np.where(high, np.hypot(level, y - _BROW_Y), level)


@dataclass(frozen=True, eq=False)
class HeadSurface:
    """The head's surface over a chart.

    Parameters
    ----------
    chart : Chart
    radii : ndarray, shape (R, T)
        Metres.
    face : ndarray, shape (R, T), bool
        Where the surface is the tracked face.
    hair : ndarray, shape (R, T), bool
        Where it is hair.
    """

    chart: Chart
    radii: Array
    face: npt.NDArray[np.bool_]
    hair: npt.NDArray[np.bool_]

    @property
    def vertices_upright(self) -> Array:
        """Grid of points, (R, T, 3), metres."""
        return self.chart.points(self.radii)

    @property
    def triangles(self) -> npt.NDArray[np.int32]:
        """Two triangles a cell, counter-clockwise from outside, into the flattened grid."""
        rows, columns = self.chart.shape
        index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
        a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
        return np.concatenate(
            [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
        )


def measure_surface(
    chart: Chart, face: PersonalFace, volume: Volume, hair: npt.NDArray[np.bool_]
) -> HeadSurface:
    """Measure face and volume along the rays and join them.

    Parameters
    ----------
    chart : Chart
    face : PersonalFace
    volume : Volume
    hair : ndarray, shape (H, W), bool
        Hair in the portrait: there the surface is the hair, not the face below it.
    """
    hair_radii = _radii(chart, (volume.hair, volume.nape))
    other_radii = _radii(chart, (volume.column, *volume.ears))
    radii = np.maximum(hair_radii, other_radii)
    face_radii, inside = _face_radii(chart, face)
    points = chart.points(np.where(inside, face_radii, radii))
    pixels = face.camera.project(
        (face.camera_from_head @ (points @ face.head_from_upright.T)).reshape(-1, 3)
    ).reshape(*chart.shape, 2)
    height, width = hair.shape
    u = np.clip(pixels[..., 0], 0, width - 1).astype(int)
    v = np.clip(pixels[..., 1], 0, height - 1).astype(int)
    covered = inside & hair[v, u]
    bare = inside & ~covered
    joined = np.where(bare, face_radii, radii)
    joined = np.where(covered, np.maximum(radii, face_radii + _FACE_CLEARANCE_M), joined)
    # The joints between hair and skin are steps; a real edge is a few millimetres wide.
    soft = gaussian_filter(joined, (2.0, 2.2), mode=("nearest", "wrap"))
    soft = _calm_crown(chart, soft)
    core = gaussian_filter(bare.astype(float), 2.0, mode=("nearest", "wrap"))
    keep = np.clip((core - 0.75) / 0.25, 0, 1)
    is_hair = ~bare & (hair_radii >= other_radii)
    return HeadSurface(chart, keep * joined + (1 - keep) * soft, bare, is_hair)


def _calm_crown(chart: Chart, radii: Array) -> Array:
    """Round the crown, where the rays of a whole row crowd into a point."""
    wide = gaussian_filter(radii, (2.0, 22.0), mode=("nearest", "wrap"))
    high = np.clip((np.degrees(chart.elevations) - 45) / 30, 0, 1)[:, None]
    top = np.clip((np.degrees(chart.elevations) - 72) / 18, 0, 1)[:, None]
    calm = (1 - high) * radii + high * wide
    return np.asarray((1 - top**2) * calm + top**2 * float(calm[-1].mean()))


def _radii(chart: Chart, solids: Sequence[Solid | Ellipsoid], samples: int = 160) -> Array:
    """Distance to the outermost surface along every ray, by bracketing and bisection."""
    steps = np.linspace(0.0, _SEARCH_M, samples)
    radii = np.full(chart.shape, 0.02)
    for solid in solids:
        inside = np.stack([solid.value(chart.points(np.full(chart.shape, s))) < 1 for s in steps])
        hit = inside.any(0)
        last = samples - 1 - np.argmax(inside[::-1], axis=0)
        low = steps[last]
        high = steps[np.minimum(last + 1, samples - 1)]
        for _ in range(12):
            middle = 0.5 * (low + high)
            within = solid.value(chart.points(middle)) < 1
            low, high = np.where(within, middle, low), np.where(within, high, middle)
        radii = np.where(hit, np.maximum(radii, low), radii)
    return radii


def _face_radii(chart: Chart, face: PersonalFace) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Distance to the face where a ray meets it, smooth between the landmarks."""
    rows, columns, distances = chart.locate(face.face_upright)
    places = np.stack([columns, chart.shape[0] - rows], -1) + 0.5
    size = ImageSize(chart.shape[1], chart.shape[0] + 1)
    # Seen from outside along the rays, the farthest surface hides the others.
    fragments = rasterise(places, 1.0 / distances, face.triangles, size)
    radii = np.zeros(size.height * size.width)
    inside = np.zeros(size.height * size.width, bool)
    radii[fragments.pixels] = interpolate(fragments, face.triangles, distances)
    inside[fragments.pixels] = True
    radii = radii.reshape(size.height, size.width)[:0:-1]
    inside = inside.reshape(size.height, size.width)[:0:-1]
    weight = np.maximum(gaussian_filter(inside.astype(float), _FACET_SOFTNESS), 1e-6)
    smooth = gaussian_filter(radii, _FACET_SOFTNESS) / weight
    return np.where(inside, smooth, 0.0), inside
