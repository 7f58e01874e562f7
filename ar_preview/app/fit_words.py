"""How glasses fit, in the language of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.fitting.verdict import FitNote, FitPart

__all__ = ["difference_words", "verdict_words"]


def verdict_words(note: FitNote) -> str:
    """Return what a finding means, as surely as it is known; begins with a capital letter."""
    translate = QCoreApplication.translate
    said = {
        "sure": "%1",
        "probable": translate("fit", "probably %1"),
        "possible": translate("fit", "perhaps %1"),
    }[note.sureness]
    text = said.replace("%1", _verdicts()[note.verdict])
    return text[:1].upper() + text[1:]


def difference_words(note: FitNote) -> str:
    """Return how product and head differ."""
    whole, uncertain = round(abs(note.difference_mm)), round(note.uncertain_mm)
    less, equal, more = _differences()[note.part]
    text = equal if whole == 0 else (more if note.difference_mm > 0 else less)
    text = text.replace("%1", str(whole))
    if uncertain >= 1:
        about = QCoreApplication.translate("fit", "%1, ±%2 mm")
        text = about.replace("%1", text).replace("%2", str(uncertain))
    return text.replace(" mm", "\u00a0mm")


def _differences() -> Mapping[FitPart, tuple[str, str, str]]:
    """By part: the product is smaller, as large, larger."""
    translate = QCoreApplication.translate
    return {
        "width": (
            translate("fit", "%1 mm narrower than your face"),
            translate("fit", "as wide as your face"),
            translate("fit", "%1 mm wider than your face"),
        ),
        "bridge": (
            translate("fit", "%1 mm narrower than your nose"),
            translate("fit", "as wide as your nose"),
            translate("fit", "%1 mm wider than your nose"),
        ),
        "temples": (
            translate("fit", "%1 mm shorter than the way round your ears"),
            translate("fit", "as long as the way round your ears"),
            translate("fit", "%1 mm longer than the way round your ears"),
        ),
        "centring": (
            translate("fit", "%1 mm closer together than your pupils"),
            translate("fit", "as far apart as your pupils"),
            translate("fit", "%1 mm wider apart than your pupils"),
        ),
    }


def _verdicts() -> Mapping[str, str]:
    translate = QCoreApplication.translate
    return {
        "too narrow: the temples press": translate("fit", "too narrow: the temples press"),
        "snug fit": translate("fit", "snug fit"),
        "regular fit": translate("fit", "regular fit"),
        "relaxed fit": translate("fit", "relaxed fit"),
        "oversized look": translate("fit", "oversized look"),
        "too wide: it slides": translate("fit", "too wide: it slides"),
        "too narrow for your nose: it sits high and pinches": translate(
            "fit", "too narrow for your nose: it sits high and pinches"
        ),
        "snug on your nose": translate("fit", "snug on your nose"),
        "regular on your nose": translate("fit", "regular on your nose"),
        "loose on your nose: it sits low": translate("fit", "loose on your nose: it sits low"),
        "too wide for your nose: it slides down": translate(
            "fit", "too wide for your nose: it slides down"
        ),
        "too short for your ears": translate("fit", "too short for your ears"),
        "rather short": translate("fit", "rather short"),
        "regular length": translate("fit", "regular length"),
        "rather long": translate("fit", "rather long"),
        "too long: it slides": translate("fit", "too long: it slides"),
        "your eyes look through the outer half of the lenses": translate(
            "fit", "your eyes look through the outer half of the lenses"
        ),
        "your eyes stand well in the lenses": translate(
            "fit", "your eyes stand well in the lenses"
        ),
        "your eyes stand too near the nose for a prescription": translate(
            "fit", "your eyes stand too near the nose for a prescription"
        ),
    }
