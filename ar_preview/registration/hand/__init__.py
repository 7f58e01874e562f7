"""Hands: from 21 landmarks and the picture to where rings and watches sit."""

from __future__ import annotations

from ar_preview.registration.hand.finger import RING_PLACE
from ar_preview.registration.hand.frames import finger_rotation, flexion, palm_rotation
from ar_preview.registration.hand.registration import HandRegistration, HandResult

__all__ = [
    "RING_PLACE",
    "HandRegistration",
    "HandResult",
    "finger_rotation",
    "flexion",
    "palm_rotation",
]
