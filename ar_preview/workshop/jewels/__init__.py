"""Earrings and necklaces."""

from ar_preview.workshop.jewels.products import jewel_products

__all__ = ["jewel_products"]
