"""Temples of wire and nylon: sections that taper by a table, both ends rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import PchipInterpolator

from ar_preview.workshop.meshkit import Section

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["profile", "rod", "rod_stations"]


def _rounded_ends(start: float, end: float, front: float, rear: float) -> PchipInterpolator:
    """Factor on a section that rises from 0 at the start and falls to 0 at the end."""
    q = np.linspace(0.0, 0.5 * np.pi, 24)
    at = np.concatenate([start + front * (1.0 - np.cos(q)), end - rear * (1.0 - np.cos(q[::-1]))])
    return PchipInterpolator(at, np.concatenate([np.sin(q), np.sin(q[::-1])]))


def profile(table: tuple[tuple[float, float], ...]) -> PchipInterpolator:
    """Return a smooth function through a table of (distance, value)."""
    at, value = np.asarray(table).T
    return PchipInterpolator(at, value, extrapolate=True)


def rod(
    start: float,
    end: float,
    sizes: tuple[PchipInterpolator, PchipInterpolator],
    ends: tuple[float, float],
    corner: float,
) -> Section:
    """Return the section of a bar whose ends are rounded off to nothing.

    Parameters
    ----------
    start, end : float
        Along the path, mm.
    sizes : tuple of PchipInterpolator
        Height and thickness at distances, mm.
    ends : tuple of float
        Lengths over which the ends are rounded, mm.
    corner : float
        Radius of the corners, mm.
    """
    factor = _rounded_ends(start, end, *ends)

    def size(table: PchipInterpolator, s: Array) -> Array:
        return np.asarray(table(s) * np.clip(factor(np.clip(s, start, end)), 1e-4, 1.0))

    return Section(
        lambda s: size(sizes[0], s),
        lambda s: size(sizes[1], s),
        lambda s: np.full_like(s, corner),
    )


def rod_stations(start: float, end: float, ends: tuple[float, float], count: int) -> Array:
    """Return distances of the rings of a bar, dense at its rounded ends, mm."""
    q = np.linspace(0.0, 0.5 * np.pi, 6 if count > 20 else 4)
    middle = np.linspace(start + ends[0], end - ends[1], count)
    return np.concatenate(
        [
            start + ends[0] * (1.0 - np.cos(q))[:-1],
            middle,
            end - ends[1] * (1.0 - np.cos(q))[-2::-1],
        ]
    )
