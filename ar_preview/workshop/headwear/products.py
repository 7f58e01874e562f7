"""The hats, headphones and headbands that the catalogue carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.workshop.generate import Listing, MadeProduct, VariantListing
from ar_preview.workshop.headwear.beanie import BEANIE_GIRTH_MM, ribbed_beanie
from ar_preview.workshop.headwear.cap import CAP_GIRTH_MM, baseball_cap
from ar_preview.workshop.headwear.fedora import FEDORA_GIRTH_MM, felt_fedora
from ar_preview.workshop.headwear.headphones import (
    HEADBAND_MM,
    HEADPHONES_MM,
    over_ear_headphones,
    padded_headband,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ar_preview.workshop.model import Model

__all__ = ["headwear_products"]


def _hat(
    listing: Mapping[str, str],
    build: Callable[[float], Model],
    girth: float,
    fits: tuple[float, float],
    colours: Mapping[str, str],
    tilt: float = 0.0,
) -> MadeProduct:
    title = listing["title"]
    worn: dict[str, object] = {"fits_mm": list(fits)}
    if tilt:
        worn["tilt_deg"] = tilt
    return MadeProduct(
        listing=Listing(
            size=f"heads of {fits[0]:g}-{fits[1]:g} mm",
            variants={k: VariantListing(f"{title}, {v}", v) for k, v in colours.items()},
            **listing,
        ),
        category="hat",
        anchor="crown",
        dimensions_mm={"head_circumference": girth},
        build=build,
        worn=worn,
    )


def _over_ear(
    listing: Mapping[str, str],
    build: Callable[[float], Model],
    dimensions: Mapping[str, float],
    colours: Mapping[str, str],
) -> MadeProduct:
    title = listing["title"]
    return MadeProduct(
        listing=Listing(
            size="one size",
            variants={k: VariantListing(f"{title}, {v}", v) for k, v in colours.items()},
            **listing,
        ),
        category="over_ear",
        anchor="ears",
        dimensions_mm=dimensions,
        build=build,
    )


def headwear_products() -> tuple[MadeProduct, ...]:
    """Return everything that is worn on the upper head as it is offered."""
    return (
        _hat(
            {
                "id": "ridge-cap",
                "title": "Ridge Cap",
                "description": "Six-panel cap in cotton twill with a curved peak, tone-on-tone "
                "stitching, an embroidered badge and a buckled strap.",
                "price": "39.00 EUR",
                "color": "navy",
                "material": "cotton",
            },
            baseball_cap,
            CAP_GIRTH_MM,
            (545.0, 615.0),
            {"sand": "sand", "black": "black"},
        ),
        _hat(
            {
                "id": "fjord-beanie",
                "title": "Fjord Beanie",
                "description": "Beanie of ribbed merino with a folded cuff and a leather patch.",
                "price": "45.00 EUR",
                "color": "rust",
                "material": "wool",
            },
            ribbed_beanie,
            BEANIE_GIRTH_MM,
            (530.0, 620.0),
            {"charcoal": "charcoal", "oat": "oat"},
            tilt=6.0,
        ),
        _hat(
            {
                "id": "alder-fedora",
                "title": "Alder Fedora",
                "description": "Fedora of fur felt with a teardrop crown, a snapped brim and a "
                "grosgrain ribbon.",
                "price": "129.00 EUR",
                "color": "mocha",
                "material": "felt",
            },
            felt_fedora,
            FEDORA_GIRTH_MM,
            (550.0, 610.0),
            {"grey": "grey", "black": "black"},
        ),
        _over_ear(
            {
                "id": "hush-headphones",
                "title": "Hush Headphones",
                "description": "Over-ear headphones with soft oval cushions, aluminium forks and a "
                "padded band.",
                "price": "249.00 EUR",
                "color": "graphite",
                "material": "aluminium, protein leather",
            },
            over_ear_headphones,
            HEADPHONES_MM,
            {"sand": "sand / champagne"},
        ),
        _over_ear(
            {
                "id": "opal-headband",
                "title": "Opal Headband",
                "description": "Padded velvet headband, gathered into a wrapped knot.",
                "price": "35.00 EUR",
                "color": "emerald",
                "material": "velvet",
            },
            padded_headband,
            HEADBAND_MM,
            {"ink": "ink", "blush": "blush"},
        ),
    )
