"""Parametric bracelets."""

from ar_preview.workshop.bracelets.products import bracelet_products

__all__ = ["bracelet_products"]
