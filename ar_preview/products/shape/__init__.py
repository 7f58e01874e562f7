"""What the shape of a bare model says: category, unit, axes, origin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ar_preview.products.shape.earrings import analyse_earrings
from ar_preview.products.shape.found import Found
from ar_preview.products.shape.frames import Frames
from ar_preview.products.shape.glasses import FRONT_DEPTH_MM, analyse_glasses, temple_length_mm
from ar_preview.products.shape.hat import analyse_hat
from ar_preview.products.shape.limb import LIMB_KINDS, analyse_limb_wear
from ar_preview.products.shape.necklace import analyse_necklace
from ar_preview.products.shape.over_ear import analyse_over_ear

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ANALYSES", "FRONT_DEPTH_MM", "Found", "Frames", "recognise", "temple_length_mm"]

ANALYSES: Mapping[str, Callable[[Frames], Found]] = {
    "glasses": analyse_glasses,
    "hat": analyse_hat,
    "over_ear": analyse_over_ear,
    "earrings": analyse_earrings,
    "necklace": analyse_necklace,
    **{name: partial(analyse_limb_wear, category=name) for name in LIMB_KINDS},
}
"""What a model looks like if taken for a category."""

_UNLIKE_ALL_ELSE = ("glasses", "hat", "over_ear")
_SURE, _LEFT = (0.62, 0.69), 0.2


def recognise(frames: Frames) -> list[tuple[str, Found, float]]:
    """Look at a model as everything.

    Returns
    -------
    list of (str, Found, float)
        Category, what was found, and how likely it is, the likeliest first. A loop or a small
        long thing may be many things: none is likely beside a shape that nothing else has.
    """
    found = {name: analyse(frames) for name, analyse in ANALYSES.items()}
    clear = max(found[name].confidence for name in _UNLIKE_ALL_ELSE)
    low, high = _SURE
    rest = 1.0 - (1.0 - _LEFT) * min(1.0, max(0.0, (clear - low) / (high - low)))
    rated = [
        (name, f, f.confidence * (1.0 if name in _UNLIKE_ALL_ELSE else rest))
        for name, f in found.items()
    ]
    return sorted(rated, key=lambda entry: -entry[2])
