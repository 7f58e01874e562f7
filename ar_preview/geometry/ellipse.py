"""Ellipses by their half-axes and perimeter, as sections of limbs and heads are known."""

from __future__ import annotations

import numpy as np

__all__ = ["ellipse_of_perimeter", "ellipse_perimeter"]


def ellipse_perimeter(a: float, b: float) -> float:
    """Return the perimeter of an ellipse of two half-axes, in their unit.

    Ramanujan's second approximation (1914): within 1e-6 where one is less than twice the other.
    """
    h = ((a - b) / (a + b)) ** 2
    return float(np.pi * (a + b) * (1.0 + 3.0 * h / (10.0 + np.sqrt(4.0 - 3.0 * h))))


def ellipse_of_perimeter(perimeter: float, ratio: float) -> tuple[float, float]:
    """Return the half-axes of an ellipse, the second ``ratio`` times the first."""
    a = perimeter / ellipse_perimeter(1.0, ratio)
    return a, ratio * a
