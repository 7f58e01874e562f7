"""Parametric eyewear: acetate, wire, browlines, shields."""

from ar_preview.workshop.eyewear.build import build_glasses
from ar_preview.workshop.eyewear.catalogue import eyewear_products, marlow_havana_product
from ar_preview.workshop.eyewear.detail import FULL, LOD1, Detail
from ar_preview.workshop.eyewear.product import GlassesProduct
from ar_preview.workshop.eyewear.shield import ShieldStyle, build_shield
from ar_preview.workshop.eyewear.style import (
    Bridge,
    EndPiece,
    FrontEdges,
    GlassesMaterials,
    GlassesStyle,
    NosePad,
    RimWidths,
    Temple,
    Wire,
)
from ar_preview.workshop.eyewear.styles import marlow_havana

__all__ = [
    "FULL",
    "LOD1",
    "Bridge",
    "Detail",
    "EndPiece",
    "FrontEdges",
    "GlassesMaterials",
    "GlassesProduct",
    "GlassesStyle",
    "NosePad",
    "RimWidths",
    "ShieldStyle",
    "Temple",
    "Wire",
    "build_glasses",
    "build_shield",
    "eyewear_products",
    "marlow_havana",
    "marlow_havana_product",
]
