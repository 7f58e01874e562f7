"""True size of a hand from a bank card that lies in its plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import MeasurementError
from ar_preview.landmarks import HandLandmark as Lm
from ar_preview.measuring.card import CARD_SIZE_M, card_pose, card_width, size_interval
from ar_preview.measuring.quads import find_quads

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array, Camera, RigidTransform
    from ar_preview.person import Interval
    from ar_preview.poses import HandPose

__all__ = ["HandCard", "find_card_by_hand"]

_FINGER_ABOVE_CARD_M = 0.008
"""From the plane of a card to the axis of a finger that lies on the same table."""

_ABOVE_SD_M = 0.004
_FINGER_LEVEL = (Lm.INDEX_MCP, Lm.MIDDLE_MCP, Lm.RING_MCP, Lm.MIDDLE_PIP, Lm.RING_PIP)
_SIZE_RANGE = (0.65, 1.5)
_MAX_BETWEEN_DEGREES = 40.0
"""Between card and palm, whose tilt is itself only known within some 15 degrees."""

_CLEARLY_BETTER = 0.6


@dataclass(frozen=True, eq=False)
class HandCard:
    """A card beside a hand in one frame.

    Parameters
    ----------
    camera_from_card : RigidTransform
    corners_image : ndarray, shape (4, 2)
        px.
    error_px : float
    size_factor : Interval
        True size of the hand over that of its `HandPose`.
    """

    camera_from_card: RigidTransform
    corners_image: Array
    error_px: float
    size_factor: Interval


def find_card_by_hand(image: RgbImage, camera: Camera, hand: HandPose) -> HandCard:
    """Find a card in the plane of a hand and tell from it how large the hand is.

    The depth of the card's plane where the fingers are, less half a finger, over the depth that
    the hand was thought to be at is its size.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    camera : Camera
    hand : HandPose

    Raises
    ------
    MeasurementError
        If there is no card, or more than one thing that could be one.
    """
    points = camera.project(hand.joints_camera)
    expected = camera.fx * CARD_SIZE_M[0] / float(hand.joints_camera[:, 2].mean())
    quads = find_quads(image, _around(points), (0.6 * expected, 1.7 * expected))
    found = [card for quad in quads if (card := _beside(quad, camera, hand)) is not None]
    if not found:
        raise MeasurementError(
            "no bank card found beside the hand: lay both flat on something plain of another "
            "colour, the whole outline of the card visible, and look straight down on them"
        )
    found.sort(key=lambda c: c.error_px / card_width(c.corners_image))
    best = found[0]
    for other in found[1:]:
        differs = abs(other.size_factor.value / best.size_factor.value - 1.0) > 0.02
        if differs and not best.error_px < _CLEARLY_BETTER * other.error_px:
            raise MeasurementError(
                "more than one thing beside the hand could be the bank card, of different size: "
                "lay the card on something plain"
            )
    return best


def _around(points: Array) -> Array:
    """Return points that reach a palm further than the hand, where the card may lie."""
    low, high = points.min(axis=0), points.max(axis=0)
    palm = float(np.linalg.norm(points[Lm.MIDDLE_MCP] - points[Lm.WRIST]))
    return np.stack([low - palm, high + palm])


def _beside(quad: Array, camera: Camera, hand: HandPose) -> HandCard | None:
    laid = card_pose(quad, camera)
    if laid is None:
        return None
    error, pose, corners = laid
    normal = pose.rotation[:, 2]
    palm = hand.camera_from_palm.rotation[:, 2]
    if abs(float(normal @ palm)) < np.cos(np.radians(_MAX_BETWEEN_DEGREES)):
        return None
    fingers = hand.joints_camera[list(_FINGER_LEVEL)].mean(axis=0)
    # Along the sight of the fingers the plane of the card is so many times farther than they.
    plane = float(normal @ pose.translation) / float(normal @ fingers)
    tilt = abs(float(normal @ fingers)) / float(np.linalg.norm(fingers))
    away = plane * float(np.linalg.norm(fingers))
    factor = plane * (1.0 - _FINGER_ABOVE_CARD_M / tilt / away)
    if not _SIZE_RANGE[0] < factor < _SIZE_RANGE[1]:
        return None
    off = _ABOVE_SD_M / tilt / away
    return HandCard(pose, corners, error, size_interval(factor, off, error, corners))
