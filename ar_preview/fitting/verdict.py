"""How a pair of glasses fits a head, in an optician's words."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np

from ar_preview.landmarks import LEFT_EYE_RING, RIGHT_EYE_RING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.person import HeadShape, Interval, Measurements
    from ar_preview.products.product import Product

__all__ = [
    "VERDICTS",
    "FitNote",
    "FitPart",
    "Sureness",
    "fit_note",
    "fit_verdict",
    "temple_need_mm",
]

FitPart = Literal["width", "bridge", "temples", "centring"]
Sureness = Literal["sure", "probable", "possible"]

# Frame width less face width, mm: up to which difference it is called so. Opticians choose a
# front as wide as the face at the temples, or a few millimetres wider.
_WIDTH_STEPS = (
    (-7.0, "too narrow: the temples press"),
    (-2.0, "snug fit"),
    (2.5, "regular fit"),
    (8.0, "relaxed fit"),
    (13.0, "oversized look"),
    (np.inf, "too wide: it slides"),
)
# Bridge of the frame (distance between lenses) less width of the nose, mm. Pads and rims stand
# a millimetre or two inside that distance on each side.
_BRIDGE_STEPS = (
    (-3.0, "too narrow for your nose: it sits high and pinches"),
    (-0.5, "snug on your nose"),
    (4.5, "regular on your nose"),
    (7.0, "loose on your nose: it sits low"),
    (np.inf, "too wide for your nose: it slides down"),
)
# Temple length less what the way to the ear and round it needs, mm.
_TEMPLE_STEPS = (
    (-10.0, "too short for your ears"),
    (-4.0, "rather short"),
    (6.0, "regular length"),
    (12.0, "rather long"),
    (np.inf, "too long: it slides"),
)
# Distance of the lens centres (boxed lens width and bridge, ISO 8624) less that of the pupils,
# mm. Beyond some 10 mm opticians speak of too much decentration for a prescription.
_CENTRING_STEPS = (
    (-8.0, "your eyes look through the outer half of the lenses"),
    (10.0, "your eyes stand well in the lenses"),
    (np.inf, "your eyes stand too near the nose for a prescription"),
)
_GOOD = frozenset(
    {
        *("snug fit", "regular fit", "relaxed fit", "snug on your nose", "regular on your nose"),
        *("rather short", "regular length", "rather long", "your eyes stand well in the lenses"),
    }
)

VERDICTS = tuple(
    words
    for steps in (_WIDTH_STEPS, _BRIDGE_STEPS, _TEMPLE_STEPS, _CENTRING_STEPS)
    for _, words in steps
)
"""Every verdict that there is."""

_WORDS: Mapping[FitPart, tuple[tuple[tuple[float, str], ...], str, str, str]] = {
    "width": (_WIDTH_STEPS, "wider", "narrower", "your face"),
    "bridge": (_BRIDGE_STEPS, "wider", "narrower", "your nose"),
    "temples": (_TEMPLE_STEPS, "longer", "shorter", "the way round your ears"),
    "centring": (_CENTRING_STEPS, "wider apart", "closer together", "your pupils"),
}
_EQUAL: Mapping[FitPart, str] = {
    "width": "wide as",
    "bridge": "wide as",
    "temples": "long as",
    "centring": "far apart as",
}

_EYE_TO_FRONT_MM = 18.0
"""From the middle of the lids to the front of a frame: cornea, vertex distance, lens."""

_BEHIND_THE_EAR_MM = 42.0
"""A temple goes on behind the top of the ear for 40-45 mm."""

_HEDGES: tuple[tuple[float, Sureness, str], ...] = (
    (0.8, "sure", ""),
    (0.5, "probable", "probably "),
    (0.0, "possible", "perhaps "),
)
"""How a finding is said that holds with at least such a probability."""

_Z95 = 1.96


@dataclass(frozen=True)
class FitNote:
    """One finding.

    Parameters
    ----------
    part : {"width", "bridge", "temples", "centring"}
    difference_mm : float
        Product less head.
    uncertain_mm : float
        Half of the 95 % interval of what was measured of the head.
    good : bool
        False where an optician would advise another size.
    verdict : str
        What it means, for example ``relaxed fit``.
    sureness : {"sure", "probable", "possible"}
        Of the verdict.
    text : str
        All of it for the person, for example ``4 mm wider than your face, give or take 3 mm:
        probably relaxed fit``; as sure as the measurement is.
    """

    part: FitPart
    difference_mm: float
    uncertain_mm: float
    good: bool
    verdict: str
    sureness: Sureness
    text: str


def fit_verdict(
    product: Product, head: HeadShape, measurements: Measurements
) -> tuple[FitNote, ...]:
    """Compare a pair of glasses with a head.

    Parameters
    ----------
    product : Product
        What its dimensions do not tell is not judged; the width of the front is then that
        of the model.
    head : HeadShape
    measurements : Measurements
        Of the same head.

    Returns
    -------
    tuple of FitNote
        Width, bridge, temples, centring, as far as known; empty for other products.
    """
    if product.slot != "glasses":
        return ()
    told = product.dimensions_mm
    width = told.get("frame_width") or 1e3 * float(np.ptp(product.vertices_product()[:, 0]))
    notes = [fit_note("width", width, measurements.face_width_mm)]
    bridge, lens, temple = (told.get(n) for n in ("bridge", "lens_width", "temple_length"))
    if bridge:
        notes.append(fit_note("bridge", bridge, measurements.bridge_width_mm))
    if temple:
        skull = measurements.head_width_mm
        # The way to the ear is as uncertain as the skull, in proportion.
        need = skull.scaled(temple_need_mm(head) / skull.value)
        notes.append(fit_note("temples", temple, need))
    if bridge and lens:
        notes.append(fit_note("centring", bridge + lens, measurements.pupil_distance_mm))
    return tuple(notes)


def temple_need_mm(head: HeadShape) -> float:
    """Return the temple length that reaches round this head's ears, mm."""
    eyes = np.mean([head.face_head[list(r), 2].mean() for r in (RIGHT_EYE_RING, LEFT_EYE_RING)])
    ears = np.mean([head.ears[side].root_head[2] for side in ("left", "right")])
    return 1e3 * float(eyes - ears) + _EYE_TO_FRONT_MM + _BEHIND_THE_EAR_MM


def fit_note(part: FitPart, size_mm: float, measured: Interval) -> FitNote:
    """Compare a size of the product with what was measured of the head, both in mm."""
    steps, more, less, than = _WORDS[part]
    difference = size_mm - measured.value
    uncertain = 0.5 * (measured.high - measured.low)
    step = next(k for k, (limit, _) in enumerate(steps) if difference <= limit)
    verdict = steps[step][1]
    whole = round(abs(difference))
    how = f"{whole} mm {more if difference > 0 else less} than {than}"
    how = how if whole else f"as {_EQUAL[part]} {than}"
    if round(uncertain) >= 1:
        how += f", give or take {round(uncertain)} mm"
    low = steps[step - 1][0] if step else -np.inf
    chance = _chance(difference, uncertain / _Z95, low, steps[step][0])
    sureness, hedge = next((sure, word) for least, sure, word in _HEDGES if chance >= least)
    text = f"{how}: {hedge}{verdict}"
    return FitNote(part, difference, uncertain, verdict in _GOOD, verdict, sureness, text)


def _chance(mean: float, sd: float, low: float, high: float) -> float:
    """Probability that a normal variable lies between two limits."""
    if sd <= 0:
        return 1.0
    below = [0.5 * (1.0 + erf((limit - mean) / (sd * sqrt(2.0)))) for limit in (low, high)]
    return below[1] - below[0]
