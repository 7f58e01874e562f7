"""What is known of a person beyond one frame: shape, true size, what is worn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import MeasurementError
from ar_preview.landmarks import LEFT_EYE_RING, RIGHT_EYE_RING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ar_preview.geometry import Array
    from ar_preview.poses import Finger
    from ar_preview.tracks import Handedness

__all__ = [
    "EAR_FLARE",
    "PUPIL_DISTANCE_LIMITS_MM",
    "EarShape",
    "HandMeasurements",
    "HandShape",
    "HeadShape",
    "Interval",
    "Measurements",
    "NeckShape",
    "NoseRelief",
    "Person",
    "check_pupil_distance",
]


EAR_FLARE = np.radians(28.0)
"""Angle between an ear and the side of the head; 20 to 30 degrees are usual."""


PUPIL_DISTANCE_LIMITS_MM = (40.0, 80.0)
"""Pupil distances of people from five years on (Dodgson, Proc. SPIE 5291, 2004)."""


def check_pupil_distance(pupil_distance_mm: float | None) -> float | None:
    """Return a told pupil distance in metres.

    Raises
    ------
    MeasurementError
        If no human has it.
    """
    low, high = PUPIL_DISTANCE_LIMITS_MM
    if pupil_distance_mm is None:
        return None
    if not low <= pupil_distance_mm <= high:
        raise MeasurementError(
            f"expected a pupil distance between {low:g} and {high:g} mm, got {pupil_distance_mm:g}"
        )
    return 1e-3 * pupil_distance_mm


_NECK_WIDENS = 1.25
"""Width of a neck at its base over that below the skull."""


@dataclass(frozen=True)
class Interval:
    """A measured value with its 95 % interval, all in one unit."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"expected low <= value <= high, got {self}")

    def scaled(self, factor: float) -> Interval:
        """Return the interval in another unit, or of something in proportion."""
        return Interval(self.value * factor, self.low * factor, self.high * factor)

    def weighed(self, other: Interval) -> Interval:
        """Return what two independent measurements of one thing say together.

        Parameters
        ----------
        other : Interval
            In the same unit. Values are positive, errors are shares of them, and each counts by
            the inverse square of its own.
        """
        logs = np.log([[i.value, i.low, i.high] for i in (self, other)])
        weights = 1.0 / np.maximum(logs[:, 2] - logs[:, 1], 1e-9) ** 2
        value = float(weights @ logs[:, 0] / weights.sum())
        half = 0.5 / float(np.sqrt(weights.sum()))
        return Interval(*(float(np.exp(value + d)) for d in (0.0, -half, half)))


@dataclass(frozen=True)
class Measurements:
    """What an optician measures of a head, mm, each with its 95 % interval.

    Parameters
    ----------
    pupil_distance_mm : Interval
        Between the pupils, eyes looking far away.
    face_width_mm : Interval
        Skin to skin at the temples, where the temples of glasses leave their hinges: 10 mm
        above and 40 mm behind the pupils.
    bridge_width_mm : Interval
        Of the nose where pads or a bridge rest: 7 mm below the pupils, 9 mm behind the crest.
    head_width_mm : Interval
        Greatest breadth of the skull above the ears.
    """

    pupil_distance_mm: Interval
    face_width_mm: Interval
    bridge_width_mm: Interval
    head_width_mm: Interval


@dataclass(frozen=True, eq=False)
class HandMeasurements:
    """What a jeweller measures of a hand, mm, each with its 95 % interval.

    Parameters
    ----------
    finger_diameters_mm : mapping of Finger to Interval
        Where a ring sits; of the fingers whose edges were seen.
    wrist_girth_mm : Interval or None
        Where a watch sits; None where its edges were not seen.
    """

    finger_diameters_mm: Mapping[Finger, Interval]
    wrist_girth_mm: Interval | None


@dataclass(frozen=True, eq=False)
class EarShape:
    """One ear, head space, metres.

    Parameters
    ----------
    root_head : ndarray, shape (3,)
        Where the ear's upper root meets the head: a temple of glasses rests there.
    lobe_head : ndarray, shape (3,)
        Middle of the lobe's outer side, where it is pierced.
    """

    root_head: Array
    lobe_head: Array


@dataclass(frozen=True, eq=False)
class NeckShape:
    """The neck as an elliptic cone, head space, metres.

    Parameters
    ----------
    top_head, base_head : ndarray, shape (3,)
        Axis, from below the skull to the collarbones.
    radii : tuple of float
        Half-widths across (x) and along (z), at the top.
    """

    top_head: Array
    base_head: Array
    radii: tuple[float, float]

    def radii_at(self, share: float) -> tuple[float, float]:
        """Return the half-widths a share of the way up from the base, metres."""
        wider = 1.0 + (_NECK_WIDENS - 1.0) * (1.0 - share)
        return self.radii[0] * wider, self.radii[1] * wider


@dataclass(frozen=True, eq=False)
class HeadShape:
    """The personal head, rigid, head space, true metres.

    Parameters
    ----------
    face_head : ndarray, shape (468, 3)
        Neutral face; topology of `FaceModel`.
    skull_centre_head : ndarray, shape (3,)
    skull_radii : tuple of float
        Half-axes of the skull with hair along x, y, z.
    ears : mapping of {"left", "right"} to EarShape
    neck : NeckShape
    irises_head : ndarray, shape (2, 3), or None
        Middles of the right and left iris, on average over the frames, at the depth of the lids;
        None where only the lids are known.
    """

    face_head: Array
    skull_centre_head: Array
    skull_radii: tuple[float, float, float]
    ears: Mapping[Handedness, EarShape]
    neck: NeckShape
    irises_head: Array | None = None

    @property
    def eyes_head(self) -> Array:
        """Middle between the eyes, shape (3,): of the irises, in depth of the lids."""
        rings = [self.face_head[list(r)].mean(axis=0) for r in (RIGHT_EYE_RING, LEFT_EYE_RING)]
        lids = np.mean(rings, axis=0)
        if self.irises_head is None:
            return np.asarray(lids)
        return np.array([*self.irises_head[:, :2].mean(axis=0), lids[2]])


@dataclass(frozen=True, eq=False)
class NoseRelief:
    """A nose as its skin showed it from several sides.

    Parameters
    ----------
    face_head : ndarray, shape (468, 3)
        A `HeadShape.face_head` with this nose.
    unseen : float
        Share of the variance of the relief that the pictures left open, 0 to 1.
    """

    face_head: Array
    unseen: float


@dataclass(frozen=True, eq=False)
class HandShape:
    """Limb radii of one hand, metres, where measured."""

    finger_radii_m: Mapping[Finger, Interval] = field(default_factory=dict)
    wrist_radii_m: tuple[Interval, Interval] | None = None


@dataclass(frozen=True, eq=False)
class Person:
    """Everything remembered of one person.

    Parameters
    ----------
    id : int
        Stays the same while the person is followed.
    scale : Interval
        Size of this head relative to the canonical face.
    head : HeadShape or None
        None while no face was seen; in the size that is drawn.
    hands : mapping of {"left", "right"} to HandShape
    worn : tuple of str
        Ids of the products this person wears, one per slot.
    pupil_distance_m : Interval or None
        Between the pupils for the far gaze, metres; None while they were not seen.
    drawn_scale : float or None
        Size of `head` relative to the canonical face: follows `scale` once that differs
        visibly, so that what is worn keeps still; None if it is that of `scale`.
    settled : bool
        False over the first frames, in which what is known still changes a lot.
    """

    id: int
    scale: Interval
    head: HeadShape | None = None
    hands: Mapping[Handedness, HandShape] = field(default_factory=dict)
    worn: tuple[str, ...] = ()
    pupil_distance_m: Interval | None = None
    drawn_scale: float | None = None
    settled: bool = False

    @property
    def true_from_drawn(self) -> float:
        """Factor from `head` as it is drawn to the best estimate of its size."""
        return 1.0 if self.drawn_scale is None else self.scale.value / self.drawn_scale
