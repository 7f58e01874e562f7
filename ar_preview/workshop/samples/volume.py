"""The rest of the head: hair, ears and neck as a solid with the portrait's silhouette.

Everything is in upright space: the head's origin, the picture's axes (x to the right, which
is the subject's left, y up, z towards the camera), metres. At each height the solid is an
ellipse of four quarters: left and right half-widths follow the picture, front and back ones
the proportions of a head that the picture does not show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.workshop.samples.face import PersonalFace

__all__ = ["Ellipsoid", "Solid", "Volume", "build_volume"]

RIM_Z = -0.032
"""Where hair and neck are widest, metres behind the head's origin."""

# Edges of the column of cheeks and neck below the hair: rows and columns of the portrait, px.
_COLUMN_ROWS = (330, 430, 496, 525, 546, 575, 601, 627, 660, 700, 740, 780, 830)
_COLUMN_LEFT = (345, 345, 348, 351, 353, 354, 354, 356, 357, 356, 352, 346, 330)
_COLUMN_RIGHT = (598, 598, 596, 591, 584, 570, 563, 558, 556, 556, 558, 564, 580)
_COLUMN_FRONT = (0.030, 0.030, 0.028, 0.024, 0.018, 0.010, 0.004, 0.002, 0.003, 0.006, 0.012)
_COLUMN_BACK = (0.100, 0.096, 0.088, 0.084, 0.082, 0.080, 0.080, 0.080, 0.082, 0.086, 0.090)
_COLUMN_DEPTH_ROWS = (330, 430, 496, 525, 546, 575, 601, 627, 660, 700, 780)

# Front and back of the hair at the middle, metres in z, by row of the portrait.
_HAIR_ROWS = (131, 136, 150, 175, 205, 240, 280, 318, 345, 365, 390, 420, 480)
_HAIR_FRONT = (
    *(-0.030, -0.008, 0.014, 0.032, 0.046, 0.055, 0.060, 0.060),
    *(0.046, 0.032, 0.022, 0.016, 0.012),
)
_HAIR_BACK = (
    *(-0.036, -0.062, -0.092, -0.116, -0.131, -0.140, -0.144, -0.145),
    *(-0.144, -0.142, -0.138, -0.132, -0.118),
)

# Behind the ears the hair tapers down to the nape.
_NAPE_ROW, _NAPE_Z, _NAPE_RADII = 415, -0.078, (0.068, 0.062, 0.062)


@dataclass(frozen=True, eq=False)
class Solid:
    """A stack of ellipses of four quarters.

    Parameters
    ----------
    heights : ndarray, shape (N,)
        Ascending y.
    left, right, front, back : ndarray, shape (N,)
        Extents along x and z at each height, absolute coordinates; left < right.
    centre : tuple of float
        x and z of the quarters' common corner.
    """

    heights: Array
    left: Array
    right: Array
    front: Array
    back: Array
    centre: tuple[float, float]

    def value(self, points: Array) -> Array:
        """Return a function that is below 1 inside, shape (...) for points (..., 3)."""
        x, y, z = np.moveaxis(np.asarray(points, dtype=np.float64), -1, 0)
        extents = [
            np.interp(y, self.heights, e) for e in (self.left, self.right, self.front, self.back)
        ]
        dx, dz = x - self.centre[0], z - self.centre[1]
        a = np.where(dx < 0, self.centre[0] - extents[0], extents[1] - self.centre[0])
        b = np.where(dz < 0, self.centre[1] - extents[3], extents[2] - self.centre[1])
        small = 1e-4
        inside = (dx / np.maximum(a, small)) ** 2 + (dz / np.maximum(b, small)) ** 2
        outside = (y < self.heights[0]) | (y > self.heights[-1]) | (a < small) | (b < small)
        return np.asarray(np.where(outside, 1e3, inside))


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """An ellipsoid along the axes.

    Parameters
    ----------
    centre, radii : ndarray, shape (3,)
    """

    centre: Array
    radii: Array

    def value(self, points: Array) -> Array:
        """Return a function that is below 1 inside, shape (...) for points (..., 3)."""
        return np.asarray((((points - self.centre) / self.radii) ** 2).sum(-1))


@dataclass(frozen=True, eq=False)
class Volume:
    """The union of hair (down to the nape), column and ears."""

    hair: Solid
    nape: Ellipsoid
    column: Solid
    ears: tuple[Ellipsoid, ...]


def _row_heights(face: PersonalFace, rows: npt.ArrayLike, z: float) -> Array:
    t = face.camera_from_head.translation
    v = np.asarray(rows, dtype=np.float64)
    return np.asarray(t[1] - (v - face.camera.cy) * (t[2] - z) / face.camera.fy)


def _column_x(face: PersonalFace, columns: npt.ArrayLike, z: float) -> Array:
    t = face.camera_from_head.translation
    u = np.asarray(columns, dtype=np.float64)
    return np.asarray((u - face.camera.cx) * (t[2] - z) / face.camera.fx - t[0])


def build_volume(
    face: PersonalFace,
    hair: npt.NDArray[np.bool_],
) -> Volume:
    """Build the solid whose outline is that of the portrait.

    Parameters
    ----------
    face : PersonalFace
    hair : ndarray, shape (H, W), bool
        Hair in the portrait.
    """
    rows = np.flatnonzero(hair.any(1))
    middle = int(np.median(np.flatnonzero(hair[rows[0]])))
    left = np.array([np.flatnonzero(hair[r])[0] for r in rows], float)
    right = np.array([np.flatnonzero(hair[r])[-1] + 1 for r in rows], float)
    # Below its own hem each side of the hair has nothing left: it closes on the column.
    left = np.where(left < 400, left, np.nan)
    right = np.where(right > 560, right, np.nan)
    top = rows < 200
    left = np.where(top, np.minimum(np.nan_to_num(left, nan=middle), middle), left)
    right = np.where(top, np.maximum(np.nan_to_num(right, nan=middle), middle), right)
    hair_x = [_column_x(face, e, RIM_Z) for e in (left, right)]
    centre = (float(_column_x(face, 0.5 * (345 + 598), RIM_Z)), RIM_Z)
    heights = _row_heights(face, rows + 0.5, RIM_Z)
    order = np.argsort(heights)
    hair_solid = Solid(
        heights[order],
        np.nan_to_num(hair_x[0], nan=centre[0])[order],
        np.nan_to_num(hair_x[1], nan=centre[0])[order],
        np.interp(rows, _HAIR_ROWS, _HAIR_FRONT)[order],
        np.interp(rows, _HAIR_ROWS, _HAIR_BACK)[order],
        centre,
    )
    nape_y = float(_row_heights(face, _NAPE_ROW, RIM_Z))
    nape = Ellipsoid(np.array([centre[0], nape_y, _NAPE_Z]), np.asarray(_NAPE_RADII))
    return Volume(hair_solid, nape, _build_column(face, centre), _build_ears(face))


def _build_column(face: PersonalFace, centre: tuple[float, float]) -> Solid:
    order = slice(None, None, -1)
    return Solid(
        _row_heights(face, _COLUMN_ROWS, RIM_Z)[order],
        _column_x(face, _COLUMN_LEFT, RIM_Z)[order],
        _column_x(face, _COLUMN_RIGHT, RIM_Z)[order],
        np.interp(_COLUMN_ROWS, _COLUMN_DEPTH_ROWS, _COLUMN_FRONT)[order],
        -np.interp(_COLUMN_ROWS, _COLUMN_DEPTH_ROWS, _COLUMN_BACK)[order],
        centre,
    )


def _build_ears(face: PersonalFace) -> tuple[Ellipsoid, ...]:
    """Place the ears: their lobes show below the hair, the rest lies under it."""
    z = -0.026
    ears = []
    for edge, lobe_row, inner in ((305.0, 480.0, 350.0), (643.0, 495.0, 596.0)):
        x = _column_x(face, np.array([inner, edge]), z)
        y = _row_heights(face, np.array([lobe_row]), z)[0]
        height = 0.030
        ears.append(
            Ellipsoid(
                np.array([x[0], y + height, z]),
                np.array([abs(x[1] - x[0]), height, 0.012]),
            )
        )
    return tuple(ears)
