"""The person's own products: the folder they are saved in, and reading it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ar_preview.app.entries import Entry
from ar_preview.errors import ProductError
from ar_preview.products import Catalogue, product_id, shelf_folder

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings

__all__ = ["free_folder", "own_entries", "own_folder"]

_KEY = "own_products"


def own_folder(settings: QSettings) -> Path:
    """Return where own products are saved: as set, or the usual place."""
    told = str(settings.value(_KEY, ""))
    return Path(told) / "products" if told else shelf_folder()


def own_entries(folder: Path) -> list[Entry]:
    """Return what can be read of the own products; what is broken is left out."""
    found: list[Entry] = []
    if folder.is_dir():
        catalogue = Catalogue(folder)
        for name in catalogue.ids():
            try:
                found.append(Entry.from_folder(catalogue.path(name)))
            except ProductError:
                continue  # One damaged folder must not keep the others from the shelf.
    return found


def free_folder(folder: Path, title: str) -> Path:
    """Return the first folder for a product of this title that does not exist yet."""
    name = product_id(title)
    number = 1
    while (path := folder / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return path
