"""Fitting: where each piece sits on a person, at its true size."""

from __future__ import annotations

from ar_preview.fitting.glasses import GlassesSeat, seat_glasses
from ar_preview.fitting.measure import ASSUMED_CAMERA_LOG_SD, HeadMeasurer, resized
from ar_preview.fitting.verdict import FitNote, fit_verdict
from ar_preview.fitting.wardrobe import Wardrobe

__all__ = [
    "ASSUMED_CAMERA_LOG_SD",
    "FitNote",
    "GlassesSeat",
    "HeadMeasurer",
    "Wardrobe",
    "fit_verdict",
    "resized",
    "seat_glasses",
]
