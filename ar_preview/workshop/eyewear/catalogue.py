"""The glasses that the catalogue carries, as they are offered."""

from __future__ import annotations

from ar_preview.workshop.eyewear.product import GlassesProduct
from ar_preview.workshop.eyewear.styles import (
    calder_round,
    harper_browline,
    kestrel_shield,
    marlow_havana,
    meridian_aviator,
    odette_cat_eye,
)
from ar_preview.workshop.generate import Listing, VariantListing

__all__ = ["eyewear_products", "marlow_havana_product"]


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


def eyewear_products() -> tuple[GlassesProduct, ...]:
    """Return all glasses as they are offered."""
    return (
        marlow_havana_product(),
        GlassesProduct(
            calder_round(),
            Listing(
                id="calder-round",
                title="Calder Round",
                description=(
                    "Round lenses in fine gold wire, silicone pads on arms and sleeves of honey "
                    "acetate. Clear lenses, or grey in gunmetal."
                ),
                price="189.00 EUR",
                color="gold",
                size="47-22-145",
                material="metal",
                variants={
                    "gunmetal": VariantListing("Calder Round Gunmetal", "gunmetal / black"),
                    "sun": VariantListing("Calder Round Sun", "gunmetal / grey"),
                },
            ),
        ),
        GlassesProduct(
            meridian_aviator(),
            Listing(
                id="meridian-aviator",
                title="Meridian Aviator",
                description=(
                    "Teardrop lenses in gold wire with a double bridge. Bottle green, silver "
                    "mirror, or brown that runs out towards the cheeks."
                ),
                price="219.00 EUR",
                color="gold / green",
                size="58-14-140",
                material="metal",
                variants={
                    "mirror": VariantListing("Meridian Aviator Mirror", "silver / silver mirror"),
                    "gradient": VariantListing(
                        "Meridian Aviator Gradient", "gold / brown gradient"
                    ),
                },
            ),
        ),
        GlassesProduct(
            odette_cat_eye(),
            Listing(
                id="odette-cat-eye",
                title="Odette Cat-Eye",
                description=(
                    "Upswept cat-eye in wine-red acetate with a keyhole bridge, gradient lenses, "
                    "five-knuckle hinges and gold rivets; or in black with grey."
                ),
                price="179.00 EUR",
                color="bordeaux / rose gradient",
                size="53-17-140",
                material="acetate",
                variants={"noir": VariantListing("Odette Cat-Eye Noir", "black / grey gradient")},
            ),
        ),
        GlassesProduct(
            harper_browline(),
            Listing(
                id="harper-browline",
                title="Harper Browline",
                description=(
                    "Brows and temples of black acetate over gold wire, with a metal bridge and "
                    "silicone pads. Clear lenses, or bottle green."
                ),
                price="169.00 EUR",
                color="black / gold",
                size="50-21-145",
                material="acetate, metal",
                variants={
                    "honey": VariantListing("Harper Browline Honey", "honey / gold"),
                    "sun": VariantListing("Harper Browline Sun", "black / bottle green"),
                },
            ),
        ),
        GlassesProduct(
            kestrel_shield(),
            Listing(
                id="kestrel-shield",
                title="Kestrel Shield",
                description=(
                    "Wrapped sport shield under a black nylon bar, rubber pads and grips. Blue or "
                    "ember mirror, or smoke that runs out downwards."
                ),
                price="159.00 EUR",
                color="black / blue mirror",
                size="one size",
                material="nylon, polycarbonate",
                variants={
                    "ember": VariantListing("Kestrel Shield Ember", "black / ember mirror"),
                    "smoke": VariantListing("Kestrel Shield Smoke", "black / smoke gradient"),
                },
            ),
        ),
    )
