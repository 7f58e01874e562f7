"""Make the bundled products again: ``python -m ar_preview.workshop.products``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ar_preview.assets import asset_path
from ar_preview.errors import ArPreviewError
from ar_preview.workshop.bracelets import bracelet_products
from ar_preview.workshop.eyewear import eyewear_products
from ar_preview.workshop.generate import generate_product
from ar_preview.workshop.rings import ring_products
from ar_preview.workshop.thumbnails import write_thumbnail
from ar_preview.workshop.watches import watch_products

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.workshop.generate import ProductStyle

__all__ = ["bundled_products", "main"]


def bundled_products() -> tuple[ProductStyle, ...]:
    """Return everything that the catalogue carries and we make ourselves."""
    return (
        *eyewear_products(),
        *ring_products(),
        *watch_products(),
        *bracelet_products(),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the product folders and their thumbnails; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ar_preview.workshop.products",
        description="Generate the bundled products again.",
    )
    parser.add_argument("ids", nargs="*", help="only these products; all by default")
    parser.add_argument("--folder", type=Path, default=asset_path("products"))
    parser.add_argument("--no-thumbnails", action="store_true", help="needs no OpenGL driver")
    options = parser.parse_args(arguments)
    known = {style.listing.id: style for style in bundled_products()}
    unknown = [i for i in options.ids if i not in known]
    if unknown:
        sys.stderr.write(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}\n")
        return 2
    try:
        for product_id in options.ids or known:
            folder = options.folder / product_id
            generate_product(known[product_id], folder)
            if not options.no_thumbnails:
                write_thumbnail(folder)
            sys.stdout.write(f"{product_id}: {folder}\n")
    except ArPreviewError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
