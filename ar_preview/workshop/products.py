"""Make the bundled products again: ``python -m ar_preview.workshop.products``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ar_preview.assets import asset_path
from ar_preview.errors import ArPreviewError, ProductError
from ar_preview.workshop.bracelets import bracelet_products
from ar_preview.workshop.eyewear import eyewear_products
from ar_preview.workshop.generate import generate_product
from ar_preview.workshop.headwear import headwear_products
from ar_preview.workshop.jewels import jewel_products
from ar_preview.workshop.rings import ring_products
from ar_preview.workshop.thumbnails import write_thumbnail
from ar_preview.workshop.watches import watch_products

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ar_preview.workshop.generate import ProductStyle

__all__ = ["bundled_products", "main", "write_products"]


def bundled_products() -> tuple[ProductStyle, ...]:
    """Return everything that the catalogue carries and we make ourselves."""
    return (
        *eyewear_products(),
        *headwear_products(),
        *jewel_products(),
        *ring_products(),
        *watch_products(),
        *bracelet_products(),
    )


def write_products(
    ids: Sequence[str], folder: Path, *, thumbnails: bool = True
) -> Iterator[tuple[str, Path]]:
    """Write product folders; yield each id and folder when it is done.

    Parameters
    ----------
    ids : sequence of str
        Only these; all of `bundled_products` if empty.
    folder : Path
        Where each gets a folder of its own.
    thumbnails : bool
        Whether to photograph them, which needs an OpenGL driver.

    Raises
    ------
    ProductError
        If an id is unknown; before anything is written.
    OutputError
        If a file can't be written.
    """
    known = {style.listing.id: style for style in bundled_products()}
    if unknown := [i for i in ids if i not in known]:
        raise ProductError(f"no generator makes {', '.join(unknown)}; known: {', '.join(known)}")
    for product_id in ids or known:
        target = folder / product_id
        generate_product(known[product_id], target)
        if thumbnails:
            write_thumbnail(target)
        yield product_id, target


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
    try:
        for product_id, folder in write_products(
            options.ids, options.folder, thumbnails=not options.no_thumbnails
        ):
            sys.stdout.write(f"{product_id}: {folder}\n")
    except ArPreviewError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
