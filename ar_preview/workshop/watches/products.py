"""The watches that the catalogue carries."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ar_preview.workshop.generate import Listing, MadeProduct, VariantListing
from ar_preview.workshop.limb import strap_table
from ar_preview.workshop.watches.analogue import analogue
from ar_preview.workshop.watches.digital import digital
from ar_preview.workshop.watches.diver import diver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ar_preview.products.clocks import Clock
    from ar_preview.workshop.watches.build import Watch

__all__ = ["watch_products"]


def _clock_table(clock: Clock) -> dict[str, object]:
    shown = clock.shows.strftime("%H:%M" if clock.digits else "%H:%M:%S")
    table: dict[str, object] = {"shows": shown, **clock.hands}
    if clock.digits:
        table |= {"digits": list(clock.digits), "sink_mm": round(1e3 * clock.sink_m, 3)}
    return table


def _watch(
    listing: Mapping[str, str],
    build: Callable[[float], Watch],
    fits: tuple[float, float],
    measures: Mapping[str, float],
    variants: Mapping[str, VariantListing],
) -> MadeProduct:
    built = cache(build)
    watch = built(1.0)
    size = f"{measures['case_diameter']:g} mm, wrists of {fits[0]:g}-{fits[1]:g} mm"
    return MadeProduct(
        listing=Listing(size=size, variants=variants, **listing),
        category="watch",
        anchor="wrist",
        dimensions_mm=measures,
        build=lambda quality: built(quality).model,
        worn={
            "fits_mm": list(fits),
            "clock": _clock_table(watch.clock),
            "strap": strap_table(watch.strap),
        },
    )


def watch_products() -> tuple[MadeProduct, ...]:
    """Return the three watches as they are offered."""
    return (
        _watch(
            {
                "id": "orrery-40",
                "title": "Orrery 40",
                "description": (
                    "Automatic dress watch of 40 mm in polished steel, sunburst dial with applied "
                    "batons, domed sapphire, on stitched calf."
                ),
                "price": "1190.00 EUR",
                "color": "midnight blue / cognac",
                "material": "steel, calf leather",
            },
            analogue,
            (150.0, 200.0),
            {"case_diameter": 40.0, "lug_to_lug": 46.8, "thickness": 11.0, "band_width": 19.6},
            {
                "ivory-gold": VariantListing("Orrery 40, ivory", "ivory / rose gold / cognac"),
                "green": VariantListing("Orrery 40, green", "racing green / cognac"),
                "midnight-black": VariantListing("Orrery 40, black strap", "midnight blue / black"),
            },
        ),
        _watch(
            {
                "id": "fathom-200",
                "title": "Fathom 200",
                "description": (
                    "Diver of 41 mm, water resistant to 200 m: turning ceramic bezel, luminous "
                    "hands and markers, three-row steel bracelet."
                ),
                "price": "1850.00 EUR",
                "color": "black / steel",
                "material": "steel, ceramic",
            },
            diver,
            (155.0, 195.0),
            {"case_diameter": 41.0, "lug_to_lug": 48.0, "thickness": 12.0, "band_width": 20.0},
            {
                "blue": VariantListing("Fathom 200, blue", "blue / steel"),
                "two-tone": VariantListing("Fathom 200, two-tone", "blue / steel and gold"),
            },
        ),
        _watch(
            {
                "id": "tally-digital",
                "title": "Tally",
                "description": (
                    "Square digital watch in soft resin with four pushers; its display shows the "
                    "time."
                ),
                "price": "79.00 EUR",
                "color": "black",
                "material": "resin",
            },
            digital,
            (150.0, 200.0),
            {"case_diameter": 36.8, "lug_to_lug": 44.8, "thickness": 10.0, "band_width": 22.0},
            {
                "olive": VariantListing("Tally, olive", "olive"),
                "coral": VariantListing("Tally, coral", "coral"),
            },
        ),
    )
