"""Straps of watches: stitched leather, three-row steel, ribbed resin.

Each is a list of parts on the curve around the wrist, at rest on the wrist that it is made for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.products.straps import StrapPath, radii_of_girth
from ar_preview.workshop.limb import ROUND_THE_BAR_MM, Part, coarser, cuts, segments, strap_of
from ar_preview.workshop.meshkit import grid, oval, prism, smoothstep, sphere, tube

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.geometry import Array
    from ar_preview.products.straps import Side, Strap
    from ar_preview.workshop.meshkit import Mesh

__all__ = ["StrapPlan", "band_strap", "link_bracelet"]

_M_PER_MM = 1e-3


@dataclass(frozen=True)
class StrapPlan:
    """Sizes of a strap, mm.

    Parameters
    ----------
    girth : float
        Circumference of the wrist that it rests on.
    standoff : float
        Height of its curve over the skin.
    bar : tuple of float
        Bar of the lugs: distance from the middle and height over the top of the wrist.
    width, tip_width : float
        At the lugs and at the buckle.
    thickness, lug_thickness : float
    twelve, six : float
        Lengths of the halves.
    pitch : float
        Of one part.
    """

    girth: float
    standoff: float
    bar: tuple[float, float]
    width: float
    tip_width: float
    thickness: float
    lug_thickness: float
    twelve: float
    six: float
    pitch: float = 6.0

    @property
    def half(self) -> float:
        """Length of the curve at rest from the bar to the middle of the underside, mm."""
        radii = radii_of_girth(_M_PER_MM * self.girth)
        bar = (_M_PER_MM * self.bar[0], _M_PER_MM * self.bar[1])
        return StrapPath(radii, _M_PER_MM * self.standoff, bar).half / _M_PER_MM

    def widths(self, s: Array) -> Array:
        """Width at arc lengths, mm."""
        narrow = smoothstep(s, 4.0, 0.75 * self.twelve)
        return np.asarray(self.width + (self.tip_width - self.width) * narrow)

    def thicknesses(self, s: Array) -> Array:
        """Thickness at arc lengths, mm: padded beside the case."""
        padding = np.exp(-((np.maximum(s, 0.0) / 20.0) ** 2))
        return np.asarray(self.thickness + (self.lug_thickness - self.thickness) * padding)


def band_strap(
    plan: StrapPlan,
    material: str,
    metal: str,
    *,
    quality: float,
    exponent: float = 4.0,
    texture_mm: float = 20.0,
) -> tuple[list[Part], Strap]:
    """Build a strap of two halves with a pin buckle under the wrist.

    Parameters
    ----------
    plan : StrapPlan
    material, metal : str
    quality : float
    exponent : float
        Of the superelliptic section; higher is squarer.
    texture_mm : float
        Length of the texture along the strap.

    Returns
    -------
    parts : list of Part
    strap : Strap
    """
    lift = plan.thickness + 0.25
    halves: tuple[tuple[Side, float, float], ...] = (
        ("twelve", plan.twelve, 0.0),
        ("six", plan.six, 6.0),
    )
    fittings = [
        Part("buckle", "twelve", plan.twelve + 1.0, _buckle(plan, metal, quality)),
        Part("keeper", "twelve", plan.twelve - 12.3, [_keeper(plan, lift, material, quality)]),
    ]
    empty = [p for side, length, _ in halves for p in cuts(side, length, plan.pitch)]
    strap = strap_of(
        [*empty, *fittings], plan.girth, plan.standoff, head="head", bar=plan.bar, lift=lift
    )
    parts: list[Part] = []
    for side, length, tip in halves:
        parts += segments(
            strap,
            side,
            length,
            _section(plan, length, tip, exponent),
            material,
            columns=coarser(16, quality, 10),
            rows=2 if quality > 0.7 else 1,
            texture_mm=texture_mm,
        )
    return [*parts, *fittings], strap


def _section(
    plan: StrapPlan, length: float, tip: float, exponent: float
) -> Callable[[Array, Array], tuple[Array, Array]]:
    """Superelliptic section of one half; the free end is rounded over `tip` mm."""
    power = 2.0 / exponent

    def section(s: Array, v: Array) -> tuple[Array, Array]:
        angle = 2.0 * np.pi * v
        c, n = np.cos(angle), np.sin(angle)
        width, thick = plan.widths(s), plan.thicknesses(s)
        lift = 0.5 * (thick - plan.thickness)
        # Slung round the bar.
        thick = thick * np.sqrt(1.0 - np.clip(-s / ROUND_THE_BAR_MM, 0.0, 0.98) ** 2)
        if tip > 0.0:
            missing = np.clip((s - (length - tip)) / tip, 0.0, 0.995)
            width = width * np.sqrt(1.0 - missing**2)
        y = 0.5 * width * np.sign(c) * np.abs(c) ** power
        z = 0.5 * thick * np.sign(n) * np.abs(n) ** power
        return np.asarray(y), np.asarray(z + lift)

    return section


def _buckle(plan: StrapPlan, metal: str, quality: float) -> list[Mesh]:
    """Frame, bar and tongue; x runs back to the lugs on this half."""
    half = 0.5 * plan.tip_width + 1.9
    frame = oval(6.2, half, coarser(24, quality, 16), 5.0)
    ring = np.column_stack([frame - [3.2, 0.0], np.full(len(frame), 0.9)])
    wire = oval(0.8, 0.95, 8)
    bar = np.array([[1.6, -half, 0.3], [1.6, half, 0.3]])
    tongue = np.array(
        [[1.6, 0.0, 0.4], [0.6, 0.0, 2.1], [-4.0, 0.0, 2.6], [-9.2, 0.0, 2.1], [-10.0, 0.0, 1.7]]
    )
    return [
        tube(ring, wire, metal, closed=True, up=(0.0, 0.0, 1.0)),
        tube(bar, oval(0.7, 0.7, 8), metal),
        tube(tongue, oval(0.62, 0.5, 8), metal, up=(0.0, 0.0, 1.0)),
    ]


def _keeper(plan: StrapPlan, lift: float, material: str, quality: float) -> Mesh:
    """Return a loop around both halves."""
    half = 0.5 * plan.tip_width + 0.9
    low, high = -0.5 * plan.thickness - 0.5, lift + 0.5 * plan.thickness + 0.55
    outline = oval(half, 0.5 * (high - low), coarser(28, quality, 16), 5.0)
    y, z = outline[:, 0], outline[:, 1] + 0.5 * (low + high)
    section = np.array(
        [(-2.3, 0.0), (-2.0, 0.5), (2.0, 0.5), (2.3, 0.0), (2.0, -0.4), (-2.0, -0.4)]
    )
    middle = np.array([0.0, 0.5 * (low + high)])
    rows = []
    for p in np.column_stack([y, z]):
        out = (p - middle) / np.linalg.norm(p - middle)
        rows.append([(x, *(p + h * out)) for x, h in section])
    return grid(np.array(rows), material, closed_rows=True, closed_columns=True)


def link_bracelet(
    plan: StrapPlan, satin: str, polished: str, *, quality: float, pitch: float = 7.8
) -> tuple[list[Part], Strap]:
    """Build three-row links from both ends, and the clasp that hides where they meet.

    Links of a smaller wrist slide under the clasp, as surplus ones are taken out.
    """
    rows = 2 if quality > 0.7 else 1
    parts = []
    halves: tuple[tuple[Side, float], ...] = (("twelve", plan.twelve), ("six", plan.six))
    for side, length in halves:
        number = int(length / pitch)
        for k in range(number):
            middle = (k + 0.5) * pitch
            width = float(plan.widths(np.array([middle]))[0])
            meshes = _link(width, pitch, plan.thickness, satin, polished, rows)
            parts.append(Part(f"link_{side}_{k:02d}", side, middle, meshes))
    parts.append(Part("clasp", "twelve", plan.half, _clasp(plan, satin, polished, rows)))
    return parts, strap_of(parts, plan.girth, plan.standoff, head="head", bar=plan.bar)


def _link(
    width: float, pitch: float, thickness: float, satin: str, polished: str, rows: int
) -> list[Mesh]:
    long = pitch - 0.25
    inner = 0.235 * width
    pieces = []

    def domed(p: Array) -> Array:
        # A flat top would mirror one spot of the room; a dome rolls lights over each link.
        fall = 0.42 * (2.0 * p[:, 0] / pitch) ** 2 + 0.30 * (2.0 * p[:, 1] / width) ** 2
        return np.asarray(p - np.column_stack([0 * fall, 0 * fall, fall]))

    for low, high, shift, material in (
        (-0.5 * width, -inner - 0.08, 0.0, satin),
        (inner + 0.08, 0.5 * width, 0.0, satin),
        (-inner, inner, 0.5 * pitch, polished),
    ):
        box = np.array(
            [(-0.5 * long, low), (0.5 * long, low), (0.5 * long, high), (-0.5 * long, high)]
        )
        top = 0.5 * thickness + (0.12 if material == polished else 0.0)
        piece = prism(
            box, -0.5 * thickness, top, material, bevel=0.45, rows=rows, crease_degrees=50.0
        )
        pieces.append(piece.mapped(domed).moved((shift, 0.0, 0.0)))
    return pieces


def _clasp(plan: StrapPlan, satin: str, polished: str, rows: int) -> list[Mesh]:
    """Return a folding clasp, bent to the underside of the wrist."""
    radius = _bottom_radius(plan)
    half, width = 17.5, 0.5 * plan.tip_width + 0.7
    long = np.linspace(-half, half, 9)
    outline = np.vstack(
        [
            np.column_stack([long, np.full(9, -width)]),
            np.column_stack([long[::-1], np.full(9, width)]),
        ]
    )
    body = prism(
        outline,
        -0.5 * plan.thickness - 0.7,
        0.5 * plan.thickness + 0.9,
        satin,
        bevel=0.6,
        rows=rows,
    )
    knob = sphere(0.9, 10, 6, polished)
    knobs = [knob.moved((0.0, s * width, 0.4)) for s in (-1.0, 1.0)]

    def bent(p: Array) -> Array:
        angle = p[:, 0] / radius
        r = radius + p[:, 2]
        return np.column_stack([r * np.sin(angle), p[:, 1], r * np.cos(angle) - radius])

    return [body.mapped(bent), *knobs]


def _bottom_radius(plan: StrapPlan) -> float:
    a, b = (r / _M_PER_MM for r in radii_of_girth(_M_PER_MM * plan.girth))
    return a * a / b
