"""What `-p` names, loaded, with a line on what a bare model was taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ar_preview.cli.console import say_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.products import Product

__all__ = ["CATEGORY_HELP", "PRODUCT_HELP", "load_worn"]

PRODUCT_HELP = "Catalogue id, product folder, model.glb or model.glb:CATEGORY; repeatable."
CATEGORY_HELP = "What bare models are that do not say it themselves, for example glasses."


def load_worn(specs: Sequence[str], category: str | None = None) -> list[Product]:
    """Load products; say of each bare model what it was taken for.

    Parameters
    ----------
    specs : sequence of str
        As `load_product` takes them.
    category : str, optional
        What bare models are that do not say it themselves. A single product folder must agree.

    Raises
    ------
    ProductError
        If one of them cannot be used.
    """
    from ar_preview.products.catalogue import load_told, locate, split_category

    products = []
    for spec in specs:
        is_folder = locate(split_category(spec)[0]).is_dir()
        told = None if is_folder and len(specs) > 1 else category
        product, guess = load_told(spec, category=told)
        if guess is not None:
            say_note(f"{spec}: {guess}")
        products.append(product)
    return products
