"""How hair round a hat gives way, and where background is to be seen instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.pressing.outline import ANGLES
from ar_preview.pressing.samples import sampled

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.pressing.outline import HatOutline

    Floats = npt.NDArray[np.float32]
    Bools = npt.NDArray[np.bool_]
    Box = tuple[int, int, int, int]

__all__ = ["LOOSE_HAIR", "HatMove"]

_MARGIN = 0.05
"""Hair ends softly so far beyond its measured edge, and is pressed as far under the hat's; all
lengths here are relative to the hat's size, some 85 mm."""

_HARDLY, _SEEN = 0.02, 0.01

LOOSE_HAIR, _SEAM = 0.1, 0.1
"""Up to so far beyond the edge of hair single strands are no background, and over this length
beyond that what is filled in goes over into the picture."""

_FRINGE = 0.06
"""Over this length the drawn-in hair goes over into what is filled in."""

_STEEPEST = 0.1
"""By how much more is pressed from one direction to the next."""

_APART = np.abs(np.subtract.outer(np.arange(len(ANGLES)), np.arange(len(ANGLES))))
"""How many directions one is from another."""

_BESIDE = np.clip(np.arange(len(ANGLES)) + [[-1], [0], [1]], 0, len(ANGLES) - 1)
"""Each direction and those beside it."""

_SOFTER = 1.0 + np.cos(np.pi / 3.0 * np.minimum(_APART, 3))
_SOFTER /= _SOFTER.sum(axis=1, keepdims=True)
"""Takes means over five directions."""

_UNMOVED_PX = 0.3
"""What moves by less may stay."""

_FADE = 0.12
"""Less excess than this is filled in partly, as it comes and goes."""

_INNER = 0.85
"""From here to the edge everything is squeezed, under the hat."""

_TO_EAR, _EAR = 0.3, 0.2
"""How far below the hem ears begin, and how far they stand out: they stay as they are."""

_SLOPE, _UNDER_BRIM = 0.8, 1.5
"""By how much farther out hair may be for each length below the hem, and below a brim: there it
comes out again, and how is not seen."""


@dataclass(frozen=True, eq=False)
class HatMove:
    """How the picture changes round one hat; lengths are relative to the hat's size.

    Parameters
    ----------
    hat : HatOutline
    excess : ndarray, shape (A,)
        How far hair is pressed in each direction.
    target : ndarray, shape (A,)
        Where it ends then.
    inner : ndarray, shape (A,)
        From where on it is squeezed.
    ends : ndarray, shape (A,)
        From where on there is nothing but background.
    """

    hat: HatOutline
    excess: Array
    target: Array
    inner: Array
    ends: Array

    @classmethod
    def of(cls, hat: HatOutline, reach: Array, trust: Array) -> HatMove:
        """Work out how hair gives way.

        Parameters
        ----------
        hat : HatOutline
        reach : ndarray, shape (A,)
            How far hair reaches, relative to the hat's size.
        trust : ndarray, shape (A,)
            0 to 1: the part of what stands out that is pressed.
        """
        beside_ears = _EAR * smooth_step(0.0, _TO_EAR, hat.below_hem)
        slope = _UNDER_BRIM if hat.brimmed else _SLOPE
        comes_out = slope * hat.below_hem / np.maximum(np.abs(np.sin(ANGLES)), 0.1)
        beyond = reach - hat.edge - np.maximum(beside_ears, comes_out)
        # Gradually, as what hardly stands out comes and goes.
        soft = 2.0 * _MARGIN * smooth_step(-_HARDLY, _HARDLY, beyond)
        excess = np.maximum(beyond, 0.0) + soft
        excess = excess * trust * (1.0 - hat.free_hair)
        # No notches: beside what stays all gives way little by little.
        excess = _SOFTER @ (excess + _STEEPEST * _APART).min(axis=1)
        excess[excess < _SEEN] = 0.0
        # Hair is pressed a margin under the edge; what hardly belongs to it is no background.
        reach = _SOFTER @ reach[_BESIDE].max(axis=0)
        target = np.maximum(hat.edge - _MARGIN, reach + _MARGIN - excess)
        inner = hat.edge * np.where(hat.below_hem > 0.0, 1.0, _INNER) + beside_ears
        return cls(
            hat,
            excess,
            target,
            np.minimum(inner, target - np.maximum(0.02, np.minimum(0.35 * excess, 0.12))),
            reach + LOOSE_HAIR,
        )

    def box(self, width: int, height: int) -> Box | None:
        """Return the rectangle of a picture that changes, x0, y0, x1, y1, px; None without one."""
        pressed = np.flatnonzero(self.excess > 0.0)
        if len(pressed) == 0:
            return None
        distance = np.stack([self.ends + _SEAM, self.inner])[:, pressed]
        rim = self.hat.at(ANGLES[pressed], distance).reshape(-1, 2)
        room = self.hat.size * (ANGLES[1] - ANGLES[0])
        low, high = rim.min(axis=0) - room, rim.max(axis=0) + room
        x0, y0 = np.clip(np.floor(low).astype(int), 0, (width, height)).tolist()
        x1, y1 = np.clip(np.ceil(high).astype(int), 0, (width, height)).tolist()
        return (x0, y0, x1, y1) if x1 - x0 > 1 and y1 - y0 > 1 else None

    def at(self, points_image: Array) -> tuple[Floats, Bools]:
        """Return how the picture changes at points, all of it smooth from pixel to pixel.

        Parameters
        ----------
        points_image : ndarray, shape (H, W, 2)
            px.

        Returns
        -------
        fields : ndarray, shape (2, H, W, 4), float32
            First: where hair comes from, seen from there, px, x and y; how far it is beyond the
            hair's new end and before the picture begins again, relative to the length of either
            seam. Then: share of background there, 0 to 1; direction, as a place in `ANGLES`.
        changes : ndarray, shape (H, W), bool
        """
        away = (points_image - self.hat.middle).astype(np.float32)
        angle, distance = (v.astype(np.float32) for v in self.hat.seen_from_middle(points_image))
        place = (angle - ANGLES[0]) / (ANGLES[1] - ANGLES[0])
        table = np.stack([self.excess, self.inner, self.target, self.ends], axis=-1)
        here = sampled(table[None].astype(np.float32), place.astype(np.complex64))
        far, inner, target, ends = np.moveaxis(here, -1, 0)
        far = far * (np.abs(angle) <= ANGLES[-1])
        moved = far * _part((distance - inner) / (target - inner))
        # Where what is filled in goes over into the picture nothing moves.
        moved *= _part((ends - distance) / (0.5 * _FRINGE))
        fields = np.zeros((2, *place.shape, 4), np.float32)
        fields[0, ..., :2] = (moved / np.maximum(distance, 1e-6))[..., None] * away
        fields[0, ..., 2] = beyond = (distance - target) / _FRINGE
        fields[0, ..., 3] = before = (ends + _SEAM - distance) / _SEAM
        fields[1, ..., 0] = _part(far / _FADE)
        fields[1, ..., 1] = place
        filled = (far > 0.0) & (beyond > 0.0) & (before > 0.0)
        return fields, filled | (moved * self.hat.size > _UNMOVED_PX)


def _part(x: Floats) -> Floats:
    return np.minimum(np.maximum(x, 0.0), 1.0)
