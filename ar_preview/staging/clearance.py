"""Room for what is worn: how large a head may be inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.person import HeadShape, NeckShape

__all__ = ["HatClearance", "Room", "SideClearance", "neck_share"]

_GAP = 0.002
_HAIR = 0.030
"""Most room between the head as it is drawn, small, and a hat, which hair and skull fill."""

_FACE_HALF_ANGLE = np.radians(55.0)
_LEAST_NECK = 0.8
_ROWS, _COLUMNS = 30, 60
_BIN = 0.005
_BEHIND_EAR = 0.008
_FRONT_MARGIN = 0.015
_SIDE_SHARE = 0.6


class Room(Protocol):
    """Keeps the surfaces of a head that hide things out of what is worn."""

    def apply(self, vertices_head: Array, estimated: bool = False) -> Array:
        """Return points of a head's surface, moved where they are in the way.

        Parameters
        ----------
        vertices_head : ndarray, shape (N, 3)
        estimated : bool
            Whether the surface is only guessed, as the skull is, and may be enlarged too.
        """


def neck_share(points_trunk: Array, neck: NeckShape) -> float:
    """Return the share of its width to which a neck is drawn in inside a necklace, at most 1.

    Parameters
    ----------
    points_trunk : ndarray, shape (N, 3)
        The necklace, axes of the trunk (`camera_from_trunk`), metres.
    neck : NeckShape
    """
    axis = neck.top_head - neck.base_head
    share = points_trunk[:, 1] / axis[1]
    beside = (share > 0.0) & (share < 1.0)
    if not beside.any():
        return 1.0
    share = share[beside]
    away = points_trunk[beside] - share[:, None] * axis
    radii = np.array([neck.radii_at(s) for s in (0.0, 1.0)])
    across, along = (radii[0] + share[:, None] * (radii[1] - radii[0])).T
    nearest = float(np.hypot(away[:, 0] / across, away[:, 2] / along).min())
    return float(np.clip(nearest - _GAP / neck.radii[0], _LEAST_NECK, 1.0))


class HatClearance:
    """Lets a head end where a hat begins.

    Seen from the middle of the skull, the head ends just before the nearest part of the piece in
    each direction: where it is drawn larger it would cut through, and where it is drawn a little
    smaller one would see the far side of the lining beside it, where hair is.

    Parameters
    ----------
    points_head : ndarray, shape (N, 3)
        Spread over the surface of the piece as it is worn, head space, metres.
    head : HeadShape
    tight : bool
        Whether it encloses the head, as hats do and headphones do not.
    """

    def __init__(self, points_head: Array, head: HeadShape, tight: bool = True) -> None:
        self._tight = tight
        self._centre = head.skull_centre_head
        rows, columns, distance = self._directions(points_head)
        limits = np.full((_ROWS, _COLUMNS), np.inf)
        np.minimum.at(limits, (rows, columns), distance - _GAP)
        self._nearest = limits
        # The occluder is coarser than a cell: its corners beside the piece give way too.
        wide = np.concatenate([limits[:, -1:], limits, limits[:, :1]], axis=1)
        wide = np.minimum(np.minimum(wide[:, :-2], wide[:, 1:-1]), wide[:, 2:])
        limits = wide.copy()
        limits[1:] = np.minimum(limits[1:], wide[:-1])
        limits[:-1] = np.minimum(limits[:-1], wide[1:])
        self._limits = limits

    def apply(self, vertices_head: Array, estimated: bool = False) -> Array:
        """Return points of a head's surface, moved to end where the piece begins."""
        rows, columns, distance = self._directions(vertices_head)
        ends = np.minimum(self._limits[rows, columns], distance)
        if estimated and self._tight:
            nearest = self._nearest[rows, columns]
            # Not in front, where the forehead is measured and a peak stands off it.
            aside = (
                np.arctan2(
                    np.abs(vertices_head[:, 0] - self._centre[0]),
                    vertices_head[:, 2] - self._centre[2],
                )
                > _FACE_HALF_ANGLE
            )
            fills = aside & (nearest > distance) & (nearest < distance + _HAIR)
            ends = np.where(fills, nearest, ends)
        share = ends / np.maximum(distance, 1e-9)
        return np.asarray(self._centre + (vertices_head - self._centre) * share[:, None])

    def _directions(
        self, points_head: Array
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Array]:
        """Return the cells in which points are seen from the middle, and how far they are."""
        x, y, z = (points_head - self._centre).T
        distance = np.sqrt(x * x + y * y + z * z)
        polar = np.arccos(np.clip(y / np.maximum(distance, 1e-9), -1.0, 1.0)) / np.pi
        around = np.arctan2(x, z) / (2.0 * np.pi) + 0.5
        rows = np.minimum((polar * _ROWS).astype(np.intp), _ROWS - 1)
        columns = np.minimum((around * _COLUMNS).astype(np.intp), _COLUMNS - 1)
        return rows, columns, distance


class SideClearance:
    """Draws the sides of a head in where temples lie along them.

    The sides of a head are only estimated, and temples that are stiffer than the head is wide
    would cut into it. A shopper's eye forgives a head that hides 3 mm too little; it does not
    forgive a temple that sinks into the skin. So the surfaces that hide things stay inside the
    temples from the hinge to just behind the ear, where the tips go behind the head.

    Parameters
    ----------
    vertices_head : ndarray, shape (N, 3)
        Glasses as they are worn, head space, metres.
    head : HeadShape
    """

    def __init__(self, vertices_head: Array, head: HeadShape) -> None:
        x, z = vertices_head[:, 0], vertices_head[:, 2]
        half = 0.5 * float(np.ptp(x))
        self._centre = 0.5 * float(x.min() + x.max())
        roots = head.ears["left"].root_head[2], head.ears["right"].root_head[2]
        self._behind = 0.5 * float(roots[0] + roots[1]) - _BEHIND_EAR
        self._front = float(z.max()) - _FRONT_MARGIN
        count = max(0, int(np.ceil((self._front - self._behind) / _BIN)))
        self._limits = {sign: np.full(count, np.inf) for sign in (-1.0, 1.0)}
        for sign, limit in self._limits.items():
            across = sign * (x - self._centre)
            side = (across > _SIDE_SHARE * half) & (z > self._behind) & (z < self._front)
            cell = ((z[side] - self._behind) / _BIN).astype(int)
            np.minimum.at(limit, np.minimum(cell, count - 1), across[side] - _GAP)
            known = np.isfinite(limit)
            if known.any():
                at = np.arange(count)
                self._limits[sign] = np.interp(at, at[known], limit[known])

    def apply(self, vertices_head: Array, estimated: bool = False) -> Array:
        """Return points of a head's surface, moved sideways to stay inside the temples."""
        moved = vertices_head.copy()
        for sign, limit in self._limits.items():
            across = sign * (vertices_head[:, 0] - self._centre)
            z = vertices_head[:, 2]
            beside = (across > 0) & (z > self._behind) & (z < self._front)
            if not beside.any() or len(limit) == 0:
                continue
            cell = np.clip((z[beside] - self._behind) / _BIN - 0.5, 0, len(limit) - 1)
            room = np.interp(cell, np.arange(len(limit)), limit)
            moved[beside, 0] = self._centre + sign * np.minimum(across[beside], room)
        return moved
