"""What the analysis of a bare model finds, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array

__all__ = [
    "SHAPE_TRUST",
    "UNITS",
    "UNIT_TRUST",
    "Found",
    "placed",
    "size_line",
    "unit_line",
    "unit_of",
]

UNITS = (("metres", 1.0), ("millimetres", 1e-3), ("centimetres", 1e-2), ("inches", 0.0254))

UNIT_TRUST = {
    "metres": 1.0,
    "millimetres": 0.97,
    "centimetres": 0.94,
    "inches": 0.7,
    "unknown": 0.6,
}
"""How far a size speaks for a category: glTF says metres, exporters forget it, few use inches."""

SHAPE_TRUST = {**UNIT_TRUST, "inches": 0.8, "unknown": 0.69}
"""The same for shapes that nothing else has; without a unit the size is a guess all the same."""


@dataclass(frozen=True, eq=False)
class Found:
    """What was found when a piece is taken for one category.

    Parameters
    ----------
    product_from_model : ndarray, shape (4, 4)
        Uniform scale, rotation, translation into product space.
    confidence : float
        0 to 1.
    evidence, doubts : tuple of str
    dimensions_mm : mapping of str to float
    fits_mm : tuple of float, or None
    """

    product_from_model: Array
    confidence: float
    evidence: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    dimensions_mm: Mapping[str, float] = field(default_factory=dict)
    fits_mm: tuple[float, float] | None = None


def unit_of(length: float, low_mm: float, high_mm: float) -> tuple[str, float]:
    """Return the unit in which a length is plausible, and metres in one; or ``unknown``.

    Of an unknown unit one has the length that is usual, the geometric mean of the limits.
    """
    for name, factor in UNITS:
        if low_mm <= 1e3 * length * factor <= high_mm:
            return name, factor
    return "unknown", 1e-3 * float(np.sqrt(low_mm * high_mm)) / max(length, 1e-30)


def unit_line(unit: str, scale: float) -> str:
    """Say which unit was taken."""
    line = f"unit: {unit}, one unit of the file is {1e3 * scale:g} mm"
    return line + "; scaled to the usual size" if unit == "unknown" else line


def size_line(points_mm: Array) -> str:
    """Say how large the bounding box is."""
    size = np.ptp(points_mm, axis=0)
    return f"size: {size[0]:.1f} x {size[1]:.1f} x {size[2]:.1f} mm"


def placed(scale: float, turn: Array, origin: Array) -> Array:
    """Return the matrix that turns, scales, and puts a (turned) point at the origin."""
    matrix = np.eye(4)
    matrix[:3, :3] = scale * turn
    matrix[:3, 3] = -scale * origin
    return matrix
