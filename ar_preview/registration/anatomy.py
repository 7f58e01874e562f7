"""The rest of the head from the face: skull, ears and neck in proportion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ar_preview.landmarks import FaceLandmark as Lm
from ar_preview.person import EarShape, HeadShape, NeckShape

if TYPE_CHECKING:
    from ar_preview.geometry import Array
    from ar_preview.tracks import Handedness

__all__ = ["complete_head"]

# Proportions of the average adult relative to the canonical face (canonical metres): head
# length 195 mm and height from the tragion 132 mm (NASA-STD-3000 anthropometry, mean of 50th
# percentile man and woman), hair of 10 mm on top and behind.
_HEAD_LENGTH = 0.195
_TRAGION_TO_VERTEX = 0.132
_HAIR = 0.010
# The upper root of the ear stands behind and above the contour landmark in front of the ear, where
# heads are wider still: by 1.9 to 2.8 mm on the four sides of two scanned heads.
_EAR_ROOT = np.array([0.002, 0.014, -0.019])
_EAR_TRUST = 0.5
"""Contour landmarks slide up and down the cheek by some 3 mm, as much as ears differ in height
between people; so much of what they say is believed."""
# Where lobes are pierced, of ten people in clips and photos (median of the people): 6 mm beside the
# contour landmark (standard error 1 mm), 31 mm below (1.6 mm) and 19 mm behind it (5 mm).
_EAR_LOBE = np.array([0.006, -0.031, -0.019])
_SKULL_WIDTH_RATIO = 0.965
_NECK_RADII = (0.058, 0.062)


def complete_head(
    face_head: Array, canonical_head: Array, irises_head: Array | None = None
) -> HeadShape:
    """Add skull, ears and neck to a personal face.

    Parameters
    ----------
    face_head : ndarray, shape (468, 3)
        Neutral face of the person, head space, metres.
    canonical_head : ndarray, shape (468, 3)
        The canonical face, against which proportions are known.
    irises_head : ndarray, shape (2, 3), optional
        See `HeadShape`.

    Returns
    -------
    HeadShape
        In the scale of `face_head`.
    """
    ends = [Lm.RIGHT_TRAGUS, Lm.LEFT_TRAGUS]
    width = float(np.ptp(face_head[ends, 0]))
    ratio = width / float(np.ptp(canonical_head[ends, 0]))
    tall = [Lm.CHIN, Lm.FOREHEAD_TOP]
    height_ratio = float(np.ptp(face_head[tall, 1]) / np.ptp(canonical_head[tall, 1]))
    size = 0.5 * (ratio + height_ratio)

    front = float(face_head[Lm.GLABELLA, 2])
    tragus = face_head[ends].mean(axis=0)
    length = size * (_HEAD_LENGTH + _HAIR)
    top = float(tragus[1]) + size * (_TRAGION_TO_VERTEX + _HAIR)
    bottom = float(face_head[Lm.MOUTH_LEFT, 1])
    centre = np.array([tragus[0], 0.5 * (top + bottom), front - 0.5 * length])
    radii = (0.5 * width * _SKULL_WIDTH_RATIO, 0.5 * (top - bottom), 0.5 * length)

    corners = [Lm.RIGHT_EYE_OUTER, Lm.RIGHT_EYE_INNER, Lm.LEFT_EYE_INNER, Lm.LEFT_EYE_OUTER]
    eyes, canonical_eyes = face_head[corners, 1].mean(), canonical_head[corners, 1].mean()
    ears: dict[Handedness, EarShape] = {}
    sides: tuple[tuple[Handedness, Lm, float], ...] = (
        ("right", Lm.RIGHT_TRAGUS, -1.0),
        ("left", Lm.LEFT_TRAGUS, 1.0),
    )
    for side, landmark, sign in sides:
        mirror = np.array([sign, 1.0, 1.0])
        base = face_head[landmark].copy()
        usual = eyes + height_ratio * (canonical_head[landmark, 1] - canonical_eyes)
        base[1] = usual + _EAR_TRUST * (base[1] - usual)
        ears[side] = EarShape(base + size * mirror * _EAR_ROOT, base + size * mirror * _EAR_LOBE)
    chin = face_head[Lm.CHIN]
    neck_top = np.array([tragus[0], float(chin[1]) + 0.025 * size, float(tragus[2]) - 0.025 * size])
    neck = NeckShape(
        neck_top,
        neck_top + size * np.array([0.0, -0.13, -0.012]),
        (_NECK_RADII[0] * ratio, _NECK_RADII[1] * size),
    )
    return HeadShape(face_head, centre, radii, ears, neck, irises_head)
