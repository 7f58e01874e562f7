"""A hat in the picture, seen from the middle of its crown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.products.opening import goes_round, hat_opening, on_brim
from ar_preview.products.surface import Surface

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array, Camera
    from ar_preview.products.product import Product
    from ar_preview.scene import Item

__all__ = ["ANGLES", "HatOutline"]

ANGLES = np.radians(np.linspace(-150.0, 150.0, 61))
"""Directions in which one looks from the middle, from the hat's own up towards the right."""

_UPWARDS, _ASIDE = np.cos(ANGLES), np.maximum(np.abs(np.sin(ANGLES)), 0.1)

_SAMPLES, _KEPT = 2700, 900
_MIDDLE_HEIGHT = 0.4
"""Of the middle over the hem, relative to the height of the crown."""

_HEAD_ABOVE_HEM = 0.08
"""A head reaches at least so far above a hem that is an inch above the brows, metres; tall crowns
are empty above."""

_CROWN = np.flatnonzero(np.abs(ANGLES) < np.radians(90.0))
"""Directions in which a crown is, an odd number."""

_NEAR_CORNER, _CLOTH = 0.2, 1.03
"""From so little above the ends of the hem on few samples tell the edge, and how much farther out
than the hem it is, which is the inner edge."""

_TUCKED, _BRIMMED = 0.8, 0.25
"""Below the hem hair comes out again over this length, sooner under a brim, which hides it;
relative to `HatOutline.size`."""

_LEAST_DEPTH, _LEAST_RADIUS_PX = 0.05, 12.0


@dataclass(frozen=True, eq=False)
class HatOutline:
    """Where a hat ends in the picture, by direction from the middle of its crown.

    Parameters
    ----------
    middle : ndarray, shape (2,)
        px.
    up : ndarray, shape (2,)
        Direction of the hat's own up, length 1.
    size : float
        Usual distance of the edge of the crown, px.
    edge : ndarray, shape (A,)
        Distance by `ANGLES`, relative to `size`; below the hem, that of lines straight down from
        its ends.
    below_hem : ndarray, shape (A,)
        How far below the hem the edge is, relative to `size`; 0 above.
    filled : float
        How far above the middle the hat is full of hair for certain, relative to `size`.
    brimmed : bool
        Whether a brim goes round it.
    """

    middle: Array
    up: Array
    size: float
    edge: Array
    below_hem: Array
    filled: float = 0.0
    brimmed: bool = False

    @property
    def free_hair(self) -> Array:
        """0 for directions in which hair is under the hat to 1 where it has come out again."""
        return smooth_step(0.0, _BRIMMED if self.brimmed else _TUCKED, self.below_hem)

    @classmethod
    def of(cls, item: Item, camera: Camera) -> HatOutline | None:
        """Return the outline of a worn hat; None where it is too small or not in front.

        Parameters
        ----------
        item : Item
        camera : Camera
        """
        points, hem, middle, brimmed = _shape(item.product)
        place = item.camera_from_product
        full = [middle[0], hem[:, 1].mean() + _HEAD_ABOVE_HEM / item.scale, middle[2]]
        stacked = place @ (item.scale * np.vstack([middle, full, hem, points]))
        up_camera = place.rotation[:, 1]
        length = float(np.hypot(*up_camera[:2]))
        if stacked[:, 2].min() < _LEAST_DEPTH or length < 0.3:
            return None
        seen = camera.project(stacked)
        up = up_camera[:2] / length
        away = _turned(seen[2:] - seen[0], up)
        hem_away, away = away[: len(hem)], away[len(hem) :]
        edge = _farthest(away)
        size = float(np.sort(edge[_CROWN])[len(_CROWN) // 2])
        if size < _LEAST_RADIUS_PX:
            return None
        edge, below = _continued(edge, hem_away)
        filled = float((seen[1] - seen[0]) @ up)
        return cls(seen[0], up, size, edge / size, below / size, filled / size, brimmed)

    def at(self, angle: Array, distance: Array) -> Array:
        """Return the points of the picture in directions, at distances relative to `size`."""
        across, along = distance * np.sin(angle), distance * np.cos(angle)
        right = np.array([-self.up[1], self.up[0]])
        return np.asarray(
            self.middle + self.size * (across[..., None] * right + along[..., None] * self.up)
        )

    def seen_from_middle(self, points_image: Array) -> tuple[Array, Array]:
        """Return angle and distance, relative to `size`, of points of the picture."""
        away = _turned(points_image - self.middle, self.up)
        return np.angle(away), np.abs(away) / self.size


@lru_cache(maxsize=8)
def _shape(product: Product) -> tuple[Array, Array, Array, bool]:
    """Return points all over a crown, its hem, its middle, and whether a brim goes round it.

    A brim lies on hair and presses none: what would stand out above it is pressed to the crown.
    """
    points = Surface.of_product(product).samples(_SAMPLES)
    opening = hat_opening(product)
    brim = on_brim(points, opening)
    brimmed = goes_round(points[brim], opening)
    points, middle = points[~brim], opening.centre
    points = points[:: max(len(points) // _KEPT, 1)]
    middle[1] += _MIDDLE_HEIGHT * (points[:, 1].max() - middle[1])
    return points, opening.edge_points, middle, brimmed


def _turned(away: Array, up: Array) -> npt.NDArray[np.complex128]:
    """Return differences in the picture as up + i right of the hat."""
    return away.view(np.complex128)[..., 0] * complex(up[0], -up[1])


def _farthest(away: npt.NDArray[np.complex128]) -> Array:
    """Return the largest distance by direction."""
    step = ANGLES[1] - ANGLES[0]
    bins = np.rint((np.angle(away) - ANGLES[0]) / step).astype(int)
    inside = (bins >= 0) & (bins < len(ANGLES))
    edge = np.zeros(len(ANGLES))
    np.maximum.at(edge, bins[inside], np.abs(away[inside]))
    # A direction with few samples has the mean of its neighbours.
    edge[1:-1] = np.maximum(edge[1:-1], 0.5 * (edge[:-2] + edge[2:]))
    return edge


def _continued(edge: Array, hem: npt.NDArray[np.complex128]) -> tuple[Array, Array]:
    """Let the edge go straight down from both ends of the hem, and tell how far below it is."""
    edge, below = edge.copy(), np.zeros(len(edge))
    for side in (-1.0, 1.0):
        end = hem[np.argmax(side * hem.imag)]
        if side * end.imag <= 0.0:
            continue
        corner = abs(float(np.angle(end)))
        down = side * ANGLES > corner - _NEAR_CORNER
        line = _CLOTH * abs(end.imag) / _ASIDE
        beyond = side * ANGLES > corner
        edge[down] = np.where(beyond, line, np.maximum(edge, line))[down]
        below[beyond] = (end.real - edge * _UPWARDS)[beyond]
    return edge, np.maximum(below, 0.0)
