"""A hand in millimetres, with intervals that say how little a picture alone tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import ellipse_perimeter
from ar_preview.person import HandMeasurements, Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ar_preview.poses import FingerPose, WristPose

__all__ = ["measure_hand"]

_Z95 = 1.96
_PEOPLE_LOG_SD = 0.075
"""Of the size of a hand that is told by its length and the width of its fingers alone: both
differ by some 8 % between people, together a little less, and are measured within 3 %."""

_FINGER_LOG_SD, _WRIST_LOG_SD = 0.02, 0.05
"""Of a width in the picture, and of a girth, whose depth is not seen."""


def measure_hand(
    fingers: Sequence[FingerPose], wrist: WristPose | None, size: Interval | None = None
) -> HandMeasurements:
    """Return what is known of a hand.

    Parameters
    ----------
    fingers : sequence of FingerPose
        Of one hand.
    wrist : WristPose or None
        Of the same.
    size : Interval, optional
        True size of the hand over that of the poses, as `find_card_by_hand` tells it; without it
        the hand is that of an average adult, as far as its proportions don't tell more.
    """
    if size is None:
        spread = float(np.exp(_Z95 * _PEOPLE_LOG_SD))
        size = Interval(1.0, 1.0 / spread, spread)
    diameters = {
        f.finger: _measured(2e3 * f.radius_m, size, _FINGER_LOG_SD)
        for f in fingers
        if f.confidence > 0.5
    }
    girth = None
    if wrist is not None and wrist.confidence > 0.5:
        girth = _measured(1e3 * ellipse_perimeter(*wrist.radii_m), size, _WRIST_LOG_SD)
    return HandMeasurements(diameters, girth)


def _measured(value: float, size: Interval, log_sd: float) -> Interval:
    """Return a length with the doubts of the size and of its own."""
    middle = value * size.value
    own = _Z95 * log_sd
    up, down = (abs(np.log(end / size.value)) for end in (size.high, size.low))
    return Interval(
        middle,
        middle * float(np.exp(-np.hypot(down, own))),
        middle * float(np.exp(np.hypot(up, own))),
    )
