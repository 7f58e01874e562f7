"""Products: manifests, meshes, the catalogue."""

from __future__ import annotations

from ar_preview.products.bare import FitGuess, load_bare
from ar_preview.products.catalogue import Catalogue, Summary, load_product
from ar_preview.products.check import Finding, check_product
from ar_preview.products.folder import product_id, shelf_folder, write_product_folder
from ar_preview.products.manifest import Manifest, ManifestError, manifest_schema, read_manifest
from ar_preview.products.nudge import Nudge
from ar_preview.products.product import (
    HAND_SLOTS,
    Material,
    Node,
    Primitive,
    Product,
    Slot,
    Texture,
)
from ar_preview.products.swatches import Swatch, variant_swatches

__all__ = [
    "HAND_SLOTS",
    "Catalogue",
    "Finding",
    "FitGuess",
    "Manifest",
    "ManifestError",
    "Material",
    "Node",
    "Nudge",
    "Primitive",
    "Product",
    "Slot",
    "Summary",
    "Swatch",
    "Texture",
    "check_product",
    "load_bare",
    "load_product",
    "manifest_schema",
    "product_id",
    "read_manifest",
    "shelf_folder",
    "variant_swatches",
    "write_product_folder",
]
