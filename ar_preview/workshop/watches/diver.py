"""A diver on steel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Material
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import grid, oval, prism, rotation_z, turned
from ar_preview.workshop.metals import GOLD, STEEL, satin
from ar_preview.workshop.watches.build import (
    GIRTH,
    HANDS,
    SKIN_GAP,
    Moving,
    Watch,
    assembled,
    dial_plate,
    rehaut,
    running_hands,
)
from ar_preview.workshop.watches.case import CRYSTAL, crown, crystal, lugs, middle
from ar_preview.workshop.watches.hands import pinion, sweep_second, sword
from ar_preview.workshop.watches.prints import bezel_insert, dial_print
from ar_preview.workshop.watches.straps import StrapPlan, link_bracelet

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["diver"]


def diver(quality: float = 1.0) -> Watch:
    """Diver of 41 mm with a turning bezel on a three-row bracelet."""
    plan = StrapPlan(
        girth=GIRTH,
        standoff=1.6,
        bar=(21.6, 2.4 + SKIN_GAP),
        width=20.0,
        tip_width=16.4,
        thickness=2.6,
        lug_thickness=2.6,
        twelve=72.0,
        six=80.0,
    )
    metal, flank, z = STEEL.name, "steel_satin", 8.0
    ink = (228, 230, 226)
    dials = {
        name: Material(
            name=f"dial_{name}",
            base_color_texture=dial_print(
                rgb, ink, (("FATHOM", 0.40, 0.115), ("200 m", -0.36, 0.075),
                           ("AUTOMATIC", -0.47, 0.055)),
                size=400, sunburst=burst, glow=0.35, track=(0.93, 0.975),
            ),
            metallic=0.0,
            roughness=0.34,
        )
        for name, rgb, burst in (("black", (0.009, 0.010, 0.012), 0.0),
                                 ("blue", (0.010, 0.045, 0.135), 0.05))
    }  # fmt: skip
    inserts = {
        name: Material(
            name=f"ceramic_{name}",
            base_color_texture=bezel_insert(rgb, ink, 16.6 / 19.7, 400),
            metallic=0.0,
            roughness=0.16,
            clearcoat=1.0,
            clearcoat_roughness=0.03,
        )
        for name, rgb in (("black", (14, 15, 17)), ("blue", (13, 38, 84)))
    }
    lume = Material(
        name="lume", base_color=(0.74, 0.82, 0.68, 1.0), metallic=0.0, roughness=0.6,
        emissive=(0.015, 0.03, 0.02),
    )  # fmt: skip
    body = [
        middle(20.5, 8.4, flank, quality),
        rehaut(16.45, 15.8, 10.6, z - 0.05, flank, quality),
        *lugs(20.2, 3.0, 14.6, 24.0, 7.4, 0.4, flank, quality),
        dial_plate(15.9, z, dials["black"].name, quality),
        *_lume_markers(z, metal, lume.name, quality),
        pinion(z, z + 2.1, metal),
        *_guards(flank, quality),
        *_end_links(20.4, 20.0, flank, quality),
    ]
    coin = [(19.8, 8.3), (20.8, 8.55), (20.95, 8.8), (20.95, 9.9), (20.75, 10.25), (19.75, 10.4),
            (19.7, 10.1)]  # fmt: skip
    ring = [
        turned(
            coin,
            coarser(40, quality, 32),
            metal,
            teeth=(48, 0.28, 20.7) if quality > 0.7 else None,
            crease_degrees=62.0,
        ),
        _insert(inserts["black"].name, quality),
        turned(
            [(16.6, 11.0), (16.45, 11.15), (16.2, 11.05), (16.2, 10.3)], coarser(56, quality), metal
        ),
        *(m.moved((0.0, 18.2, 10.63)) for m in [_pip(lume.name)]),
    ]
    minute = sword(13.0, 2.1, 3.0, metal, lume.name)
    hour = sword(8.4, 2.7, 3.0, metal, lume.name)
    second = [*sweep_second(13.6, 4.4, metal), _dot(9.6, lume.name)]
    gap = np.array([0.0, 0.0, SKIN_GAP])
    head = [
        Moving("head", [m.moved(gap) for m in body]),
        Moving("bezel", [m.moved(gap) for m in ring]),
        *running_hands(z + 0.6 + SKIN_GAP, hour, minute, second),
        Moving("crown", [crown(20.6, 4.9 + SKIN_GAP, metal, quality, 3.4)]),
        Moving("crystal", [crystal(16.3, 10.75, 0.35, quality).moved(gap)]),
    ]
    parts, strap = link_bracelet(plan, flank, metal, quality=quality)
    return assembled(
        "diver",
        head,
        parts,
        strap,
        HANDS,
        (STEEL, GOLD, satin(STEEL, flank), CRYSTAL, lume, *dials.values(), *inserts.values()),
        {
            "black": {},
            "blue": {"dial_black": "dial_blue", "ceramic_black": "ceramic_blue"},
            "two-tone": {metal: GOLD.name, "dial_black": "dial_blue",
                         "ceramic_black": "ceramic_blue"},
        },
    )  # fmt: skip


def _end_links(case: float, width: float, material: str, quality: float) -> list[Mesh]:
    """Return the pieces that fill the gap between a round case and a bracelet."""
    x = np.linspace(-0.5 * width, 0.5 * width, 9)
    inner = np.column_stack([x, np.sqrt((case - 0.15) ** 2 - x**2)])
    outer = np.column_stack([x[::-1], np.full(9, case + 2.6)])
    piece = prism(
        np.vstack([inner, outer]), 0.9, 5.6, material, bevel=0.6, rows=2 if quality > 0.7 else 1
    )

    def sloped(p: Array) -> Array:
        beyond = np.maximum(p[:, 1] - 0.88 * case, 0.0)
        return np.asarray(p - np.column_stack([0 * beyond, 0 * beyond, 0.06 * beyond**2]))

    upper = piece.mapped(sloped)
    return [upper, upper.rotated(rotation_z(np.pi))]


def _insert(material: str, quality: float) -> Mesh:
    """Return the sloping scale of the bezel; the picture lies on its plan."""
    angle = np.linspace(0.0, 2.0 * np.pi, (72 if quality > 0.7 else 28) + 1)
    rows = [
        np.column_stack([r * np.cos(angle), r * np.sin(angle), np.full(len(angle), z)])
        for r, z in ((19.7, 10.35), (16.6, 11.0))
    ]
    points = np.array(rows)
    uv = np.stack([0.5 + 0.5 * points[..., 0] / 19.7, 0.5 - 0.5 * points[..., 1] / 19.7], axis=-1)
    return grid(points, material, uv=uv, crease_degrees=60.0)


def _pip(material: str) -> Mesh:
    return prism(oval(0.55, 0.55, 12), 0.0, 0.28, material, bevel=0.1, rows=1)


def _dot(at: float, lume: str) -> Mesh:
    return prism(oval(0.75, 0.75, 14), 0.02, 0.24, lume, bevel=0.06, rows=1).moved((0.0, at, 0.0))


def _guards(material: str, quality: float) -> list[Mesh]:
    """Return the shoulders that protect the crown."""
    shape = np.array([(19.0, 3.0), (21.6, 3.5), (23.0, 4.6), (22.6, 5.6), (20.2, 7.6), (18.0, 8.0)])
    rows = 2 if quality > 0.7 else 1
    upper = prism(shape, 2.2, 7.6, material, bevel=0.7, rows=rows, bottom_bevel=0.5)
    lower = prism(shape * [1.0, -1.0], 2.2, 7.6, material, bevel=0.7, rows=rows, bottom_bevel=0.5)
    return [upper, lower]


def _lume_markers(z: float, metal: str, lume: str, quality: float) -> list[Mesh]:
    """Return a triangle at 12, bars at 6 and 9, and dots elsewhere, each in a metal frame."""
    found = []
    for hour in range(12):
        if hour == 0:
            shape = np.array([(-1.9, 13.2), (1.9, 13.2), (0.0, 9.6)])
        elif hour % 3 == 0:
            shape = np.array([(-0.85, 9.4), (0.85, 9.4), (0.85, 13.2), (-0.85, 13.2)])
        else:
            shape = oval(1.25, 1.25, coarser(16, quality, 10)) + [0.0, 11.9]
        middle = shape.mean(axis=0)
        for scale, height, material in ((1.0, 0.40, metal), (0.74, 0.48, lume)):
            piece = prism(middle + scale * (shape - middle), z, z + height, material,
                          bevel=0.1 if quality > 0.7 else 0.0, rows=1)  # fmt: skip
            found.append(piece.rotated(rotation_z(-np.pi * hour / 6.0)))
    return found
