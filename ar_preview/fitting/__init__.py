"""Fitting: where each piece sits on a person, at its true size."""

from __future__ import annotations

from ar_preview.fitting.glasses import GlassesSeat, seat_glasses
from ar_preview.fitting.wardrobe import Wardrobe

__all__ = ["GlassesSeat", "Wardrobe", "seat_glasses"]
