"""Hats, headphones and headbands."""

from ar_preview.workshop.headwear.products import headwear_products

__all__ = ["headwear_products"]
