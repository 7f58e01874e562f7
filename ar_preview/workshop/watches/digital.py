"""A digital watch: resin case, pushers, and a liquid-crystal display of sinking segments."""

from __future__ import annotations

from datetime import time
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from ar_preview.products.clocks import SEGMENTS, Clock
from ar_preview.products.product import Material, Texture
from ar_preview.workshop.limb import coarser
from ar_preview.workshop.meshkit import oval, prism, rotation_y, rotation_z, tube, turned
from ar_preview.workshop.metals import STEEL
from ar_preview.workshop.watches.build import GIRTH, SKIN_GAP, Moving, Watch, assembled
from ar_preview.workshop.watches.case import CRYSTAL
from ar_preview.workshop.watches.prints import write_centred
from ar_preview.workshop.watches.straps import StrapPlan, band_strap

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["digital"]

_SHOWN = time(10, 8)
_DIGIT = (3.6, 6.6)
_STROKE, _SLANT = 0.72, 0.10
_SINK_MM = 0.5

_GLASS_Z = 9.36
"""Height of the display over the case back, mm."""

_SCREEN = (11.6, 7.6)
"""Half sizes of the display, mm."""

_DIGITS_X, _DIGITS_Y = (-7.8, -3.1, 2.9, 7.6), -1.3

_RESINS = {
    name: Material(name=f"resin_{name}", base_color=(*rgb, 1.0), metallic=0.0, roughness=0.42)
    for name, rgb in (
        ("black", (0.018, 0.018, 0.020)),
        ("olive", (0.060, 0.072, 0.030)),
        ("coral", (0.62, 0.095, 0.060)),
    )
}


def _segment(name: str) -> Array:
    """Outline of a segment of an upright digit about its middle, mm."""
    w, h = 0.5 * _DIGIT[0], 0.5 * _DIGIT[1]
    t, gap = 0.5 * _STROKE, 0.12
    inner_w = w - t
    if name in "adg":
        y = {"a": h - t, "g": 0.0, "d": -h + t}[name]
        reach = inner_w - gap
        bar = [(-reach, 0.0), (-reach + t, -t), (reach - t, -t), (reach, 0.0), (reach - t, t),
               (-reach + t, t)]  # fmt: skip
        points = np.array(bar) + [0.0, y]
    else:
        x = inner_w if name in "bc" else -inner_w
        low, high = (gap, h - t - gap) if name in "bf" else (-h + t + gap, -gap)
        points = np.array(
            [(x, low), (x + t, low + t), (x + t, high - t), (x, high), (x - t, high - t),
             (x - t, low + t)]
        )  # fmt: skip
    return np.asarray(points + np.column_stack([_SLANT * points[:, 1], 0.0 * points[:, 1]]))


def _digits(material: str) -> list[Moving]:
    """All segments of the four digits; those dark at rest lie below the glass."""
    shown = (_SHOWN.hour // 10, _SHOWN.hour % 10, _SHOWN.minute // 10, _SHOWN.minute % 10)
    found = []
    for k, (x, number) in enumerate(zip(_DIGITS_X, shown, strict=True)):
        for name in "abcdefg":
            lit = name in SEGMENTS[number]
            z = _GLASS_Z + SKIN_GAP - (0.0 if lit else _SINK_MM)
            mesh = prism(_segment(name), -0.05, 0.04, material)
            found.append(Moving(f"digit_{k + 1}_{name}", [mesh], (x, _DIGITS_Y, z)))
    return found


@cache
def _display_print() -> Texture:
    """Draw the display's ground, with the faint ghosts of all segments."""
    scale = 32
    width, height = (round(2.0 * scale * v) for v in _SCREEN)
    ground, ink = np.array([168.0, 178.0, 158.0]), (26, 30, 27)
    soft = (144, 153, 136)
    shade = np.linspace(1.05, 0.95, height)[:, None, None] * np.ones((1, width, 1))
    picture = Image.fromarray(np.clip(ground * shade, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)

    def px(x: float, y: float) -> tuple[float, float]:
        return (x + _SCREEN[0]) * scale, (_SCREEN[1] - y) * scale

    for x in _DIGITS_X:
        for name in "abcdefg":
            draw.polygon([px(x + u, _DIGITS_Y + v) for u, v in _segment(name)], fill=soft)
    write_centred(draw, "TU 17-11", px(-5.6, 5.2), 2.3 * scale, ink, 0.06)
    write_centred(draw, "ALM  SIG", px(6.4, 5.2), 1.5 * scale, soft, 0.06)
    draw.line([px(-10.4, 3.4), px(10.4, 3.4)], fill=ink, width=5)
    for k in range(24):
        (left, top), (right, low) = (
            px(-10.0 + 0.87 * k - 0.24, -5.9),
            px(-10.0 + 0.87 * k + 0.24, -6.7),
        )
        draw.rectangle([left, top, right, low], fill=ink if k < 14 else soft)
    return _reduced(picture, 2)


def _reduced(picture: Image.Image, factor: int) -> Texture:
    size = (picture.width // factor, picture.height // factor)
    small = np.asarray(picture.resize(size, Image.Resampling.LANCZOS), dtype=np.uint8)
    alpha = np.full((*small.shape[:2], 1), 255, np.uint8)
    return Texture(np.concatenate([small, alpha], axis=2), "clamp", "clamp")


@cache
def _face_print(size: int = 512) -> Texture:
    """Draw the lettering around the display."""
    large = 2 * size
    picture = Image.new("RGB", (large, large), (13, 14, 16))
    draw = ImageDraw.Draw(picture)
    write_centred(draw, "TALLY", (0.5 * large, 0.10 * large), 0.075 * large, (232, 233, 235), 0.35)
    small_print = (
        ("LIGHT", 0.13, 0.205, (150, 154, 160)),
        ("MODE", 0.13, 0.80, (150, 154, 160)),
        ("START", 0.87, 0.205, (150, 154, 160)),
        ("LAP", 0.87, 0.80, (150, 154, 160)),
        ("WATER RESIST 10 BAR", 0.5, 0.90, (206, 64, 44)),
    )
    for text, x, y, ink in small_print:
        write_centred(draw, text, (x * large, y * large), 0.034 * large, ink, 0.12)
    return _reduced(picture, 2)


def _pusher(side: float, y: float, material: str) -> Mesh:
    profile = [(0.0, -1.0), (1.5, -1.0), (1.5, 1.3), (1.25, 1.65), (0.0, 1.75)]
    knob = turned(profile, 18, material).rotated(rotation_y(side * 0.5 * np.pi))
    return knob.moved((side * 18.6, y, 5.0))


def digital(quality: float = 1.0) -> Watch:
    """Square resin watch; its digits show the time."""
    plan = StrapPlan(
        girth=GIRTH,
        standoff=1.4,
        bar=(20.2, 2.2 + SKIN_GAP),
        width=22.0,
        tip_width=17.5,
        thickness=2.3,
        lug_thickness=4.0,
        twelve=70.0,
        six=120.0,
    )
    count = coarser(52, quality, 32)
    resin, metal = _RESINS["black"], STEEL.name
    ink, face = "display_ink", "face"
    frame = oval(_SCREEN[0] + 0.5, _SCREEN[1] + 0.5, count, 12.0)
    rim = np.column_stack([frame, np.full(count, 9.42)])
    dots = [prism(oval(0.42, 0.42, 10), -0.05, 0.04, ink).moved((0.13 * y, y + _DIGITS_Y, 0.0))
            for y in (-1.5, 1.5)]  # fmt: skip
    screen = 0.999 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * _SCREEN
    case = [
        prism(oval(18.4, 20.4, count, 5.0), 0.0, 7.6, resin.name, bevel=2.0, rows=4,
              bottom_bevel=0.8),
        prism(oval(16.9, 17.8, count, 5.5), 7.0, 9.0, resin.name, bevel=0.8, rows=3),
        prism(oval(15.0, 15.3, count, 7.0), 8.0, 9.3, face, bevel=0.15, rows=1,
              uv_box=(-15.0, 15.0, -15.3, 15.3)),
        tube(rim, oval(0.32, 0.24, 6), metal, closed=True, up=(0.0, 0.0, 1.0)),
        prism(screen, 8.0, _GLASS_Z, "display",
              uv_box=(-_SCREEN[0], _SCREEN[0], -_SCREEN[1], _SCREEN[1])),
        *(d.moved((0.0, 0.0, _GLASS_Z)) for d in dots),
        *_horns(resin.name, plan.width),
    ]  # fmt: skip
    gap = np.array([0.0, 0.0, SKIN_GAP])
    pushers = [
        Moving(f"pusher_{'left' if s < 0 else 'right'}_{'upper' if y > 0 else 'lower'}",
               [_pusher(s, y, metal).moved(gap)])
        for s in (-1.0, 1.0) for y in (-9.0, 9.0)
    ]  # fmt: skip
    glass = prism(oval(14.8, 15.1, count, 7.0), 9.6, 9.75, CRYSTAL.name, bevel=0.1, rows=1)
    head = [
        Moving("head", [m.moved(gap) for m in case]),
        *_digits(ink),
        *pushers,
        Moving("crystal", [glass.moved(gap)]),
    ]
    parts, strap = band_strap(plan, resin.name, metal, quality=quality, exponent=6.0)
    names = tuple(f"digit_{k}" for k in (1, 2, 3, 4))
    materials = (
        *_RESINS.values(),
        STEEL,
        CRYSTAL,
        Material(name=ink, base_color=(0.012, 0.014, 0.012, 1.0), metallic=0.0, roughness=0.5),
        Material(name="display", base_color_texture=_display_print(), metallic=0.0, roughness=0.45),
        Material(name=face, base_color_texture=_face_print(), metallic=0.0, roughness=0.25),
    )
    return assembled(
        "digital",
        head,
        parts,
        strap,
        Clock(_SHOWN, digits=names, sink_m=1e-3 * _SINK_MM),
        materials,
        {name: {} if m is resin else {resin.name: m.name} for name, m in _RESINS.items()},
    )


def _horns(material: str, width: float) -> list[Mesh]:
    """Return the ends of the case that the strap grows out of."""
    half = 0.5 * width
    shape = np.array([(-half, 17.0), (half, 17.0), (half - 0.6, 22.4), (-half + 0.6, 22.4)])
    block = prism(shape, 0.4, 6.4, material, bevel=1.4, rows=3, bottom_bevel=0.6)

    def sloped(p: Array) -> Array:
        fall = 0.12 * np.maximum(p[:, 1] - 18.0, 0.0) ** 2 * (p[:, 2] > 2.0)
        return np.asarray(p - np.column_stack([0.0 * fall, 0.0 * fall, fall]))

    upper = block.mapped(sloped)
    return [upper, upper.rotated(rotation_z(np.pi))]
