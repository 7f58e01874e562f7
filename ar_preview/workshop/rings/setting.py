"""Settings: claws, rails and beads that hold a stone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline

from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import oval, rotation_z, sphere, tube

if TYPE_CHECKING:
    from ar_preview.geometry import Array
from ar_preview.workshop.meshkit import Mesh

__all__ = ["claws", "rail", "shoulder"]


def _curve(points: Array, count: int) -> Array:
    at = np.linspace(0.0, 1.0, len(points))
    return np.asarray(CubicSpline(at, points)(np.linspace(0.0, 1.0, count)))


def claws(
    stone_radius: float,
    girdle_z: float,
    foot_z: float,
    material: str,
    *,
    number: int = 4,
    quality: float = 1.0,
) -> list[Mesh]:
    """Bend wires from under a stone over its girdle.

    Parameters
    ----------
    stone_radius : float
        mm.
    girdle_z, foot_z : float
        Height of the girdle and of the claws' feet, mm.
    material : str
    number : int
    quality : float
    """
    r = stone_radius
    wire = 0.135 * r
    rise = girdle_z - foot_z
    # Up along the pavilion, past the girdle, and bent onto the crown's bezel facet.
    profile = np.array(
        [
            (0.24 * r, foot_z),
            (0.54 * r, foot_z + 0.42 * rise),
            (0.90 * r, girdle_z - 0.27 * r),
            (1.07 * r, girdle_z - 0.02 * r),
            (1.08 * r, girdle_z + 0.13 * r),
            (0.99 * r, girdle_z + 0.235 * r),
            (0.87 * r, girdle_z + 0.275 * r),
        ]
    )
    line = _curve(profile, coarser(18, quality, 10))
    along = np.linspace(0.0, 1.0, len(line))
    path = np.column_stack([line[:, 0], np.zeros(len(line)), line[:, 1]])
    size = np.interp(along, [0.0, 0.55, 0.85, 0.95, 1.0], [1.15, 1.0, 1.0, 0.86, 0.55])
    claw = tube(
        path, oval(wire, wire, coarser(8, quality)), material, scale=size, crease_degrees=75.0
    )
    tip = sphere(0.56 * wire, 8, 4, material).moved(path[-1])
    turns = [rotation_z(np.pi * (0.5 + 2.0 * k) / number) for k in range(number)]
    return [part.rotated(t) for t in turns for part in (claw, tip)]


def rail(radius: float, wire: float, z: float, material: str, count: int = 40) -> Mesh:
    """Return a ring of wire about the stone's axis."""
    angle = 2.0 * np.pi * np.arange(count) / count
    path = np.column_stack([radius * np.cos(angle), radius * np.sin(angle), np.full(count, z)])
    return tube(path, oval(wire, wire, 8), material, closed=True, up=(0.0, 0.0, 1.0))


def shoulder(points: Array, wire: tuple[float, float], ease: float, material: str) -> Mesh:
    """Sweep a flattened wire along points in the xz plane, thinning by `ease` to its end."""
    flat = _curve(points, 14)
    path = np.column_stack([flat[:, 0], np.zeros(len(flat)), flat[:, 1]])
    size = np.linspace(1.0, 1.0 - ease, len(path))
    return tube(path, oval(*wire, 10), material, scale=size, up=(0.0, 1.0, 0.0))
