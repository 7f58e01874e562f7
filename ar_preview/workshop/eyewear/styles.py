"""The styles that the catalogue carries."""

from __future__ import annotations

from functools import cache

from ar_preview.products.product import Material, Texture
from ar_preview.workshop.eyewear.product import GlassesProduct
from ar_preview.workshop.eyewear.style import GlassesMaterials, GlassesStyle
from ar_preview.workshop.generate import Listing, VariantListing
from ar_preview.workshop.textures import havana, rgba_from_linear

__all__ = ["SQUARE_PANTO", "marlow_havana", "marlow_havana_product"]

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


@cache
def _havana_texture() -> Texture:
    return Texture(rgba_from_linear(havana()))


def _havana_materials() -> GlassesMaterials:
    clear = Material(
        name="lens_clear",
        base_color=(0.975, 0.985, 0.98, 1.0),
        metallic=0.0,
        roughness=0.0,
        transmission=1.0,
        ior=1.5,
        # Anti-reflective coating: less than half of the bare 4 %, with its green residue.
        specular=0.45,
        specular_color=(0.80, 1.0, 0.88),
    )
    sun = Material(
        name="lens_sun",
        base_color=(0.085, 0.112, 0.074, 1.0),
        metallic=0.0,
        roughness=0.0,
        transmission=1.0,
        ior=1.5,
    )
    return GlassesMaterials(
        frame=Material(
            name="acetate_havana",
            base_color_texture=_havana_texture(),
            metallic=0.0,
            roughness=0.22,
            ior=1.49,
            clearcoat=1.0,
            clearcoat_roughness=0.035,
        ),
        hardware=Material(
            name="metal_gold", base_color=(0.93, 0.72, 0.42, 1.0), metallic=1.0, roughness=0.18
        ),
        hinge=Material(
            name="metal_steel", base_color=(0.66, 0.65, 0.63, 1.0), metallic=1.0, roughness=0.24
        ),
        lens=clear,
        variant_lenses={"clear": clear, "sun": sun},
        default_variant="clear",
    )


def marlow_havana() -> GlassesStyle:
    """Marlow Havana: a square panto with a keyhole bridge, 50-21-145."""
    return GlassesStyle(name="marlow-havana", outline=SQUARE_PANTO, materials=_havana_materials())


def marlow_havana_product() -> GlassesProduct:
    """Return Marlow Havana as it is offered."""
    return GlassesProduct(
        style=marlow_havana(),
        listing=Listing(
            id="marlow-havana",
            title="Marlow Havana",
            description=(
                "Square panto in dark havana acetate with a keyhole bridge, five-knuckle hinges "
                "and gold rivets. Clear lenses, or bottle green for the sun."
            ),
            price="149.00 EUR",
            color="havana",
            size="50-21-145",
            material="acetate",
            variants={"sun": VariantListing("Marlow Havana Sun", "havana / bottle green")},
        ),
    )
