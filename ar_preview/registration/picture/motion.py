"""Skin that moves with an expression: a few smooth fields over the face."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["FIELDS", "SkinMotion", "rest_precision", "skin_fields"]

FIELDS = ("forehead up", "brows apart", "cheeks up", "cheeks apart")

# Places on the canonical face, metres: the brows are at y = .05, the eyes at .026, the tip of
# the nose at -.011, its wings at x = .018.
_FOREHEAD_FROM_M, _FOREHEAD_EDGE_M = 0.045, 0.006
_CHEEKS_BELOW_M, _CHEEKS_EDGE_M = 0.0, 0.008
_BROWS_M, _BROWS_HEIGHT_M, _MIDDLE_M, _NOSE_M = 0.050, 0.020, 0.015, 0.022

_REST_SD_M, _TAIL = 0.0002, 2.0


@dataclass(frozen=True, eq=False)
class SkinMotion:
    """How far the skin has moved along each field since the first picture.

    Parameters
    ----------
    amounts : ndarray, shape (4,)
        By `FIELDS`, metres.
    """

    amounts: Array = field(default_factory=lambda: np.zeros(len(FIELDS)))

    def offsets(self, points_head: Array) -> Array:
        """Return how far points (N, 3) of the face at rest have moved (N, 3), metres."""
        return np.asarray(np.tensordot(self.amounts, skin_fields(points_head), 1).T)


def rest_precision(amounts: Array) -> Array:
    """Return with what weight (4,) amounts are drawn to zero, 1/m^2.

    The weight is that of a distribution with heavy tails (Student's, reweighted): skin keeps
    still or it moves a good deal.
    """
    return np.asarray(1.0 / (_REST_SD_M**2 + (amounts / _TAIL) ** 2))


def skin_fields(points_head: Array) -> Array:
    """Return how points (N, 3), canonical metres, move along each field (4, 3, N)."""
    x, y, _ = points_head.T
    forehead = 1.0 / (1.0 + np.exp((_FOREHEAD_FROM_M - y) / _FOREHEAD_EDGE_M))
    cheeks = 1.0 - np.exp(-((x / _NOSE_M) ** 4))
    cheeks /= 1.0 + np.exp((y - _CHEEKS_BELOW_M) / _CHEEKS_EDGE_M)
    side = np.tanh(x / _MIDDLE_M)
    fields = np.zeros((len(FIELDS), 3, len(x)))
    fields[0, 1] = forehead
    fields[1, 0] = side * np.exp(-(((y - _BROWS_M) / _BROWS_HEIGHT_M) ** 2))
    fields[2, 1] = cheeks
    fields[3, 0] = side * cheeks
    return fields
