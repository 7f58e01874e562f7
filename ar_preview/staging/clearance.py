"""Room for temples: how wide a head may be where glasses lie along its sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.person import HeadShape

__all__ = ["SideClearance"]

_GAP = 0.002
_BIN = 0.005
_BEHIND_EAR = 0.008
_FRONT_MARGIN = 0.015
_SIDE_SHARE = 0.6


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

    def apply(self, vertices_head: Array) -> Array:
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
