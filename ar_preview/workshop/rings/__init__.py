"""Parametric rings."""

from ar_preview.workshop.rings.gem import (
    Cut,
    brilliant,
    diameter_of_carat,
    single_cut,
    stone_meshes,
)
from ar_preview.workshop.rings.products import ring_products

__all__ = ["Cut", "brilliant", "diameter_of_carat", "ring_products", "single_cut", "stone_meshes"]
