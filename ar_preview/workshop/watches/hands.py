"""Hands and applied markers, facetted so that their flanks catch different light.

Axes of the dial, mm; a hand points to 12 and is turned by the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.workshop.meshkit import grid, oval, prism, rotation_z, turned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import time

    from ar_preview.workshop.meshkit import Mesh

__all__ = ["hand_angles", "markers", "pinion", "ridged", "sweep_second", "sword"]


def hand_angles(shown: time) -> dict[str, float]:
    """Angles of the hands from 12, counter-clockwise as seen on the dial, radians."""
    second = shown.second + 1e-6 * shown.microsecond
    minute = shown.minute + second / 60.0
    hour = shown.hour % 12 + minute / 60.0
    return {
        "hour": -2.0 * np.pi * hour / 12.0,
        "minute": -2.0 * np.pi * minute / 60.0,
        "second": -2.0 * np.pi * second / 60.0,
    }


def ridged(stations: Sequence[tuple[float, float]], height: float, material: str) -> Mesh:
    """Build a blade along y with a ridge: (y, half width) from its tail to its tip."""
    rows = []
    last = len(stations) - 1
    for k, (y, half) in enumerate(stations):
        is_end = k in {0, last}
        top = 0.35 * height if is_end else height
        rows.append(
            [(half, y, 0.0), (half, y, 0.3 * height), (0.0, y, top), (-half, y, 0.3 * height),
             (-half, y, 0.0)]
        )  # fmt: skip
    points = np.array(rows)
    ends = [np.repeat(r.mean(axis=0)[None, None], 5, axis=1) for r in points[[0, -1]]]
    closed = np.concatenate([ends[0], points, ends[1]])
    return grid(closed, material, closed_columns=True, crease_degrees=12.0)


def sword(length: float, width: float, tail: float, metal: str, lume: str) -> list[Mesh]:
    """Broad flat hand of a diver: a metal frame around luminous paint."""
    half = 0.5 * width
    blade = np.array(
        [(-half, 0.30 * length), (half, 0.30 * length), (half, 0.90 * length), (0.0, length),
         (-half, 0.90 * length)]
    )  # fmt: skip
    middle = blade.mean(axis=0)
    paint = middle + (blade - middle) * [0.66, 0.88]
    stem = np.array([(-0.42, -tail), (0.42, -tail), (0.42, 0.32 * length), (-0.42, 0.32 * length)])
    return [
        prism(blade, 0.0, 0.26, metal, bevel=0.08, rows=1),
        prism(stem, 0.0, 0.24, metal, bevel=0.06, rows=1),
        prism(paint, 0.05, 0.30, lume, bevel=0.04, rows=1),
    ]


def sweep_second(length: float, tail: float, material: str) -> list[Mesh]:
    """Return a needle with a counterweight."""
    needle = np.array([(-0.17, 0.0), (0.17, 0.0), (0.10, length), (-0.10, length)])
    weight = np.array([(-0.34, -tail), (0.34, -tail), (0.18, 0.0), (-0.18, 0.0)])
    return [
        prism(needle, 0.0, 0.16, material, bevel=0.03, rows=1),
        prism(weight, 0.0, 0.18, material, bevel=0.04, rows=1),
        prism(oval(0.75, 0.75, 16), 0.0, 0.24, material, bevel=0.08, rows=1),
    ]


def pinion(low: float, high: float, material: str) -> Mesh:
    """Return the cap on the axis of the hands."""
    profile = [(0.55, low), (0.55, high - 0.15), (0.35, high), (0.0, high)]
    return turned(profile, 14, material)


def markers(
    radius: float, z: float, length: float, width: float, material: str, skip: Sequence[int] = ()
) -> list[Mesh]:
    """Return applied batons at the hours, two at 12."""
    half = 0.5 * width
    found = []
    for hour in range(12):
        if hour in skip:
            continue
        baton = ridged(
            [(-0.5 * length, half), (-0.42 * length, half), (0.42 * length, half),
             (0.5 * length, half)],
            0.55,
            material,
        )  # fmt: skip
        offsets = (-0.82 * width, 0.82 * width) if hour == 0 else (0.0,)
        for x in offsets:
            placed = baton.moved((x, radius - 0.5 * length, z))
            found.append(placed.rotated(rotation_z(-np.pi * hour / 6.0)))
    return found
