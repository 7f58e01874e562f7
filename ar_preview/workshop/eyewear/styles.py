"""The styles of glasses that the catalogue carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.workshop.eyewear import materials as m
from ar_preview.workshop.eyewear.shield import ShieldStyle
from ar_preview.workshop.eyewear.style import (
    Bridge,
    EndPiece,
    FrontEdges,
    GlassesMaterials,
    GlassesStyle,
    NosePad,
    RimWidths,
    Temple,
    Wire,
)

if TYPE_CHECKING:
    from ar_preview.products.product import Material

__all__ = [
    "SQUARE_PANTO",
    "calder_round",
    "harper_browline",
    "kestrel_shield",
    "marlow_havana",
    "meridian_aviator",
    "odette_cat_eye",
]

SQUARE_PANTO = (
    (-0.82, 0.88),
    (-0.46, 1.03),
    (0.10, 1.04),
    (0.64, 1.01),
    (1.00, 0.90),
    (1.09, 0.46),
    (1.05, -0.08),
    (0.93, -0.64),
    (0.62, -1.02),
    (0.08, -1.07),
    (-0.46, -1.02),
    (-0.84, -0.70),
    (-0.98, -0.12),
    (-0.98, 0.48),
)
"""Control polygon between a square and a panto: flat brow, full temporal side, round below."""

_CIRCLE = tuple(
    (round(c, 4), round(s, 4))
    for c, s in (
        (1.0, 0.0),
        (0.866, 0.5),
        (0.5, 0.866),
        (0.0, 1.0),
        (-0.5, 0.866),
        (-0.866, 0.5),
        (-1.0, 0.0),
        (-0.866, -0.5),
        (-0.5, -0.866),
        (0.0, -1.0),
        (0.5, -0.866),
        (0.866, -0.5),
    )
)

_PILOT = (
    (-0.80, 0.86),
    (-0.45, 1.02),
    (0.10, 1.05),
    (0.66, 1.00),
    (1.00, 0.66),
    (1.06, 0.12),
    (0.97, -0.42),
    (0.68, -0.92),
    (0.18, -1.10),
    (-0.30, -0.98),
    (-0.68, -0.58),
    (-0.92, -0.08),
    (-1.00, 0.42),
)
"""A teardrop: flat above, full at the temple, drawn in towards the nose."""

_CAT_EYE = (
    (-0.78, 0.66),
    (-0.40, 0.86),
    (0.20, 0.98),
    (0.70, 1.12),
    (1.12, 1.22),
    (1.16, 0.86),
    (1.04, 0.25),
    (0.86, -0.45),
    (0.50, -0.93),
    (-0.02, -1.05),
    (-0.52, -0.95),
    (-0.88, -0.52),
    (-1.00, 0.05),
    (-0.96, 0.45),
)

_CLUB = (
    (-0.84, 0.84),
    (-0.45, 1.02),
    (0.20, 1.05),
    (0.78, 1.03),
    (1.05, 0.88),
    (1.07, 0.40),
    (1.00, -0.25),
    (0.72, -0.86),
    (0.20, -1.06),
    (-0.35, -1.00),
    (-0.76, -0.66),
    (-0.97, -0.05),
    (-1.02, 0.48),
)

_WIRE_RIM = RimWidths(1.05, 1.05, 1.05, 1.05)
_WIRE_PAD = NosePad(centre=-7.0, length=13.2, depth=7.4, thickness=2.4, splay_degrees=30.0)


def _wire_temple(length: float, height: float) -> Temple:
    return Temple(
        length=length,
        height=((0.0, height), (14.0, 0.86 * height), (60.0, 2.0), (length + 5.0, 1.6)),
        thickness=((0.0, 1.45), (30.0, 1.3), (length + 5.0, 1.2)),
    )


def marlow_havana() -> GlassesStyle:
    """Marlow Havana: a square panto with a keyhole bridge, 50-21-145."""
    green = m.sun_lens("lens_sun", (0.085, 0.112, 0.074))
    return GlassesStyle(
        name="marlow-havana",
        outline=SQUARE_PANTO,
        materials=GlassesMaterials(
            frame=m.tortoise(),
            hardware=m.GOLD,
            hinge=m.STEEL,
            lens=m.LENS_CLEAR,
            variants={"clear": {}, "sun": {"lens_clear": green}},
        ),
    )


def calder_round() -> GlassesStyle:
    """Calder: round wire, 47-22-145."""
    gun, grey = m.GUNMETAL, m.sun_lens("lens_grey", (0.13, 0.135, 0.145))
    return GlassesStyle(
        name="calder-round",
        outline=_CIRCLE,
        materials=GlassesMaterials(
            frame=m.light_tortoise(),
            hardware=m.GOLD,
            hinge=m.STEEL,
            lens=m.LENS_CLEAR,
            pad=m.SILICONE,
            variants={
                "gold": {},
                "gunmetal": {"metal_gold": gun, "acetate_honey": _black()},
                "sun": {"metal_gold": gun, "acetate_honey": _black(), "lens_clear": grey},
            },
        ),
        lens_width=47.0,
        lens_height=45.5,
        bridge_width=22.0,
        rim=_WIRE_RIM,
        bridge=Bridge(top=9.5, forward=0.9),
        end_piece=EndPiece(height=3.2, extension=4.6, centre=6.6, thickening=0.0),
        nose_pad=_WIRE_PAD,
        temple=_wire_temple(145.0, 3.0),
        wire=Wire(bridge_rise=3.4),
        base_curve=4.0,
        face_form_degrees=4.0,
        pantoscopic_degrees=8.0,
    )


def meridian_aviator() -> GlassesStyle:
    """Meridian: aviator with a double bridge, 58-14-140."""
    tint = (0.075, 0.085, 0.080)
    return GlassesStyle(
        name="meridian-aviator",
        outline=_PILOT,
        materials=GlassesMaterials(
            frame=_black(),
            hardware=m.GOLD,
            hinge=m.STEEL,
            lens=m.sun_lens("lens_green", (0.070, 0.105, 0.062)),
            pad=m.SILICONE,
            variants={
                "green": {},
                "mirror": {
                    "metal_gold": m.SILVER,
                    "lens_green": m.mirror_lens("lens_silver_mirror", tint, (0.42, 0.43, 0.45)),
                },
                "gradient": {
                    "lens_green": m.graded_lens(
                        "lens_brown_gradient", (0.10, 0.052, 0.026), (0.70, 0.52, 0.36)
                    ),
                },
            },
        ),
        lens_width=58.0,
        lens_height=50.0,
        bridge_width=14.0,
        rim=_WIRE_RIM,
        bridge=Bridge(top=10.5, forward=0.9),
        end_piece=EndPiece(height=3.0, extension=4.0, centre=13.0, thickening=0.0),
        nose_pad=NosePad(-8.0, 13.2, 7.4, 2.4, 30.0),
        temple=_wire_temple(140.0, 2.8),
        wire=Wire(bridge_width=1.8, bridge_rise=1.6, brow_bar=20.0, tip_length=52.0),
        base_curve=6.0,
        face_form_degrees=6.0,
        pantoscopic_degrees=9.0,
    )


def odette_cat_eye() -> GlassesStyle:
    """Odette: an upswept cat-eye with a keyhole bridge, 53-17-140."""
    return GlassesStyle(
        name="odette-cat-eye",
        outline=_CAT_EYE,
        materials=GlassesMaterials(
            frame=m.bordeaux(),
            hardware=m.GOLD,
            hinge=m.STEEL,
            lens=m.graded_lens("lens_rose_gradient", (0.15, 0.065, 0.055), (0.80, 0.62, 0.55)),
            variants={
                "bordeaux": {},
                "noir": {
                    "acetate_bordeaux": _black(),
                    "lens_rose_gradient": m.graded_lens(
                        "lens_grey_gradient", (0.075, 0.078, 0.085), (0.62, 0.63, 0.66)
                    ),
                },
            },
        ),
        lens_width=53.0,
        lens_height=42.0,
        bridge_width=17.0,
        rim=RimWidths(5.0, 5.4, 3.6, 3.4),
        bridge=Bridge(top=9.4, bottom=2.6, keyhole_radius=3.2, forward=1.8),
        end_piece=EndPiece(height=10.0, extension=3.4, centre=20.8, thickening=1.6),
        nose_pad=NosePad(centre=-5.0, length=18.0),
        temple=Temple(
            length=140.0,
            height=(
                (0.0, 10.0),
                (15.0, 9.2),
                (40.0, 7.4),
                (70.0, 6.0),
                (95.0, 5.8),
                (117.0, 6.6),
                (132.0, 7.4),
                (146.0, 7.2),
            ),
        ),
        thickness=4.4,
        base_curve=5.0,
        face_form_degrees=5.0,
        pantoscopic_degrees=8.0,
    )


def harper_browline() -> GlassesStyle:
    """Harper: acetate brows over gold wire, 50-21-145."""
    return GlassesStyle(
        name="harper-browline",
        outline=_CLUB,
        materials=GlassesMaterials(
            frame=_black(),
            hardware=m.GOLD,
            hinge=m.STEEL,
            lens=m.LENS_CLEAR,
            pad=m.SILICONE,
            variants={
                "black": {},
                "honey": {"acetate_black": m.light_tortoise()},
                "sun": {"lens_clear": m.sun_lens("lens_green", (0.070, 0.105, 0.062))},
            },
        ),
        lens_width=50.0,
        lens_height=39.5,
        bridge_width=21.0,
        rim=RimWidths(5.4, 4.6, 2.0, 1.9),
        edges=FrontEdges(outer_inset=1.1, outer_depth=1.0, back_inset=0.6, back_depth=0.6),
        bridge=Bridge(top=10.2, forward=0.9),
        end_piece=EndPiece(height=9.0, extension=2.6, centre=13.2, thickening=1.5),
        nose_pad=NosePad(-5.0, 13.2, 7.4, 2.4, 30.0),
        temple=Temple(
            height=(
                (0.0, 9.0),
                (15.0, 8.4),
                (40.0, 7.0),
                (70.0, 5.8),
                (98.0, 5.6),
                (120.0, 6.6),
                (136.0, 7.4),
                (150.0, 7.2),
            ),
        ),
        wire=Wire(
            width=1.4,
            depth=2.0,
            bridge_rise=1.8,
            brow=((-1.35, 0.34), (-0.62, 0.52), (0.0, 0.57), (0.6, 0.47), (1.0, 0.36), (1.5, 0.40)),
        ),
        thickness=4.4,
        base_curve=4.5,
        face_form_degrees=4.0,
        pantoscopic_degrees=8.0,
    )


def kestrel_shield() -> ShieldStyle:
    """Kestrel: a wrapped shield under a nylon bar."""
    blue = m.mirror_lens("lens_blue_mirror", (0.055, 0.050, 0.050), (0.09, 0.26, 0.60))
    return ShieldStyle(
        name="kestrel-shield",
        arc_width=147.0,
        base_curve=5.2,
        materials=GlassesMaterials(
            frame=m.NYLON,
            hardware=m.GUNMETAL,
            hinge=m.STEEL,
            lens=blue,
            pad=m.RUBBER,
            variants={
                "blue": {},
                "ember": {
                    blue.name: m.mirror_lens(
                        "lens_ember_mirror", (0.060, 0.045, 0.040), (0.62, 0.22, 0.05)
                    ),
                },
                "smoke": {
                    blue.name: m.graded_lens(
                        "lens_smoke_gradient", (0.10, 0.105, 0.11), (0.42, 0.43, 0.44)
                    ),
                },
            },
        ),
    )


def _black() -> Material:
    return m.acetate("acetate_black", (0.012, 0.012, 0.013))
