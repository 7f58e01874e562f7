"""Product folders from generators: model, level of detail and manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ar_preview.errors import OutputError
from ar_preview.workshop.glb_writer import write_glb
from ar_preview.workshop.toml_writer import toml_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ar_preview.workshop.model import Model

__all__ = ["Listing", "ProductStyle", "VariantListing", "generate_product"]

_SCHEMA_VERSION = 1
_MODEL, _LOD = "model.glb", "model_lod1.glb"


@dataclass(frozen=True)
class VariantListing:
    """How a variant of the GLB is offered.

    Parameters
    ----------
    title, color : str
    """

    title: str
    color: str


@dataclass(frozen=True)
class Listing:
    """The commerce side of a product, by the field names of the Meta and Google feeds.

    The feeds want full addresses in the links; those that are empty are left out.
    """

    id: str
    title: str
    description: str
    price: str
    color: str
    size: str
    material: str
    brand: str = "ar_preview"
    availability: str = "in stock"
    item_group_id: str = ""
    link: str = ""
    image_link: str = ""
    virtual_model_link: str = ""
    variants: Mapping[str, VariantListing] = field(default_factory=dict)

    def commerce(self) -> dict[str, object]:
        """Return the manifest's commerce table."""
        fields = (
            "id title description brand price availability link image_link virtual_model_link "
            "item_group_id color size material"
        )
        values = {name: getattr(self, name) for name in fields.split()}
        values["item_group_id"] = self.item_group_id or self.id
        return {name: value for name, value in values.items() if value}


class ProductStyle(Protocol):
    """What a style of any kind must offer to become a product folder."""

    @property
    def listing(self) -> Listing:
        """The commerce side."""

    @property
    def category(self) -> str:
        """What it is: glasses, hat, ring ..."""

    @property
    def anchor(self) -> str:
        """Where it sits."""

    @property
    def dimensions_mm(self) -> Mapping[str, float]:
        """Real dimensions by manifest name."""

    def models(self) -> tuple[Model, Model]:
        """Build the full model and its level of detail."""


def generate_product(style: ProductStyle, folder: Path) -> None:
    """Write a whole product folder: ``model.glb``, ``model_lod1.glb``, ``product.toml``.

    The same style gives the same bytes. A thumbnail that is there stays.

    Parameters
    ----------
    style : ProductStyle
    folder : Path
        Made if it is missing.

    Raises
    ------
    OutputError
        If the folder can't be made or written.
    """
    model, lod = style.models()
    listing = style.listing
    try_on: dict[str, object] = {
        "category": style.category,
        "anchor": style.anchor,
        "model": _MODEL,
        "lod": _LOD,
        "dimensions_mm": dict(style.dimensions_mm),
        "variants": [
            {
                "name": name,
                "title": listing.variants[name].title if name in listing.variants else name,
                "color": listing.variants[name].color if name in listing.variants else "",
                "materials": dict(replaced),
            }
            for name, replaced in model.variants.items()
            if replaced
        ],
    }
    manifest = {
        "schema_version": _SCHEMA_VERSION,
        "commerce": listing.commerce(),
        "try_on": try_on,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_glb(model, folder / _MODEL)
        write_glb(lod, folder / _LOD)
        (folder / "product.toml").write_text(toml_text(manifest), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"expected to write a product to '{folder}', but {error}; choose another folder"
        ) from error
