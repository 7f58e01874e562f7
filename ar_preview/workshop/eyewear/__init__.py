"""Parametric acetate eyewear."""

from ar_preview.workshop.eyewear.build import build_glasses
from ar_preview.workshop.eyewear.detail import FULL, LOD1, Detail
from ar_preview.workshop.eyewear.product import GlassesProduct
from ar_preview.workshop.eyewear.style import (
    Bridge,
    EndPiece,
    FrontEdges,
    GlassesMaterials,
    GlassesStyle,
    NosePad,
    RimWidths,
    Temple,
)
from ar_preview.workshop.eyewear.styles import marlow_havana, marlow_havana_product

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
    "Temple",
    "build_glasses",
    "marlow_havana",
    "marlow_havana_product",
]
