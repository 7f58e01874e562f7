"""The rings that the catalogue carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.products.ring_sizes import ring_sizes
from ar_preview.workshop.generate import Listing, MadeProduct, VariantListing
from ar_preview.workshop.rings.build import PLAIN, plain_band, signet, solitaire, stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ar_preview.workshop.model import Model

__all__ = ["ring_products"]


def _ring(
    listing: Mapping[str, str],
    build: Callable[[float, float], Model],
    inner_diameter: float,
    fits: tuple[float, float],
    measures: Mapping[str, float],
    finger: str,
    variants: Mapping[str, VariantListing],
) -> MadeProduct:
    return MadeProduct(
        listing=Listing(size=ring_sizes(inner_diameter), variants=variants, **listing),
        category="ring",
        anchor="finger_base",
        dimensions_mm={"inner_diameter": inner_diameter, **measures},
        build=lambda quality: build(inner_diameter, quality),
        worn={"finger": finger, "fits_mm": list(fits)},
    )


def ring_products() -> tuple[MadeProduct, ...]:
    """Return the four rings as they are offered."""
    return (
        _ring(
            {
                "id": "halden-band",
                "title": "Halden Court Band",
                "description": (
                    "Polished court band, 4.5 mm, domed outside and eased inside. In 18 carat "
                    "yellow or rose gold, or in platinum."
                ),
                "price": "890.00 EUR",
                "color": "yellow gold",
                "material": "gold 750",
            },
            plain_band,
            18.1,
            (14.9, 22.2),
            {"band_width": PLAIN[0], "thickness": PLAIN[1]},
            "ring",
            {
                "rose": VariantListing("Halden Court Band, rose gold", "rose gold"),
                "platinum": VariantListing("Halden Court Band, platinum", "platinum"),
            },
        ),
        _ring(
            {
                "id": "lumen-solitaire",
                "title": "Lumen Solitaire",
                "description": (
                    "Round brilliant of 1.2 carat in four claws on a cathedral shank of platinum. "
                    "Also with a sapphire or an emerald, and in gold."
                ),
                "price": "7450.00 EUR",
                "color": "platinum / diamond",
                "material": "platinum 950",
            },
            solitaire,
            16.9,
            (14.1, 19.8),
            {"band_width": 2.6},
            "ring",
            {
                "yellow-gold": VariantListing(
                    "Lumen Solitaire, yellow gold", "yellow gold / diamond"
                ),
                "rose-gold": VariantListing("Lumen Solitaire, rose gold", "rose gold / diamond"),
                "sapphire": VariantListing("Lumen Sapphire", "platinum / sapphire"),
                "emerald": VariantListing("Lumen Emerald", "yellow gold / emerald"),
            },
        ),
        _ring(
            {
                "id": "rowan-signet",
                "title": "Rowan Signet",
                "description": (
                    "Oval signet with a compass rose engraved by hand, or with a polished onyx. "
                    "In gold or silver."
                ),
                "price": "1280.00 EUR",
                "color": "yellow gold",
                "material": "gold 750",
            },
            signet,
            18.5,
            (16.5, 22.2),
            {"band_width": 3.6, "height": 13.2, "width": 11.4},
            "little",
            {
                "gold-onyx": VariantListing("Rowan Signet, onyx", "yellow gold / onyx"),
                "silver": VariantListing("Rowan Signet, silver", "silver"),
                "silver-onyx": VariantListing("Rowan Signet, silver and onyx", "silver / onyx"),
            },
        ),
        _ring(
            {
                "id": "trio-stack",
                "title": "Trio Stack",
                "description": (
                    "Three rings worn together: a smooth band, a rope of two wires and a row of "
                    "thirteen small diamonds. In three golds, in yellow, or in white."
                ),
                "price": "1640.00 EUR",
                "color": "yellow, rose and white gold",
                "material": "gold 750",
            },
            stack,
            17.3,
            (14.9, 19.8),
            {"band_width": 5.5},
            "middle",
            {
                "yellow": VariantListing("Trio Stack, yellow", "yellow gold"),
                "white": VariantListing("Trio Stack, white", "platinum"),
            },
        ),
    )
