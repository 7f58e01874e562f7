"""Makers of products, samples and pictures; needs the `workshop` extra."""
