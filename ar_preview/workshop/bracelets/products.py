"""The bracelets that the catalogue carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.workshop.bracelets.build import BEAD_MM, OPENING_MM, bangle, beads, chain
from ar_preview.workshop.generate import Listing, MadeProduct, VariantListing
from ar_preview.workshop.limb import strap_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ar_preview.workshop.bracelets.build import Bracelet

__all__ = ["bracelet_products"]


def _bracelet(
    listing: Mapping[str, str],
    build: Callable[[float], Bracelet],
    fits: tuple[float, float],
    measures: Mapping[str, float],
    variants: Mapping[str, VariantListing],
) -> MadeProduct:
    bracelet = build(1.0)
    worn: dict[str, object] = {"fits_mm": list(fits)}
    length = {"length": round(bracelet.length, 1)} if bracelet.strap is not None else {}
    if bracelet.strap is not None:
        worn["strap"] = strap_table(bracelet.strap)
    return MadeProduct(
        listing=Listing(size=f"wrists of {fits[0]:g}-{fits[1]:g} mm", variants=variants, **listing),
        category="bracelet",
        anchor="wrist",
        dimensions_mm={**measures, **length},
        build=lambda quality: build(quality).model,
        worn=worn,
    )


def bracelet_products() -> tuple[MadeProduct, ...]:
    """Return the three bracelets as they are offered."""
    return (
        _bracelet(
            {
                "id": "torsade-bangle",
                "title": "Torsade Bangle",
                "description": "Oval bangle of a square wire, twisted and polished.",
                "price": "2150.00 EUR",
                "color": "yellow gold",
                "material": "gold 750",
            },
            bangle,
            (140.0, 172.0),
            {"inner_diameter": OPENING_MM[0], "height": OPENING_MM[1], "band_width": 5.6},
            {
                "rose": VariantListing("Torsade Bangle, rose gold", "rose gold"),
                "white": VariantListing("Torsade Bangle, platinum", "platinum"),
            },
        ),
        _bracelet(
            {
                "id": "cadence-chain",
                "title": "Cadence Curb Chain",
                "description": "Curb chain of twisted links, 7.4 mm wide, with a lobster clasp.",
                "price": "1780.00 EUR",
                "color": "yellow gold",
                "material": "gold 750",
            },
            chain,
            (155.0, 185.0),
            {"band_width": 7.4},
            {
                "rose": VariantListing("Cadence Curb Chain, rose gold", "rose gold"),
                "white": VariantListing("Cadence Curb Chain, platinum", "platinum"),
            },
        ),
        _bracelet(
            {
                "id": "strand-beads",
                "title": "Strand Beads",
                "description": (
                    "Beads of 8 mm on an elastic cord with two gold rondelles: tiger's eye, onyx, "
                    "lapis lazuli or rose quartz."
                ),
                "price": "95.00 EUR",
                "color": "tiger's eye",
                "material": "stone",
            },
            beads,
            (155.0, 185.0),
            {"band_width": BEAD_MM},
            {
                "onyx": VariantListing("Strand Beads, onyx", "onyx"),
                "lapis": VariantListing("Strand Beads, lapis lazuli", "lapis lazuli"),
                "rose-quartz": VariantListing("Strand Beads, rose quartz", "rose quartz"),
            },
        ),
    )
