"""Bands: a section carried around the finger, which may change on its way.

Rings are built in their product's axes: y along the finger, z out of the back of the hand
through the top of the ring, the origin on the finger's axis; mm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.workshop.meshkit import grid, oval, tube

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["around", "band", "court_section", "rope"]


def around(angle: npt.ArrayLike, radius: npt.ArrayLike, y: npt.ArrayLike = 0.0) -> Array:
    """Return points at angles from the top towards +x, shape (..., 3)."""
    a, r, height = np.broadcast_arrays(
        np.asarray(angle, dtype=np.float64), np.asarray(radius), np.asarray(y)
    )
    return np.stack([r * np.sin(a), height, r * np.cos(a)], axis=-1)


def court_section(
    width: float, thickness: float, count: int, *, crown: float = 0.30, comfort: float = 0.16
) -> Array:
    """Section (height over the finger, y) of a court band: domed outside, eased inside.

    Parameters
    ----------
    width, thickness : float
        mm.
    count : int
        Points of each face.
    crown, comfort : float
        Share of the thickness by which the outer and the inner face fall away to the edges.
    """
    s = np.linspace(-1.0, 1.0, count)
    # Steep at the rims, so that the edges are rounded like a worn ring's.
    inner = thickness * comfort * np.abs(s) ** 3.0
    outer = thickness * (1.0 - crown * np.abs(s) ** 2.6)
    y = 0.5 * width * s
    rim = 0.5 * (inner[0] + outer[0])
    tip = 0.5 * width * 1.03
    left, right = np.array([[rim, -tip]]), np.array([[rim, tip]])
    return np.vstack([left, np.column_stack([outer, y]), right, np.column_stack([inner, y])[::-1]])


def band(
    inner_diameter: float,
    section: Callable[[float], Array],
    count: int,
    material: str,
    *,
    crease_degrees: float = 55.0,
) -> Mesh:
    """Carry a section around the finger.

    Parameters
    ----------
    inner_diameter : float
        mm.
    section : callable
        (height, y) outline, shape (M, 2), at an angle in (-pi, pi] from the top.
    count : int
        Stations around.
    material : str
    crease_degrees : float
    """
    angles = np.pi * (2.0 * np.arange(count) / count - 1.0)
    rows = []
    for a in angles:
        height, y = section(float(a)).T
        rows.append(around(a, 0.5 * inner_diameter + height, y))
    return grid(
        np.array(rows),
        material,
        closed_rows=True,
        closed_columns=True,
        crease_degrees=crease_degrees,
    )


def rope(
    radius: float,
    wire: float,
    strands: int,
    turns: int,
    count: tuple[int, int],
    y: float,
    material: str,
) -> list[Mesh]:
    """Twist wires into a rope around the finger.

    Parameters
    ----------
    radius : float
        Of the rope's middle line, mm.
    wire : float
        Radius of each wire, mm.
    strands, turns : int
        Wires, and their turns in one round.
    count : tuple of int
        Stations of each wire, and points around it.
    y : float
        Where along the finger, mm.
    material : str
    """
    angle = 2.0 * np.pi * np.arange(count[0]) / count[0]
    lay = 1.08 * wire / np.sin(np.pi / strands) if strands > 2 else 1.02 * wire
    ropes = []
    for k in range(strands):
        phase = turns * angle + 2.0 * np.pi * k / strands
        path = around(angle, radius + lay * np.cos(phase), y + lay * np.sin(phase))
        ropes.append(
            tube(path, oval(wire, wire, count[1]), material, closed=True, crease_degrees=100.0)
        )
    return ropes
