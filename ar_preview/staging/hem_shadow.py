"""The contact shadow below the hem of a hat, on hair and skin that are no part of the face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.landmarks import FACE_CONTOUR
from ar_preview.products.opening import hat_opening
from ar_preview.scene import SkinShadow
from ar_preview.staging.texels import BORDER_M

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.poses import HeadPose
    from ar_preview.products.product import Product
    from ar_preview.scene import Item

__all__ = ["hem_shadow"]

_ABOVE, _BELOW = 0.006, 0.022
"""From so far above the hem, under the hat, to so far below it there is shadow, metres."""

_GAP = 0.007
"""Depth of the gap between hem and hair: at the distance x below it the hat hides
(1 - x / sqrt(x^2 + gap^2)) / 2 of the sky above the hair."""

_DEEPEST = 0.8
"""What of the light the gap takes: hair and hat light it up a little."""

_SEEN_FROM, _SEEN_FULL = 0.05, 0.35
"""Cosines between outwards and the line of sight over which the shadow begins: the far side is
behind the head."""

_NEARER = 0.95

_FACE_ENDS = [FACE_CONTOUR[-6], FACE_CONTOUR[6]]
"""Where the upper edge of the face's own shadow ends, at the temples."""

_SIDE = 160
"""As that of the face: textures of one size are written anew, not made."""


def hem_shadow(item: Item, pose: HeadPose) -> SkinShadow | None:
    """Return the shadow right below a hat beside the face, in any light.

    Parameters
    ----------
    item : Item
        The hat as it is worn.
    pose : HeadPose
        Of the wearer.

    Returns
    -------
    SkinShadow or None
        None where nothing of it is to be seen.
    """
    hem, place, scale = _hem(item.product), item.camera_from_product, item.scale
    edge = place @ (scale * hem.edge)
    downwards = -place.rotation[:, 1]
    facing = -((hem.outwards @ place.rotation.T) * edge).sum(axis=1) / np.linalg.norm(edge, axis=1)
    shown = np.clip((facing - _SEEN_FROM) / (_SEEN_FULL - _SEEN_FROM), 0.0, 1.0)
    ends = place.inverse() @ pose.vertices_camera[_FACE_ENDS]
    shown *= hem.beside(ends / scale, BORDER_M / scale)
    seen = np.flatnonzero(shown)
    if len(seen) == 0 or edge[:, 2].min() <= _BELOW:
        return None
    # In the same place of the picture, but before the skin of the face, whose shadow it joins.
    rows = _NEARER * np.stack([edge - _ABOVE * downwards, edge + _BELOW * downwards])
    uv = np.zeros((2, len(edge), 2), np.float32)
    uv[1, :, 0] = 1.0
    uv[:, :, 1] = 0.5 * shown
    return SkinShadow(
        rows.reshape(-1, 3).astype(np.float32),
        hem.triangles,
        uv.reshape(-1, 2),
        _roots(),
        item.opacity,
        rows[:, seen].reshape(-1, 3),
        joins=True,
    )


@dataclass(frozen=True, eq=False)
class _Hem:
    """The edge of a hat, product space.

    Parameters
    ----------
    edge, outwards : ndarray, shape (S, 3)
        Its points and horizontal directions.
    azimuth : ndarray, shape (S,)
        Of the directions, from the front to the wearer's left.
    middle : ndarray, shape (3,)
    radius : float
    triangles : ndarray, shape (2 S, 3), uint32
        Between two rows of as many vertices.
    """

    edge: Array
    outwards: Array
    azimuth: Array
    middle: Array
    radius: float
    triangles: npt.NDArray[np.uint32]

    def beside(self, ends: Array, border: float) -> Array:
        """Return 0 where the face has its own shadow to 1 where that has ended.

        Parameters
        ----------
        ends : ndarray, shape (2, 3)
            Of the upper edge of the face.
        border : float
            Width over which its shadow ends.
        """
        share = np.zeros(len(self.edge))
        for x, _, z in ends - self.middle:
            end = float(np.arctan2(x, z))
            side = self.azimuth * end > 0.0
            beyond = self.radius * (np.abs(self.azimuth[side]) - abs(end))
            share[side] = smooth_step(-2.0 * border, -0.5 * border, beyond)
        return share


@lru_cache(maxsize=8)
def _hem(product: Product) -> _Hem:
    edge = hat_opening(product).edge_points
    middle = edge.mean(axis=0)
    apart = (edge - middle) * [1.0, 0.0, 1.0]
    out = np.linalg.norm(apart, axis=1)
    a = np.arange(len(edge))
    b = (a + 1) % len(edge)
    low, high = a + len(edge), b + len(edge)
    triangles = np.concatenate([np.column_stack([a, low, high]), np.column_stack([a, high, b])])
    azimuth = np.arctan2(apart[:, 0], apart[:, 2])
    outwards = apart / out[:, None]
    radius = float(out.mean())
    return _Hem(edge, outwards, azimuth, middle, radius, triangles.astype(np.uint32))


@cache
def _roots() -> npt.NDArray[np.uint8]:
    """Return the texture of every such shadow: downwards along u, from 0 to full along v <= .5."""
    place = (np.arange(_SIDE) + 0.5) / _SIDE
    below = np.maximum(place * (_ABOVE + _BELOW) - _ABOVE, 0.0)
    hidden = 0.5 * (1.0 - below / np.hypot(below, _GAP))
    ends = np.clip(4.0 * (1.0 - place), 0.0, 1.0) * np.clip(16.0 * place - 0.5, 0.0, 1.0)
    full = np.clip(2.0 * place - 1.0 / _SIDE, 0.0, 1.0) * np.clip(_SIDE * (1.0 - place) - 0.5, 0, 1)
    blocked = np.outer(full * full * (3.0 - 2.0 * full), hidden * ends)
    roots = np.sqrt(1.0 - _DEEPEST * blocked[..., None] * np.ones(3))
    return np.asarray(np.rint(255.0 * roots), np.uint8)
