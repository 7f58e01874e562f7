"""A dress watch on leather."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.product import Material, Texture
from ar_preview.workshop.meshkit import oval, smoothstep, tube
from ar_preview.workshop.metals import ROSE_GOLD, STEEL, satin
from ar_preview.workshop.textures import leather, normals_from_height, rgba_from_linear
from ar_preview.workshop.watches.build import (
    GIRTH,
    HANDS,
    HANDS_GOLD,
    HANDS_STEEL,
    SKIN_GAP,
    Moving,
    Watch,
    assembled,
    dial_plate,
    rehaut,
    running_hands,
)
from ar_preview.workshop.watches.case import CRYSTAL, bezel, crown, crystal, lugs, middle
from ar_preview.workshop.watches.hands import markers, pinion, ridged, sweep_second
from ar_preview.workshop.watches.prints import dial_print
from ar_preview.workshop.watches.straps import StrapPlan, band_strap

if TYPE_CHECKING:
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["analogue"]


@cache
def _leather_material(name: str, tint: tuple[float, float, float]) -> Material:
    height, shade = leather(140, cells=380)
    size = height.shape[0]
    # Stitches: slanted threads in pierced holes along both edges.
    v, u = np.mgrid[:size, :size] / size
    along = np.mod(v * 6.0, 1.0) - 0.5
    edge = np.minimum(np.abs(u - 0.115), np.abs(u - 0.885))
    thread = np.clip(1.0 - (edge / 0.020) ** 2, 0.0, 1.0) * (np.abs(along) < 0.36)
    groove = np.exp(-((edge / 0.035) ** 2))
    height = height - 0.012 * groove + 0.030 * np.sqrt(thread)
    color = np.asarray(tint) * (shade * (1.0 - 0.35 * groove))[..., None]
    lit = thread[..., None] > 0.05
    light = np.asarray(tint) * 0.35 + np.array([0.50, 0.42, 0.30]) * 0.65
    color = np.where(lit, light * (0.55 + 0.45 * thread[..., None]), color)
    # The cut edge is painted smooth and dark; it is also what the sides of the strap show.
    rim = smoothstep(np.minimum(u, 1.0 - u), 0.015, 0.06)
    height = height * rim
    color = color * rim[..., None] + 0.42 * np.asarray(tint) * (1.0 - rim[..., None])
    return Material(
        name=name,
        base_color_texture=Texture(rgba_from_linear(color)),
        metallic=0.0,
        roughness=0.50,
        normal_texture=Texture(normals_from_height(height, 1.0, tiles=True)),
        normal_scale=0.9,
    )


_DIALS = {
    "midnight": (0.012, 0.030, 0.085),
    "ivory": (0.70, 0.66, 0.57),
    "racing green": (0.010, 0.055, 0.032),
}


def analogue(quality: float = 1.0) -> Watch:
    """Dress watch of 40 mm on stitched calf."""
    plan = StrapPlan(
        girth=GIRTH,
        standoff=1.35,
        bar=(20.8, 2.2 + SKIN_GAP),
        width=19.6,
        tip_width=16.0,
        thickness=2.1,
        lug_thickness=3.7,
        twelve=71.0,
        six=120.0,
    )
    white, ink = (236, 238, 240), (38, 36, 34)
    lines = (("ORRERY", 0.47, 0.115), ("AUTOMATIC", -0.42, 0.062), ("5 ATM", -0.52, 0.052))
    dials = {
        name: Material(
            name=f"dial_{name.replace(' ', '_')}",
            base_color_texture=dial_print(
                rgb,
                ink if name == "ivory" else white,
                lines,
                size=336,
                sunburst=0.012 if name == "ivory" else 0.06,
            ),
            metallic=0.0,
            roughness=0.30,
            clearcoat=0.5,
            clearcoat_roughness=0.10,
        )
        for name, rgb in _DIALS.items()
    }
    dial = dials["midnight"].name
    metal, flank = STEEL.name, "steel_satin"
    z = 7.2
    body = [
        middle(20.0, 7.8, flank, quality),
        bezel(19.4, 17.3, 7.7, 9.9, metal, quality),
        rehaut(17.35, 16.7, 9.4, z - 0.05, flank, quality),
        *lugs(19.9, 2.7, 14.6, 23.4, 6.6, 0.2, metal, quality),
        *_bars(20.8, 2.2, 20.4, metal),
        dial_plate(16.8, z, dial, quality),
        *markers(14.5, z, 3.4, 0.85, HANDS_STEEL.name),
        pinion(z, z + 2.0, metal),
    ]
    slim = [(-3.2, 0.25), (-2.4, 0.5), (0.0, 0.35), (2.6, 0.62)]
    hour = ridged([*slim, (7.6, 0.55), (8.9, 0.04)], 0.34, HANDS_STEEL.name)
    minute = ridged([(-3.6, 0.22), (-2.6, 0.42), (0.0, 0.30), (3.0, 0.52), (11.6, 0.42),
                     (13.2, 0.04)], 0.30, HANDS_STEEL.name)  # fmt: skip
    head = [
        Moving("head", [m.moved((0.0, 0.0, SKIN_GAP)) for m in body]),
        *running_hands(
            z + 0.55 + SKIN_GAP, [hour], [minute], sweep_second(14.4, 4.2, HANDS_STEEL.name)
        ),
        Moving(
            "crown",
            [crown(20.0, 4.6 + SKIN_GAP, metal, quality)],
        ),
        Moving("crystal", [crystal(17.3, 9.55, 1.0, quality).moved((0.0, 0.0, SKIN_GAP))]),
    ]
    tan = _leather_material("leather_cognac", (0.185, 0.062, 0.021))
    black = replace(tan, name="leather_black", base_color=(0.10, 0.11, 0.13, 1.0))
    parts, strap = band_strap(plan, tan.name, metal, quality=quality)
    gold = {metal: ROSE_GOLD.name, flank: "gold_satin", HANDS_STEEL.name: HANDS_GOLD.name}
    return assembled(
        "analogue",
        head,
        parts,
        strap,
        HANDS,
        (
            STEEL,
            ROSE_GOLD,
            HANDS_STEEL,
            HANDS_GOLD,
            satin(STEEL, flank),
            satin(ROSE_GOLD, "gold_satin"),
            CRYSTAL,
            tan,
            black,
            *dials.values(),
        ),
        {
            "midnight": {},
            "ivory-gold": {dial: "dial_ivory", **gold},
            "green": {dial: "dial_racing_green"},
            "midnight-black": {tan.name: black.name},
        },
    )


def _bars(y: float, z: float, width: float, material: str) -> list[Mesh]:
    """Return the spring bars between the lugs."""
    ends = ([-0.5 * width, s * y, z] for s in (-1.0, 1.0))
    bars = ([end, [-end[0], end[1], end[2]]] for end in ends)
    return [tube(bar, oval(0.75, 0.75, 8), material) for bar in bars]
