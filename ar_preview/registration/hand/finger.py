"""A finger where a ring sits: its width and middle as the picture shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import FINGER_JOINTS
from ar_preview.registration.hand.edges import outward_steps, take_profiles

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array
    from ar_preview.poses import Finger

__all__ = ["RING_PLACE", "WIDTH_TO_PALM", "FingerEdges", "find_finger_edges"]

RING_PLACE: dict[Finger, float] = {
    "thumb": 0.5,
    "index": 0.55,
    "middle": 0.55,
    "ring": 0.58,
    "little": 0.62,
}
"""Where a ring sits between the first two joints, beyond the web of the fingers."""

WIDTH_TO_PALM: dict[Finger, float] = {
    "thumb": 0.225,
    "index": 0.20,
    "middle": 0.203,
    "ring": 0.195,
    "little": 0.17,
}
"""Width of a finger there relative to the length from the wrist to the middle knuckle."""

_STATIONS = np.linspace(0.50, 0.85, 9)
_REACH, _STEP = 0.95, 1.0 / 40.0
_LINES_APART = 0.06
_CORE = 0.22
_LEAST_SPREAD = np.array([6.0, 2.5, 2.5])
_PRIOR_SD = 0.16

_MOST_SPREAD = 0.02
_WIDTH_LIMITS = (0.75, 1.3)
_MOST_OFFSET = 0.12
_LEAST_WIDTH_PX = 5.0
_LEAST_LENGTH = 1.1
"""Of the phalanx in widths, where it is foreshortened by half."""


@dataclass(frozen=True)
class FingerEdges:
    """What the picture shows of one finger.

    Parameters
    ----------
    width_px : float
    offset_px : float
        Of its middle from the line between the joints, along (-d.y, d.x) of its direction d.
    """

    width_px: float
    offset_px: float


def find_finger_edges(
    image: RgbImage, points_image: Array, finger: Finger, expected_px: float
) -> FingerEdges | None:
    """Return width and middle of a finger, None where the edges are not clear.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    points_image : ndarray, shape (21, 2)
    finger : Finger
    expected_px : float
        Width that is expected.
    """
    base, middle = (points_image[j] for j in FINGER_JOINTS[finger][:2])
    length = float(np.linalg.norm(middle - base))
    if expected_px < _LEAST_WIDTH_PX or length < _LEAST_LENGTH * expected_px:
        return None
    along = (middle - base) / length
    profiles = take_profiles(
        image,
        base + _STATIONS[:, None] * (middle - base),
        along,
        _REACH * expected_px,
        max(_STEP * expected_px, 0.25),
        _LINES_APART * expected_px,
    )
    core = profiles.lab[:, np.abs(profiles.offsets) < _CORE * expected_px].reshape(-1, 3)
    skin = np.median(core, axis=0)
    spread = np.maximum(1.4826 * np.median(np.abs(core - skin), axis=0), _LEAST_SPREAD)
    edges = outward_steps(profiles, skin, spread, expected_px, _PRIOR_SD)
    right, left = np.median(edges.positions, axis=1)
    width, offset = float(right - left), float(right + left) / 2.0
    away = np.median(np.abs(edges.positions - np.array([[right], [left]])), axis=1).max()
    if (
        away > _MOST_SPREAD * expected_px
        or not _WIDTH_LIMITS[0] < width / expected_px < _WIDTH_LIMITS[1]
        or abs(offset) > _MOST_OFFSET * width
    ):
        return None
    return FingerEdges(width, offset)
