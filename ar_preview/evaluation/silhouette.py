"""Silhouettes of hands, cut out of pictures at leisure, to measure edges against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import opencv_from_image
from ar_preview.landmarks import FINGER_JOINTS
from ar_preview.landmarks import HandLandmark as Lm

if TYPE_CHECKING:
    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

__all__ = ["finger_width", "hand_silhouette"]

_PALM = (Lm.WRIST, Lm.THUMB_CMC, Lm.INDEX_MCP, Lm.MIDDLE_MCP, Lm.RING_MCP, Lm.LITTLE_MCP)
_PERHAPS, _LIKELY, _SURE = 0.42, 0.16, 0.05
"""Widths about the bones, palm lengths, in which a hand may be, probably and surely is."""

_ROUNDS = 4
_STATIONS = np.linspace(0.5, 0.85, 9)
_STEP_PX = 0.25
_WIDEST = 1.0
"""Of the phalanx's length: a finger that is wider does not stand free."""

_MOST_SPREAD = 0.03


def hand_silhouette(image: RgbImage, points_image: Array) -> Array:
    """Return the hand by GrabCut (Rother et al., SIGGRAPH 2004), seeded by its bones.

    Pixels that are partly hand count as hand: it comes out wider by up to a pixel a side.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    points_image : ndarray, shape (21, 2)

    Returns
    -------
    ndarray, shape (H, W)
        1 in the hand, 0 outside.
    """
    at = np.round(opencv_from_image(points_image)).astype(np.int32)
    palm = float(np.linalg.norm(points_image[Lm.MIDDLE_MCP] - points_image[Lm.WRIST]))
    mask = np.full(image.shape[:2], cv2.GC_BGD, np.uint8)
    for share, label in (
        (_PERHAPS, cv2.GC_PR_BGD),
        (_LIKELY, cv2.GC_PR_FGD),
        (_SURE, cv2.GC_FGD),
    ):
        for start, end in _bones():
            thickness = max(1, round(share * palm))
            cv2.line(mask, at[start].tolist(), at[end].tolist(), int(label), thickness)
        if label == cv2.GC_PR_FGD:
            cv2.fillConvexPoly(mask, cv2.convexHull(at[list(_PALM)]), int(label))
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(image, mask, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    return np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float64)


def finger_width(mask: Array, base: Array, middle: Array) -> float | None:
    """Return the width of a silhouette across a phalanx, px; None where it does not stand free.

    Parameters
    ----------
    mask : ndarray, shape (H, W)
    base, middle : ndarray, shape (2,)
        Ends of the phalanx, px.
    """
    length = float(np.linalg.norm(middle - base))
    along = (middle - base) / max(length, 1e-9)
    normal = np.array([-along[1], along[0]])
    steps = np.arange(0.0, _WIDEST * length, _STEP_PX)
    middles = base + _STATIONS[:, None] * (middle - base)
    reach = []
    for side in (1.0, -1.0):
        places = opencv_from_image(middles[:, None] + side * steps[:, None] * normal)
        x, y = (places[..., k].astype(np.float32) for k in (0, 1))
        inside = cv2.remap(mask.astype(np.float32), x, y, cv2.INTER_LINEAR) >= 0.5
        if inside.all(axis=1).any() or not inside[:, 0].all():
            return None
        reach.append(steps[inside.argmin(axis=1)])
    widths = reach[0] + reach[1]
    width = float(np.median(widths))
    spread = float(np.median(np.abs(widths - width)))
    if width > _WIDEST * length or spread > _MOST_SPREAD * width:
        return None
    return width


def _bones() -> list[tuple[int, int]]:
    bones = [(j[k], j[k + 1]) for j in FINGER_JOINTS.values() for k in range(3)]
    bones += [(Lm.WRIST, j[0]) for j in FINGER_JOINTS.values()]
    return [(int(a), int(b)) for a, b in bones if a != b]
