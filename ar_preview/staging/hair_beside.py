"""Hair on either side of a head: how it is told from skin, and what is known of it over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import smooth_step
from ar_preview.landmarks import FaceLandmark
from ar_preview.scene import Fade
from ar_preview.staging.skin import linear_from_srgb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.person import HeadShape
    from ar_preview.tracks import Handedness

__all__ = [
    "SIDES",
    "HairBeside",
    "above",
    "cheek_front",
    "leaning_fade",
    "light_at",
    "redness",
]

SIDES: tuple[tuple[Handedness, float], ...] = (("left", 1.0), ("right", -1.0))
"""With the sign of x there."""

_EVERY = 10
"""Frames from one look to the next."""

_SHARE, _EASE = 0.4, 0.1
"""Of a new look that is taken, and of what is known that is shown one frame later."""

_FRONT_X, _BELOW_EYES, _ABOVE_MOUTH = (0.018, 0.045), 0.010, 0.005
"""The front of a cheek, which hair leaves bare: its skin is what the rest is compared with."""


@dataclass(eq=False)
class _Side:
    """How surely hair covers a piece, and a share of a way that it covers; known and shown."""

    known: Array
    shown: Array


class HairBeside:
    """What is known of the hair on both sides of one wearer; nothing comes or goes at once."""

    def __init__(self) -> None:
        self._until_next = 0
        self._sides: dict[str, _Side] = {}

    def step(self, look: Callable[[], Mapping[Handedness, Array]]) -> None:
        """Go on by a frame, with another look at the picture now and then.

        Parameters
        ----------
        look : callable
            Returns by side (cover, share), shape (2,): 0 to 1, how surely hair covers a piece,
            and a share of the way along it. Sides that are not seen are left out.
        """
        self._until_next -= 1
        if self._until_next < 0:
            self._until_next = _EVERY - 1
            for name, seen in look().items():
                side = self._sides.get(name)
                if side is None:
                    self._sides[name] = _Side(seen, seen.copy())
                    continue
                # Where nothing covers it there is no share to learn.
                side.known += _SHARE * np.array([1.0, seen[0]]) * (seen - side.known)
        for side in self._sides.values():
            side.shown += _EASE * (side.known - side.shown)

    @property
    def covers(self) -> bool:
        """Whether anything is under hair by now."""
        return any(side.shown[0] > 0.0 for side in self._sides.values())

    def shown(self, name: str) -> tuple[float, float]:
        """Return cover and share of a side as they are shown; 0 where it was never seen."""
        side = self._sides.get(name)
        return (0.0, 0.0) if side is None else (float(side.shown[0]), float(side.shown[1]))


def leaning_fade(ends_z: Sequence[float], across: Sequence[float], length: float) -> Fade:
    """Return the fade that ends where hair begins on both sides.

    Parameters
    ----------
    ends_z, across : sequence of two floats
        Product-space z and x of the ends, left and right, metres.
    length : float
        Over which it fades, metres.
    """
    lean = (ends_z[0] - ends_z[1]) / (across[0] - across[1])
    end = ends_z[0] - lean * across[0]
    return Fade(end + length, end, lean)


def above(limits: tuple[float, float], value: float) -> float:
    """Return 0 below the first limit, 1 above the second, smoothly."""
    return float(smooth_step(*limits, np.array(value)))


def redness(light: Array) -> Array:
    """Return the logarithm of red over green of linear light, shape (..., 3)."""
    return np.asarray(np.log((light[..., 0] + 0.004) / (light[..., 1] + 0.004)))


def cheek_front(shape: HeadShape, sign: float) -> Array:
    """Return points of the front of a cheek, which hair leaves bare.

    Parameters
    ----------
    shape : HeadShape
    sign : float
        1 for the left cheek, -1 for the right one.

    Returns
    -------
    ndarray, shape (N, 3)
        Head space, metres.
    """
    face = shape.face_head
    x, y, _ = face.T
    low = face[FaceLandmark.MOUTH_RIGHT, 1] - _ABOVE_MOUTH
    high = shape.eyes_head[1] - _BELOW_EYES
    within = (sign * x > _FRONT_X[0]) & (sign * x < _FRONT_X[1])
    return np.asarray(face[within & (y > low) & (y < high)])


def light_at(image: RgbImage, points: Array, coarse: int) -> Array | None:
    """Return linear light at points, averaged over `coarse` pixels; None out of the picture.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    points : ndarray, shape (N, 2)
        Pixels.
    coarse : int

    Returns
    -------
    ndarray, shape (N, 3), or None
    """
    low, high = points.min(axis=0).astype(int), points.max(axis=0).astype(int) + 1
    x0, y0 = np.maximum(low - coarse, 0)
    x1, y1 = np.minimum(high + coarse, (image.shape[1], image.shape[0]))
    if (low < 0).any() or high[0] > image.shape[1] or high[1] > image.shape[0]:
        return None
    crop = cv2.blur(image[y0:y1, x0:x1], (coarse, coarse))
    x, y = (points - (x0, y0)).astype(int).T
    return linear_from_srgb(np.asarray(crop, np.uint8)[y, x]).astype(np.float64)
