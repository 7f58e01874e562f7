"""Ring sizes: inner diameters in millimetres and the scales of the trade."""

from __future__ import annotations

import string

import numpy as np

__all__ = ["eu_size", "ring_sizes", "uk_size", "us_size"]

_UK_FIRST_MM, _UK_STEP_MM = 37.5, 1.25
"""Inner circumference of size A and the step of a letter (BS 6820:1987, C is 40 mm)."""


def eu_size(diameter_mm: float) -> float:
    """Inner circumference in mm (ISO 8653)."""
    return float(np.pi * diameter_mm)


def us_size(diameter_mm: float) -> float:
    """North American size: 0 is 11.63 mm across, each whole size .8128 mm (1/32 inch) more."""
    return (diameter_mm - 11.63) / 0.8128


def uk_size(diameter_mm: float) -> str:
    """British letter, by halves: ``N`` or ``N1/2``; Z+1, Z+2 ... beyond the alphabet."""
    halves = max(round(2.0 * (eu_size(diameter_mm) - _UK_FIRST_MM) / _UK_STEP_MM), 0)
    index, half = divmod(halves, 2)
    letters = string.ascii_uppercase
    name = letters[index] if index < len(letters) else f"Z+{index - len(letters) + 1}"
    return f"{name}1/2" if half else name


def ring_sizes(diameter_mm: float) -> str:
    """All scales in a line, for example ``16.9 mm, EU 53, US 6.5, UK M1/2``."""
    us = round(2.0 * us_size(diameter_mm)) / 2.0
    eu = round(eu_size(diameter_mm))
    return f"{diameter_mm:.1f} mm, EU {eu}, US {us:g}, UK {uk_size(diameter_mm)}"
