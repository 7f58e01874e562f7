"""Product folders from generators: model, level of detail and manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ar_preview.errors import OutputError
from ar_preview.products.toml_writer import toml_text
from ar_preview.workshop.glb_writer import write_glb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ar_preview.workshop.model import Model

__all__ = [
    "LIGHT_TRIANGLES",
    "Listing",
    "MadeProduct",
    "ProductStyle",
    "VariantListing",
    "generate_product",
    "product_manifest",
]

_SCHEMA_VERSION = 1
LIGHT_TRIANGLES = 5000
"""A model of no more needs no level of detail (`products check` asks for the same)."""

_LOD_QUALITY = 0.5
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

    @property
    def worn(self) -> Mapping[str, object]:
        """What else the manifest says of how it is worn: fingers, sizes, straps, clocks."""

    def models(self) -> tuple[Model, Model | None]:
        """Build the full model and, where that is heavy, its level of detail."""


@dataclass(frozen=True, eq=False)
class MadeProduct:
    """A product whose model is built by one function of its quality.

    Parameters
    ----------
    listing : Listing
    category, anchor : str
    dimensions_mm : mapping of str to float
    build : callable
        Model at quality 1 (full) or less (level of detail; same nodes).
    worn : mapping
        Further values of the manifest's ``[try_on]``.
    """

    listing: Listing
    category: str
    anchor: str
    dimensions_mm: Mapping[str, float]
    build: Callable[[float], Model]
    worn: Mapping[str, object] = field(default_factory=dict)

    def models(self) -> tuple[Model, Model | None]:
        """Build the full model and, where that is heavy, its level of detail."""
        full = self.build(1.0)
        if full.triangle_count <= LIGHT_TRIANGLES:
            return full, None
        return full, self.build(_LOD_QUALITY)


def product_manifest(style: ProductStyle, model: Model, lod: Model | None) -> dict[str, object]:
    """Return what ``product.toml`` says of a style and the models that were built from it."""
    listing = style.listing
    try_on: dict[str, object] = {
        "category": style.category,
        "anchor": style.anchor,
        **{k: v for k, v in style.worn.items() if not isinstance(v, dict)},
        "model": _MODEL,
        **({} if lod is None else {"lod": _LOD}),
        "dimensions_mm": dict(style.dimensions_mm),
        **{k: v for k, v in style.worn.items() if isinstance(v, dict)},
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
    return {
        "schema_version": _SCHEMA_VERSION,
        "commerce": listing.commerce(),
        "try_on": try_on,
    }


def generate_product(style: ProductStyle, folder: Path) -> None:
    """Write a product folder: ``model.glb``, maybe ``model_lod1.glb``, ``product.toml``.

    The level of detail holds no textures: it is drawn with the materials of the full model.
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
    manifest = product_manifest(style, model, lod)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_glb(model, folder / _MODEL)
        if lod is not None:
            write_glb(lod, folder / _LOD, textures=False)
        (folder / "product.toml").write_text(toml_text(manifest), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"expected to write a product to '{folder}', but {error}; choose another folder"
        ) from error
