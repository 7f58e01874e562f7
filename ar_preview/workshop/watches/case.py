"""Cases: turned bodies, lugs, crowns, bezels and crystals.

Axes of the dial: x to 3 o'clock, y to 12, z out; the case back lies on z = 0; mm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Material
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import prism, rotation_y, rotation_z, turned

if TYPE_CHECKING:
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["CRYSTAL", "bezel", "crown", "crystal", "lugs", "middle"]

CRYSTAL = Material(
    name="crystal",
    metallic=0.0,
    roughness=0.0,
    transmission=1.0,
    ior=1.52,
    # Anti-reflective inside: half of what bare glass mirrors.
    specular=0.4,
)


def middle(radius: float, height: float, material: str, quality: float) -> Mesh:
    """Turn the case middle with its back: flank, chamfers, the step under the bezel."""
    r, h = radius, height
    profile = [
        (0.0, 0.0),
        (r - 5.0, 0.0),
        (r - 3.4, 0.5),
        (r - 1.2, 1.3),
        (r - 0.25, 1.75),
        (r, 2.15),
        (r, h - 0.45),
        (r - 0.18, h - 0.12),
        (r - 0.8, h),
        (r - 3.4, h),
    ]
    return turned(profile, coarser(64, quality, 32), material, crease_degrees=30.0)


def bezel(
    radius: float, opening: float, low: float, high: float, material: str, quality: float
) -> Mesh:
    """Turn a polished bezel that rolls from the flank to the crystal."""
    turn = np.linspace(0.0, 0.5 * np.pi, 5)
    width, rise = radius - opening, high - low - 0.5
    outer = [
        (opening + 0.35 + (width - 0.35) * np.cos(a), low + 0.5 + rise * np.sin(a)) for a in turn
    ]
    profile = [(radius, low), *outer, (opening, high - 0.25), (opening - 0.05, low - 0.9)]
    return turned(profile, coarser(64, quality, 32), material, crease_degrees=40.0)


def lugs(
    gap: float,
    width: float,
    inner: float,
    reach: float,
    top: float,
    bottom: float,
    material: str,
    quality: float,
) -> list[Mesh]:
    """Build four lugs that curve down to the strap's bars.

    Parameters
    ----------
    gap, width : float
        Between a pair, and of one lug along x.
    inner, reach : float
        Where lugs begin, inside the case, and end, as distance from the middle along y.
    top, bottom : float
        Height at the case and of the tips.
    material : str
    """
    t = np.linspace(0.0, 1.0, coarser(8, quality, 4))
    upper = np.column_stack([inner + (reach - inner) * t, top - (top - bottom - 1.5) * t**2.2])
    lower = np.column_stack(
        [inner + (reach - inner - 0.4) * t[::-1], 0.9 - (0.9 - bottom) * t[::-1] ** 2.0]
    )
    side = np.vstack([upper, [[reach + 0.25, bottom + 0.7]], lower])
    plate = prism(
        side, 0.0, width, material, bevel=0.42, rows=2 if quality > 0.7 else 1, bottom_bevel=0.3
    )
    # The profile's (y, z) plane lies in (x, y) before: x to y, y to z, z to x.
    upright = plate.rotated(np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    right = upright.moved((0.5 * gap, 0.0, 0.0))
    left = right.mirrored()
    return [p.rotated(rotation_z(a)) for p in (right, left) for a in (0.0, np.pi)]


def crown(
    radius: float, z: float, material: str, quality: float, size: float = 3.1, teeth: int = 16
) -> Mesh:
    """Return a fluted crown at 3 o'clock."""
    profile = [
        (0.0, -1.0),
        (0.55 * size, -1.0),
        (0.55 * size, 0.05),
        (0.92 * size, 0.15),
        (size, 0.5),
        (size, 3.1),
        (0.9 * size, 3.5),
        (0.6 * size, 3.75),
        (0.0, 3.8),
    ]
    knob = turned(
        profile,
        16,
        material,
        teeth=(teeth, 0.24, 0.95 * size) if quality > 0.7 else None,
        crease_degrees=62.0,
    )
    return knob.rotated(rotation_y(0.5 * np.pi)).moved((radius, 0.0, z))


def crystal(radius: float, low: float, dome: float, quality: float) -> Mesh:
    """Return the outer face of a domed crystal with a bevelled rim."""
    share = np.linspace(1.0, 0.0, 5)
    profile = [(radius + 0.02, low - 0.4), (radius, low)]
    profile += [((radius - 0.35) * s, low + 0.2 + dome * (1.0 - s * s)) for s in share]
    return turned(profile, coarser(44, quality, 24), CRYSTAL.name, crease_degrees=25.0)
