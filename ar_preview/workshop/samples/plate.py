"""The plate: the portrait without its head, for the head to move in front of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.workshop.samples.filling import fill_smoothly, mottle
from ar_preview.workshop.samples.portrait import SIZE, polygon_mask

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.workshop.samples.portrait import Portrait

__all__ = ["build_plate", "sway_plate"]

# What is painted backdrop and nothing else: above the suit, between flag and shuttle.
_BACKDROP = (
    *((0, 84), (930, 84), (930, 190), (900, 640), (880, 700), (830, 790), (700, 780)),
    *((700, 720), (640, 645), (575, 605), (560, 590), (350, 530), (285, 522), (215, 545)),
    *((165, 600), (128, 660), (95, 700), (60, 600), (25, 470), (0, 380)),
)
# The hidden arc of the ring's outer edge, and what lies below it.
_RIM = (
    *((300, 528), (325, 528), (345, 530), (390, 537), (440, 549), (490, 566), (530, 584)),
    *((562, 603), (580, 614), (600, 629)),
)
_BEHIND_RING = ((300, 528), *_RIM, (600, 690), (300, 690))
_HIDDEN = ((330, 300), (620, 300), (620, 690), (330, 690))
# Columns beside the neck, left and right, in which the ring is seen.
_RIM_SAMPLES = ((326, 342), (574, 590))
_RING_DEPTH = 60
# Suit, ring and neck, generously.
_BODY = (
    *((-80, 820), (60, 700), (110, 600), (190, 510), (320, 480), (600, 560), (720, 660)),
    *((760, 740), (850, 830), (880, 1040), (-80, 1040)),
)
_SWAY_SOFTNESS = 20.0
_NECK = (460.0, 650.0)
_MARGIN = 12  # px around the head in which its edge still mixes into the backdrop


def build_plate(portrait: Portrait) -> RgbImage:
    """Paint the head out of the portrait and extend the backdrop upwards.

    Parameters
    ----------
    portrait : Portrait

    Returns
    -------
    ndarray, shape (960, 960, 3), uint8
    """
    around = _grown(portrait.head, _MARGIN)
    above = np.zeros_like(around)
    above[: portrait.first_row + 2] = True
    known = polygon_mask(_BACKDROP) & ~around & ~above
    smooth = fill_smoothly(cv2.GaussianBlur(portrait.image, (0, 0), 2.0), known)
    painted = np.clip(smooth + _grain(portrait.image, known), 0, 255)
    ring = _paint_ring(portrait.image)
    behind = np.where(polygon_mask(_BEHIND_RING)[..., None], ring, painted)
    hole = (around & (polygon_mask(_BACKDROP) | polygon_mask(_HIDDEN))) | above
    core = _grown(portrait.head, 4)
    core[: portrait.first_row] = True
    soft = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), 2.5)
    weight = np.where(hole, np.maximum(soft, core), 0.0)[..., None]
    return np.asarray(portrait.image * (1 - weight) + behind * weight, np.uint8)


def _grown(mask: npt.NDArray[np.bool_], margin: int) -> npt.NDArray[np.bool_]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * margin + 1, 2 * margin + 1))
    return cv2.dilate(mask.astype(np.uint8), kernel).astype(bool)


def _grain(image: RgbImage, known: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Mottling like that of the backdrop around the hole."""
    grey = image.astype(np.float32).mean(2)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), 12.0)
    inner = cv2.erode(known.astype(np.uint8), np.ones((25, 25), np.uint8)).astype(bool)
    deviation = float(detail[inner].std())
    noise = mottle((SIZE.height, SIZE.width), (1.6, 4.0), (0.85 * deviation, 0.5 * deviation), 3)
    return noise[..., None] * np.ones(3)


def _paint_ring(image: RgbImage) -> RgbImage:
    """Carry the collar's ring on behind the neck: its profile goes over from side to side."""
    ring = np.zeros_like(image)
    columns = np.arange(_RIM[0][0], _RIM[-1][0] + 1)
    rim = np.interp(columns, *np.asarray(_RIM, float).T)
    depth = np.arange(-6, _RING_DEPTH, dtype=np.float64)
    sides = [_rim_profile(image, columns, rim, side, depth) for side in _RIM_SAMPLES]
    begin, end = _RIM_SAMPLES[0][1], _RIM_SAMPLES[1][0]
    across = np.clip((columns - begin) / (end - begin), 0, 1)
    rows = np.arange(image.shape[0])
    for column, top, t in zip(columns, rim, across, strict=True):
        profile = (1 - t) * sides[0] + t * sides[1]
        for channel in range(3):
            ring[:, column, channel] = np.interp(rows, depth + top, profile[:, channel])
    return ring


def _rim_profile(
    image: RgbImage,
    columns: npt.NDArray[np.int64],
    rim: npt.NDArray[np.float64],
    side: tuple[int, int],
    depth: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Mean colours below the rim over a few visible columns, (D, 3)."""
    chosen = (columns >= side[0]) & (columns <= side[1])
    rows = np.arange(image.shape[0])
    profiles = [
        [np.interp(depth + top, rows, image[:, column, c]) for c in range(3)]
        for column, top in zip(columns[chosen], rim[chosen], strict=True)
    ]
    return np.asarray(np.mean(profiles, axis=0).T)


def sway_plate(plate: RgbImage, shift_px: npt.ArrayLike, growth: float) -> RgbImage:
    """Move the body in the plate; the backdrop stays and stretches a little beside it.

    Parameters
    ----------
    plate : ndarray, shape (960, 960, 3), uint8
    shift_px : array_like, shape (2 or more,)
        To the right and up, px.
    growth : float
        Relative growth of the body as it comes nearer.
    """
    dx, dy = (np.float32(v) for v in np.asarray(shift_px)[:2])
    body = cv2.GaussianBlur(polygon_mask(_BODY).astype(np.float32), (0, 0), _SWAY_SOFTNESS)
    columns, rows = np.meshgrid(
        np.arange(SIZE.width, dtype=np.float32), np.arange(SIZE.height, dtype=np.float32)
    )
    x = columns - body * (dx + np.float32(growth) * (columns - _NECK[0]))
    y = rows - body * (-dy + np.float32(growth) * (rows - _NECK[1]))
    return np.asarray(
        cv2.remap(plate, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )
