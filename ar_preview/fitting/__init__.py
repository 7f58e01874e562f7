"""Fitting: where each piece sits on a person, at its true size."""

from __future__ import annotations

from ar_preview.fitting.earrings import seat_earring
from ar_preview.fitting.glasses import seat_glasses
from ar_preview.fitting.hat import seat_hat
from ar_preview.fitting.measure import ASSUMED_CAMERA_LOG_SD, HeadMeasurer, resized
from ar_preview.fitting.measure_hand import measure_hand
from ar_preview.fitting.necklace import seat_necklace
from ar_preview.fitting.over_ear import seat_over_ear
from ar_preview.fitting.seat import Seat
from ar_preview.fitting.verdict import FitNote, fit_verdict
from ar_preview.fitting.wardrobe import Wardrobe

__all__ = [
    "ASSUMED_CAMERA_LOG_SD",
    "FitNote",
    "HeadMeasurer",
    "Seat",
    "Wardrobe",
    "fit_verdict",
    "measure_hand",
    "resized",
    "seat_earring",
    "seat_glasses",
    "seat_hat",
    "seat_necklace",
    "seat_over_ear",
]
