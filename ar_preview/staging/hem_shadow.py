"""How dark it is below the hem of a hat and in it, on hair and skin beside the face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.landmarks import FACE_CONTOUR
from ar_preview.products.opening import goes_round, hat_opening, on_brim
from ar_preview.products.surface import Surface
from ar_preview.scene import SkinShadow
from ar_preview.staging.texels import BORDER_M

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.poses import HeadPose
    from ar_preview.products.opening import Opening
    from ar_preview.products.product import Product
    from ar_preview.scene import Item

__all__ = ["hem_shadow", "inner_shadow"]

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

_INSIDE = 0.88
"""What of the light does not come into a hat as far as hair is seen in it from below."""

_UNDER_BRIM, _NEAR_HEM = 1.08, 0.02
"""How far the shadow reaches under a brim, relative to the hem, which is soft at its edge: nothing
may be seen between. Without one it ends with the cloth, as it is so far above the hem, metres."""

_CLOSE = 0.6
"""Of that shadow in hats without a brim, which lie close to the hair."""

_SAMPLES = 1800

_FACE_BORDERS, _USUAL_RADIUS = np.array([1.5, 0.3]), 0.09
"""Before the end of the face its own shadow fades, over parts of its border; for such a hat."""

_FROM_BELOW = (0.03, 0.12)
"""Sines of the line of sight over the plane of the hem over which one comes to look into it."""

_FAR_SIDE = 0.25
"""Sine of the head's turn from which on the side that is turned away is a far one."""

_SIDES = np.array([-1.0, 1.0])

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


def inner_shadow(item: Item, pose: HeadPose) -> SkinShadow | None:
    """Return how dark it is in a hat that is seen from below, beside the face.

    There the picture shows hair, and where the hat is wider than it, the wall behind: both would
    be lit as if there were no hat. Towards its rear hair comes out again.

    Parameters
    ----------
    item : Item
        The hat as it is worn.
    pose : HeadPose
        Of the wearer.

    Returns
    -------
    SkinShadow or None
        None where nobody looks into it.
    """
    inside, place = _inside(item.product), item.camera_from_product
    eye = -(place.translation @ place.rotation) / item.scale
    sight = inside.middle - eye
    away = float(np.sqrt(sight @ sight))
    shown = float(smooth_step(*_FROM_BELOW, np.array(sight[1] / away)))
    if shown <= 0.0:
        return None
    vertices = (item.scale * inside.points) @ place.rotation.T + place.translation
    if vertices[:, 2].min() <= _BELOW:
        return None
    face = pose.vertices_camera[_FACE_ENDS]
    # Where the face ends, as seen on the plane of the hem.
    ends = (face - place.translation) @ place.rotation / item.scale - eye
    seen_x = sight[1] / np.maximum(ends[:, 1], 1e-3) * ends[:, 0] - sight[0]
    # Before the near side of the face, whose shadow it joins, and behind the far one.
    nearer = _NEARER * min(face[:, 2].min() / vertices[:, 2].max(), 1.0)
    far = smooth_step(0.0, _FAR_SIDE, _SIDES * sight[0] / away)
    depth = nearer + (1.0 - nearer) * far
    uv = inside.uv.copy()
    uv[:, :, 1] -= (_SIDES * seen_x[:, None]).max(axis=0)[:, None] / (2.0 * inside.radius)
    return SkinShadow(
        (depth[:, None, None] * vertices).reshape(-1, 3).astype(np.float32),
        inside.triangles,
        uv.reshape(-1, 2).astype(np.float32),
        _inside_roots(),
        item.opacity * shown * inside.share,
        vertices,
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
    opening = hat_opening(product)
    edge, middle = opening.edge_points, opening.centre
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


@dataclass(frozen=True, eq=False)
class _Inside:
    """The plane of a hat's hem, product space; half of it is drawn for each side of the head.

    Parameters
    ----------
    points : ndarray, shape (S + 1, 3)
        Around, and the middle.
    middle : ndarray, shape (3,)
    radius, share : float
        Of the hat, and how much of the shadow there is.
    uv : ndarray, shape (2, S + 1, 2)
        For the right and for the left half, of a face that ends in the middle.
    triangles : ndarray, shape (S, 3), uint32
    """

    points: Array
    middle: Array
    radius: float
    share: float
    uv: Array
    triangles: npt.NDArray[np.uint32]


@lru_cache(maxsize=8)
def _inside(product: Product) -> _Inside:
    hem, opening = _hem(product), hat_opening(product)
    rim, share = _dark_inside(product, opening)
    points = hem.middle + rim * np.vstack([hem.edge - hem.middle, np.zeros(3)])
    across, along = points[:, 0] - hem.middle[0], points[:, 2]
    u = np.broadcast_to((along - along.min()) / np.ptp(along), (2, len(points)))
    uv = np.stack([u, _SIDES[:, None] * across / (2.0 * hem.radius) + 0.5], axis=-1)
    a = np.arange(len(hem.edge))
    fan = np.column_stack([np.full_like(a, len(a)), np.roll(a, -1), a])
    left = across[fan].mean(axis=1) > 0.0
    triangles = np.concatenate([fan[~left], fan[left] + len(points)]).astype(np.uint32)
    return _Inside(points, hem.middle, hem.radius, share, uv, triangles)


def _dark_inside(product: Product, opening: Opening) -> tuple[float, float]:
    """Return how far it is dark in a hat, relative to its hem, and how much of that there is."""
    points = Surface.of_product(product).samples(_SAMPLES)
    brim = on_brim(points, opening)
    if goes_round(points[brim], opening):
        return _UNDER_BRIM, 1.0
    cloth = points[~brim & (np.abs(points[:, 1] - opening.centre[1]) < _NEAR_HEM)]
    return float(np.median(opening.relative(cloth))) if len(cloth) else 1.0, _CLOSE


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


@cache
def _inside_roots() -> npt.NDArray[np.uint8]:
    """Return the texture of what is in a hat: from rear to front along u, outwards along v.

    A face ends at v = .5, and v = 1 is the hat's radius further out.
    """
    place = (np.arange(_SIDE) + 0.5) / _SIDE
    ahead = smooth_step(0.0, 0.4, place)
    begins, full = 0.5 - _FACE_BORDERS * BORDER_M / (2.0 * _USUAL_RADIUS)
    beside = smooth_step(begins, full, place)
    roots = np.sqrt(1.0 - _INSIDE * np.outer(beside, ahead))
    return np.asarray(np.rint(255.0 * roots[..., None] * np.ones(3)), np.uint8)
