"""Parametric watches."""

from ar_preview.workshop.watches.products import watch_products

__all__ = ["watch_products"]
