"""Skin that moves with an expression: a few smooth fields over the face."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["FIELDS", "FIELD_DIRECTIONS", "SkinMotion", "rest_precision", "skin_fields"]

FIELDS = ("forehead up", "brows apart", "cheeks up", "cheeks apart")
FIELD_DIRECTIONS = np.array([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
"""In head axes, one a column."""

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
        return np.asarray(((FIELD_DIRECTIONS * self.amounts) @ skin_fields(points_head)).T)


def rest_precision(amounts: Array) -> Array:
    """Return with what weight (4,) amounts are drawn to zero, 1/m^2.

    The weight is that of a distribution with heavy tails (Student's, reweighted): skin keeps
    still or it moves a good deal.
    """
    return np.asarray(1.0 / (_REST_SD_M**2 + (amounts / _TAIL) ** 2))


def skin_fields(points_head: Array) -> Array:
    """Return how far points (N, 3), canonical metres, move along each field (4, N)."""
    x, y, _ = points_head.T
    side = np.tanh(x / _MIDDLE_M)
    cheeks = (x / _NOSE_M) ** 2
    cheeks = 1.0 - np.exp(-cheeks * cheeks)
    cheeks /= 1.0 + np.exp((y - _CHEEKS_BELOW_M) / _CHEEKS_EDGE_M)
    fields = np.empty((len(FIELDS), len(x)))
    fields[0] = 1.0 / (1.0 + np.exp((_FOREHEAD_FROM_M - y) / _FOREHEAD_EDGE_M))
    fields[1] = side * np.exp(-(((y - _BROWS_M) / _BROWS_HEIGHT_M) ** 2))
    fields[2] = cheeks
    fields[3] = side * cheeks
    return fields
