"""The catalogue of products, and loading one by id, folder or bare model file."""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ar_preview.assets import asset_path
from ar_preview.errors import ProductError
from ar_preview.products.assemble import assemble_folder, near_names, slot_of, with_variant
from ar_preview.products.bare import BARE_SUFFIXES, load_bare
from ar_preview.products.manifest import MANIFEST_NAME, read_manifest
from ar_preview.products.product import HAND_SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ar_preview.products.bare import FitGuess
    from ar_preview.products.manifest import Manifest
    from ar_preview.products.product import Product, Slot

__all__ = [
    "THUMBNAIL_NAME",
    "Catalogue",
    "Summary",
    "load_product",
    "load_told",
    "locate",
    "split_category",
]

THUMBNAIL_NAME = "thumbnail.png"

_WITH_CATEGORY = re.compile(
    rf"(?P<path>.+({'|'.join(map(re.escape, BARE_SUFFIXES))})):(?P<category>[^/\\]*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, eq=False)
class Summary:
    """A product as a list shows it, without its meshes.

    Parameters
    ----------
    id : str
        Name of its folder in the catalogue.
    manifest : Manifest
    thumbnail : Path or None
    """

    id: str
    manifest: Manifest
    thumbnail: Path | None

    @property
    def title(self) -> str:
        """Its title in the shop."""
        return self.manifest.commerce.title

    @property
    def is_for_hands(self) -> bool:
        """Whether it is worn on a finger or a wrist."""
        return self.slot in HAND_SLOTS

    @property
    def slot(self) -> Slot:
        """Where it is worn."""
        return slot_of(self.manifest.try_on.category, self.manifest.try_on.finger)

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants that the manifest lists."""
        return tuple(v.name for v in self.manifest.try_on.variants)


class Catalogue:
    """A folder with one product folder for each id.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    ProductError
        If the folder does not exist.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ProductError(f"{folder}: there is no such catalogue folder; check the path")
        self.folder = folder

    @classmethod
    def bundled(cls) -> Catalogue:
        """Return the catalogue that comes with the program."""
        return cls(asset_path("products"))

    def ids(self) -> tuple[str, ...]:
        """Return the ids in order; a product is a folder with a manifest."""
        found = (p.parent.name for p in self.folder.glob(f"*/{MANIFEST_NAME}"))
        return tuple(sorted(n for n in found if not n.startswith(".")))

    def path(self, product_id: str) -> Path:
        """Return a product's folder.

        Raises
        ------
        ProductError
            If there is no such id; names similar ones.
        """
        known = self.ids()
        if product_id not in known:
            raise ProductError(
                f"there is no product {product_id!r} in {self.folder}; "
                f"{near_names(product_id, list(known))}"
            )
        return self.folder / product_id

    def summary(self, product_id: str) -> Summary:
        """Return a product's manifest and thumbnail without loading its model."""
        folder = self.path(product_id)
        thumbnail = folder / THUMBNAIL_NAME
        return Summary(
            product_id, read_manifest(folder), thumbnail if thumbnail.is_file() else None
        )

    def __iter__(self) -> Iterator[Summary]:
        """Iterate over the summaries, in order of id."""
        return (self.summary(i) for i in self.ids())

    def __len__(self) -> int:
        """Return how many products there are."""
        return len(self.ids())

    def load(self, product_id: str, *, variant: str | None = None) -> Product:
        """Load a product with its meshes.

        Raises
        ------
        ProductError
            If there is no such id or variant, or the product is broken.
        """
        product = assemble_folder(self.path(product_id)).product
        return product if variant is None else with_variant(product, variant)


def locate(spec: str | Path, catalogue: Catalogue | None = None) -> Path:
    """Return the product folder or model file that a spec means.

    Anything with a separator or a model's suffix is a path, everything else an id of the
    catalogue; a folder in the working directory is the last resort. A manifest means its folder.

    Raises
    ------
    ProductError
        If it is empty, or an unknown id; names similar ones.
    """
    path, text = Path(spec), str(spec)
    if not text.strip():
        raise ProductError(
            "expected a product (a catalogue id, a product folder or a model file such as .glb), "
            "got nothing; `ar-preview products list` shows the ids"
        )
    if path.name == MANIFEST_NAME and path.is_file():
        return path.parent
    if isinstance(spec, Path) or path.suffix.lower() in BARE_SUFFIXES or set(text) & {"/", "\\"}:
        return path
    shelf = catalogue if catalogue is not None else Catalogue.bundled()
    if text not in shelf.ids() and path.exists():
        return path
    return shelf.path(text)


def split_category(spec: str | Path, category: str | None = None) -> tuple[str | Path, str | None]:
    """Return the parts of ``FILE:CATEGORY``; of anything else itself and the given category."""
    found = _WITH_CATEGORY.fullmatch(spec) if isinstance(spec, str) else None
    if found is None or os.path.exists(spec):
        return spec, category
    return found["path"], found["category"]


def load_product(
    spec: str | Path,
    *,
    category: str | None = None,
    variant: str | None = None,
    catalogue: Catalogue | None = None,
) -> Product:
    """Load a product from wherever it is.

    Parameters
    ----------
    spec : str or Path
        A catalogue id, a product folder, a bare model file, or a bare model with its category as
        ``FILE:CATEGORY``.
    category : str, optional
        What a bare model is that does not say it itself; without it the shape must tell. The
        manifest of a product folder must agree with it.
    variant : str, optional
        Name of a variant to wear.
    catalogue : Catalogue, optional
        Where ids are looked up; the bundled catalogue by default.

    Raises
    ------
    ProductError
        If it cannot be found or used; unknown ids come with similar ones.
    """
    product, _ = load_told(spec, category=category, catalogue=catalogue)
    return product if variant is None else with_variant(product, variant)


def load_told(
    spec: str | Path, *, category: str | None = None, catalogue: Catalogue | None = None
) -> tuple[Product, FitGuess | None]:
    """Load a product as `load_product` does, with what a bare model was taken for and why."""
    spec, category = split_category(spec, category)
    path = locate(spec, catalogue)
    if path.is_dir():
        return assemble_folder(path, category=category).product, None
    return load_bare(path, category=category)
