"""The earrings and necklaces that the catalogue carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.workshop.generate import Listing, MadeProduct, VariantListing
from ar_preview.workshop.jewels.earrings import (
    DROP_MM,
    HOOP_MM,
    PEARL_MM,
    STUD_MM,
    diamond_stud,
    pearl_drop,
    plain_hoop,
    sapphire_drop,
)
from ar_preview.workshop.jewels.necklaces import pearl_strand, pendant_chain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ar_preview.workshop.model import Model

__all__ = ["jewel_products"]


def _piece(
    listing: Mapping[str, str],
    category: str,
    build: Callable[[float], Model],
    dimensions: Mapping[str, float],
    looks: Mapping[str, str],
    *,
    hangs: tuple[str, ...] = (),
    fits: tuple[float, float] | None = None,
) -> MadeProduct:
    title = listing["title"]
    return MadeProduct(
        listing=Listing(
            variants={k: VariantListing(f"{title}, {v}", v) for k, v in looks.items()}, **listing
        ),
        category=category,
        anchor="earlobe" if category == "earrings" else "neck",
        dimensions_mm=dimensions,
        build=build,
        worn={
            **({"hangs": list(hangs)} if hangs else {}),
            **({"fits_mm": list(fits)} if fits else {}),
        },
    )


def jewel_products() -> tuple[MadeProduct, ...]:
    """Return the earrings and necklaces as they are offered."""
    return (
        _piece(
            {
                "id": "vela-stud",
                "title": "Vela Stud",
                "description": "Round brilliant of .75 ct in four claws of platinum.",
                "price": "2890.00 EUR",
                "color": "platinum",
                "material": "platinum 950, diamond",
                "size": f"{STUD_MM:g} mm",
            },
            "earrings",
            diamond_stud,
            {"width": STUD_MM, "height": STUD_MM},
            {"yellow": "yellow gold", "rose": "rose gold"},
        ),
        _piece(
            {
                "id": "arc-hoop",
                "title": "Arc Hoop",
                "description": "Polished hoop, fullest below, with a hinged wire.",
                "price": "420.00 EUR",
                "color": "yellow gold",
                "material": "gold 750",
                "size": f"{HOOP_MM:g} mm",
            },
            "earrings",
            plain_hoop,
            {"height": HOOP_MM},
            {"rose": "rose gold", "white": "platinum"},
        ),
        _piece(
            {
                "id": "mira-drop",
                "title": "Mira Drop",
                "description": "A stone in a bezel that swings from three links on a French hook.",
                "price": "1290.00 EUR",
                "color": "sapphire / yellow gold",
                "material": "gold 750, sapphire",
                "size": f"{DROP_MM:g} mm",
            },
            "earrings",
            sapphire_drop,
            {"width": round(1.165 * DROP_MM, 1)},
            {"emerald": "emerald / yellow gold", "diamond": "diamond / platinum"},
            hangs=("link_1", "link_2", "link_3", "drop"),
        ),
        _piece(
            {
                "id": "isla-pearl",
                "title": "Isla Pearl",
                "description": "Round cultured pearl under a gold cap that hangs from a ball.",
                "price": "360.00 EUR",
                "color": "white / yellow gold",
                "material": "gold 750, pearl",
                "size": f"{PEARL_MM:g} mm",
            },
            "earrings",
            pearl_drop,
            {"width": PEARL_MM},
            {"rose": "rose / yellow gold", "tahiti": "black / platinum"},
            hangs=("link", "pearl"),
        ),
        _piece(
            {
                "id": "lyra-pendant",
                "title": "Lyra Pendant",
                "description": "Brilliant in a bezel on a fine cable chain.",
                "price": "980.00 EUR",
                "color": "yellow gold",
                "material": "gold 750, diamond",
                "size": "40-48 cm",
            },
            "necklace",
            lambda quality: pendant_chain(quality)[0],
            {"length": round(pendant_chain(0.5)[1], 1)},
            {"rose": "rose gold", "white-sapphire": "platinum / sapphire"},
            fits=(400.0, 480.0),
        ),
        _piece(
            {
                "id": "serena-strand",
                "title": "Serena Strand",
                "description": "Graded strand of round cultured pearls with a gold clasp.",
                "price": "1850.00 EUR",
                "color": "white",
                "material": "pearl, gold 750",
                "size": "38-46 cm",
            },
            "necklace",
            lambda quality: pearl_strand(quality)[0],
            {"length": round(pearl_strand(0.5)[1], 1)},
            {"rose": "rose", "tahiti": "black"},
            fits=(380.0, 460.0),
        ),
    )
