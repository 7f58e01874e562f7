"""A manifest and its model files become a Product."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, get_args

import numpy as np

from ar_preview.errors import ProductError
from ar_preview.products.bodies import without_nodes
from ar_preview.products.confine import confined_file
from ar_preview.products.gltf import Model, load_gltf
from ar_preview.products.manifest import Category, Manifest, MaterialOverride, read_manifest
from ar_preview.products.product import Material, Product, Slot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "CATEGORIES",
    "Assembled",
    "assemble_folder",
    "near_names",
    "slot_of",
    "with_variant",
]

_SLOTS: dict[str, Slot] = {
    "glasses": "glasses",
    "hat": "hat",
    "over_ear": "over_ear",
    "earrings": "earrings",
    "necklace": "necklace",
    "watch": "watch",
    "bracelet": "bracelet",
    "ring:thumb": "ring:thumb",
    "ring:index": "ring:index",
    "ring:middle": "ring:middle",
    "ring:ring": "ring:ring",
    "ring:little": "ring:little",
}

CATEGORIES: tuple[str, ...] = get_args(Category)
"""What a product can be said to be."""


@dataclass(frozen=True, eq=False)
class Assembled:
    """A product with what it was made from."""

    product: Product
    manifest: Manifest
    model: Model
    lod_model: Model | None


def near_names(name: str, known: list[str]) -> str:
    """Return a phrase that offers the likeliest of the known names."""
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    if known:
        shown = ", ".join(sorted(known)[:12])
        return f"there are {shown}{', ...' if len(known) > 12 else ''}"
    return "there are none"


def slot_of(category: str, finger: str | None = None) -> Slot:
    """Return the slot of a category; the ring finger where a ring does not say otherwise.

    Raises
    ------
    ProductError
        If there is no such category.
    """
    key = f"ring:{finger or 'ring'}" if category == "ring" else category
    if key not in _SLOTS:
        raise ProductError(f"{category!r} is no category; {near_names(category, [*CATEGORIES])}")
    return _SLOTS[key]


def with_variant(product: Product, name: str) -> Product:
    """Return the product in one of its variants.

    Raises
    ------
    ProductError
        If it has no such variant.
    """
    if name not in product.variants:
        raise ProductError(
            f"{product.id}: has no variant {name!r}; {near_names(name, list(product.variants))}"
        )
    replaced = product.variants[name]
    lod = product.lod
    if lod is not None:
        lod = replace(lod, materials={**lod.materials, **replaced})
    return replace(product, materials={**product.materials, **replaced}, lod=lod)


def assemble_folder(folder: Path, *, category: str | None = None) -> Assembled:
    """Load a product folder with its manifest, model, LOD and variants.

    Parameters
    ----------
    folder : Path
    category : str, optional
        What the caller takes it for; the manifest must agree.

    Raises
    ------
    ProductError
        If anything about it is missing, damaged or inconsistent.
    """
    if not folder.is_dir():
        raise ProductError(f"{folder}: there is no such folder; check the path")
    manifest = read_manifest(folder)
    try_on = manifest.try_on
    slot = slot_of(try_on.category, try_on.finger)
    if category not in {None, try_on.category, slot}:
        raise ProductError(
            f"{folder}: its manifest says {try_on.category}, not {category!r}; leave the category "
            "out or correct the manifest"
        )
    model = load_gltf(confined_file(folder, try_on.model, "try_on.model"))
    overridden = _overridden(model.materials, try_on.materials, folder)
    variants = dict(model.variants) | _variants(manifest, overridden, folder)
    product = Product(
        id=manifest.commerce.id,
        title=manifest.commerce.title,
        slot=slot,
        nodes=without_nodes(model.nodes, try_on.leave_out),
        materials=overridden,
        left_out=try_on.leave_out,
        anchor_from_model=_anchor(manifest),
        dimensions_mm=try_on.dimensions_mm.given(),
        variants=variants,
        fits_mm=try_on.fits_mm,
        strap=None if try_on.strap is None else try_on.strap.strap(),
        clock=None if try_on.clock is None else try_on.clock.clock(),
        tilt=math.radians(try_on.tilt_deg),
        hangs=try_on.hangs,
        nudge=try_on.nudge.seat_from_product,
    )
    _check_named_nodes(product, folder)
    lod_model = None
    if try_on.lod is not None:
        lod_model = load_gltf(
            confined_file(folder, try_on.lod, "try_on.lod"), shared_materials=overridden
        )
        lod = replace(
            product,
            nodes=without_nodes(lod_model.nodes, try_on.leave_out),
            materials={**overridden, **lod_model.materials},
        )
        product = replace(product, lod=lod)
    return Assembled(product, manifest, model, lod_model)


def _check_named_nodes(product: Product, folder: Path) -> None:
    """Refuse a manifest that names nodes which the model doesn't have."""
    named: list[tuple[str, str]] = []
    if product.clock is not None:
        named += [("clock", node) for node in product.clock.moves(product.clock.shows)]
    if product.strap is not None:
        named += [("strap", node) for node in product.strap.bent(product.strap.rest_radii_m)]
    named += [("hangs", node) for node in product.hangs]
    named += [("leave_out", node) for node in product.left_out]
    if not any(node.primitives for node in product.nodes):
        raise ProductError(f"{folder}: try_on.leave_out: nothing is left of the model; shorten it")
    known = {node.name for node in product.nodes}
    for table, node in named:
        if node not in known:
            raise ProductError(
                f"{folder}: try_on.{table}: the model has no node {node!r}; "
                f"{near_names(node, sorted(known))}"
            )


def _anchor(manifest: Manifest) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    rows = manifest.try_on.anchor_from_model
    if rows is None:
        return np.eye(4)
    matrix = np.array(rows, dtype=np.float64)
    # Numbers typed with few digits are rigid only roughly; the nearest rotation is meant.
    u, _, vt = np.linalg.svd(matrix[:3, :3])
    matrix[:3, :3] = u @ vt
    return matrix


def _known(name: str, materials: Mapping[str, Material], where: str) -> Material:
    if name not in materials:
        raise ProductError(
            f"{where}: the model has no material {name!r}; {near_names(name, list(materials))}"
        )
    return materials[name]


def _overridden(
    materials: Mapping[str, Material], overrides: Mapping[str, MaterialOverride], folder: Path
) -> dict[str, Material]:
    changed = dict(materials)
    for name, override in overrides.items():
        where = f"{folder}: try_on.materials.{name}"
        _known(name, materials, where)
        for key in _keys_named(name, materials):
            changed[key] = replace(materials[key], **override.given())
    return changed


def _keys_named(name: str, materials: Mapping[str, Material]) -> list[str]:
    """Return the keys of a material of the file: its own and those that variants split off."""
    return [key for key, material in materials.items() if name in {key, material.name}]


def _variants(
    manifest: Manifest, materials: Mapping[str, Material], folder: Path
) -> dict[str, dict[str, Material]]:
    found: dict[str, dict[str, Material]] = {}
    for i, variant in enumerate(manifest.try_on.variants):
        chosen: dict[str, Material] = {}
        for name, value in variant.materials.items():
            where = f"{folder}: try_on.variants[{i}].materials.{name}"
            _known(name, materials, where)
            for key in _keys_named(name, materials):
                if isinstance(value, str):
                    chosen[key] = _known(value, materials, where)
                else:
                    chosen[key] = replace(materials[key], **value.given())
        found[variant.name] = chosen
    return found
