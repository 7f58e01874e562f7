"""The picture behind the hand sample: its hand, extended by a forearm, and an empty table.

The picture is OpenCV's sample ``handSrc.jpg`` (640 x 480): a left hand, palm to the camera, cut
off at the wrist by the picture's left edge. The canvas below adds room on every side; the
forearm on it is the palm's own skin, folded out to the left and narrowed to a wrist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.interpolate import PchipInterpolator, splev, splprep

from ar_preview.errors import SourceError
from ar_preview.frames import ImageSize
from ar_preview.workshop.samples.filling import fill_smoothly, mottle
from ar_preview.workshop.samples.portrait import polygon_mask, read_picture

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

__all__ = ["CANVAS_ORIGIN", "JOINTS_CANVAS", "HandPicture", "load_hand"]

_SIZE = (640, 480)
CANVAS_ORIGIN = (480, 100)
"""Where the picture's corner lies on the canvas, px."""
_CANVAS = (1260, 700)

# The 21 joints in MediaPipe's order, found by its hand landmarker on the picture and on the
# extended hand (whose wrist shows), checked by eye, px of the picture. They lie in the middle
# of the flat hand.
_JOINTS = (
    *((-24, 269), (40, 166), (127, 94), (198, 53), (246, 22)),
    *((269, 186), (371, 159), (432, 147), (480, 138)),
    *((283, 252), (403, 254), (474, 256), (525, 258)),
    *((269, 313), (383, 324), (449, 325), (500, 325)),
    *((238, 372), (320, 405), (373, 421), (418, 432)),
)
JOINTS_CANVAS: Array = np.asarray(_JOINTS, float) + np.asarray(CANVAS_ORIGIN, float)

# The hand's outline from the upper to the lower end of the cut, traced, px of the picture.
_OUTLINE = (
    *((0, 133.6), (20.2, 121), (40.3, 105.8), (65.5, 92.2), (90.7, 75.6)),
    *((121, 63), (146.2, 49.4), (178.9, 25.2), (211.7, 15.1), (231.9, 9.1)),
    *((244.5, 2.5), (256, -2.5), (265.6, 3), (269.7, 17.6), (267.1, 37.8)),
    *((254.5, 56.5), (239.4, 71.6), (221.8, 82.2), (206.7, 88.2), (191.5, 97.3)),
    *((176.4, 110.9), (169.4, 126), (173.9, 138.6), (191.5, 147.7), (226.8, 150.2)),
    *((277.2, 151.2), (302.4, 149.2), (327.6, 142.1), (362.9, 135.6), (413.3, 130)),
    *((443.5, 121.5), (468.8, 119.5), (486.4, 125), (496, 141.1), (491.4, 155.2)),
    *((473.8, 163.8), (438.5, 171.4), (408.3, 175.4), (383.1, 183), (352.8, 194.1)),
    *((327.6, 202.6), (317.5, 214.2), (318.5, 225.3), (332.7, 229.8), (393.1, 230.8)),
    *((463.7, 232.9), (504, 232.9), (534.3, 236.9), (549.4, 252), (549.4, 267.1)),
    *((539.3, 278.7), (514.1, 280.7), (473.8, 280.7), (433.5, 282.8), (393.1, 284.3)),
    *((352.8, 282.3), (330.1, 278.7), (323.1, 282.8), (330.1, 287.3), (352.8, 288.3)),
    *((388.1, 290.3), (418.3, 297.4), (453.6, 299.9), (509.1, 299.9), (524.2, 306.5)),
    *((529.2, 322.6), (526.7, 336.7), (511.6, 344.8), (483.9, 346.8), (433.5, 346.8)),
    *((378, 345.8), (342.7, 343.2), (307.5, 340.2), (294.9, 346.8), (292.3, 355.3)),
    *((299.9, 367.9), (317.5, 373.5), (335.2, 381.6), (352.8, 389.1), (388.1, 396.7)),
    *((418.3, 408.3), (438.5, 422.4), (444.1, 434.5), (441, 446.1), (428.4, 451.6)),
    *((408.3, 451.6), (388.1, 446.6), (367.9, 440), (342.7, 429.9), (317.5, 425.9)),
    *((287.3, 415.8), (257.1, 409.3), (221.8, 407.3), (176.4, 403.2), (141.1, 401.7)),
    *((90.7, 397.2), (55.4, 388.1), (25.2, 380.5), (0, 379)),
)
# Edges of wrist and forearm left of the picture: columns, and rows of both edges.
_ARM_COLUMNS = (-480, -260, -130, -70, -25, 0)
_ARM_TOP = (150, 160, 170, 169, 148, 133.6)
_ARM_BOTTOM = (384, 372, 359, 358, 372, 379)
_OUTLINE_SMOOTHING = 0.25  # px squared
_FOLD = 85  # px of the palm's heel that become the forearm's skin
_SHADOW_MARGIN = 26  # px around the hand in which it shades the table


@dataclass(frozen=True, eq=False)
class HandPicture:
    """The hand on its canvas.

    Parameters
    ----------
    image : ndarray, shape (700, 1260, 3), uint8
        Hand and forearm, their colours carried on beyond the edge.
    alpha : ndarray, shape (700, 1260), float
        1 on hand and forearm, soft at the edge.
    table : ndarray, shape (700, 1260, 3), float
        The table without hand and shadow.
    """

    image: RgbImage
    alpha: Array
    table: Array


def load_hand(path: Path) -> HandPicture:
    """Read the picture, cut the hand out and extend it.

    Raises
    ------
    SourceError
        If the file is missing or has another size.
    """
    picture = read_picture(path)
    if picture.shape[:2] != _SIZE[::-1]:
        raise SourceError(f"expected the 640x480 hand at {path}, got {picture.shape[:2]}")
    hand = _hand_mask()
    x, y = CANVAS_ORIGIN
    mask = hand[y : y + _SIZE[1], x : x + _SIZE[0]]
    image, arm = _extend(picture, mask)
    image[y : y + _SIZE[1], x : x + _SIZE[0]] = picture
    painted = arm.copy()
    painted[y : y + _SIZE[1], x : x + _SIZE[0]] = mask
    whole = hand | arm
    alpha = cv2.GaussianBlur(whole.astype(np.float64), (0, 0), 1.2)
    # The edge itself already mixes with the table: cut a little inside.
    alpha = np.clip((alpha - 0.55) / 0.4, 0, 1)
    return HandPicture(_carry_out(image, painted), alpha, _empty_table(picture, mask))


def _hand_mask() -> npt.NDArray[np.bool_]:
    """Pixels of the canvas inside the outline, a smooth curve through the traced points."""
    points = np.asarray(_OUTLINE, float)
    curve, _ = splprep(points.T, s=_OUTLINE_SMOOTHING * len(points), k=3)
    x, y = splev(np.linspace(0, 1, 2000), curve)
    x[0] = x[-1] = 0.0
    return polygon_mask(np.stack([x, y], -1) + CANVAS_ORIGIN, ImageSize(*_CANVAS))


def _extend(
    picture: RgbImage, mask: npt.NDArray[np.bool_]
) -> tuple[RgbImage, npt.NDArray[np.bool_]]:
    """Paint the forearm on the canvas: along it the heel's skin to and fro, across it stretched."""
    left, top = CANVAS_ORIGIN
    columns = np.arange(-left, 0, dtype=np.float64)
    upper = PchipInterpolator(_ARM_COLUMNS, _ARM_TOP)(columns)
    lower = PchipInterpolator(_ARM_COLUMNS, _ARM_BOTTOM)(columns)
    folded = _FOLD - np.abs(_FOLD - (-columns) % (2 * _FOLD))
    heel = np.arange(_FOLD + 1)
    first = np.array([np.flatnonzero(mask[:, c])[0] for c in heel], float)
    last = np.array([np.flatnonzero(mask[:, c])[-1] for c in heel], float)
    rows = np.arange(_CANVAS[1], dtype=np.float64)[:, None] - top
    across = (rows - upper) / (lower - upper)
    inset = np.clip(across, 0.02, 0.98)
    source_y = np.interp(folded, heel, first) * (1 - inset) + np.interp(folded, heel, last) * inset
    source_x = np.broadcast_to(folded, source_y.shape)
    arm = cv2.remap(
        picture, source_x.astype(np.float32), source_y.astype(np.float32), cv2.INTER_LINEAR
    ).astype(np.float64)
    # To and fro would show as a kaleidoscope: farther out only tone and grain go on.
    grain = mottle((arm.shape[0], arm.shape[1]), (2.5, 7.0), (1.4, 1.2), 22)[..., None]
    calm = cv2.GaussianBlur(arm, (0, 0), sigmaX=50.0, sigmaY=5.0) + grain
    away = np.clip((-columns - 15) / 70, 0, 1)[:, None]
    arm = away * calm + (1 - away) * arm
    # A forearm is round: it darkens towards both edges, more below, away from the lamp.
    round_off = 1 - 0.16 * np.abs(2 * inset - 1) ** 4 - 0.10 * np.clip(2 * inset - 1, 0, 1) ** 2
    round_off = 1 - np.clip(-columns / _FOLD, 0, 1) * (1 - round_off)
    image = np.zeros((_CANVAS[1], _CANVAS[0], 3), np.uint8)
    image[:, :left] = np.clip(arm * round_off[..., None], 0, 255)
    whole = np.zeros((_CANVAS[1], _CANVAS[0]), bool)
    whole[:, :left] = (across > 0) & (across < 1)
    return image, whole


def _carry_out(image: RgbImage, mask: npt.NDArray[np.bool_]) -> RgbImage:
    core = cv2.erode(mask.astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool)
    outside = fill_smoothly(image, core)
    return np.where(core[..., None], image, np.clip(outside, 0, 255)).astype(np.uint8)


def _empty_table(picture: RgbImage, mask: npt.NDArray[np.bool_]) -> Array:
    size = 2 * _SHADOW_MARGIN + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    free = ~cv2.dilate(mask.astype(np.uint8), kernel).astype(bool)
    canvas = np.zeros((_CANVAS[1], _CANVAS[0], 3))
    known = np.zeros((_CANVAS[1], _CANVAS[0]), bool)
    x, y = CANVAS_ORIGIN
    canvas[y : y + _SIZE[1], x : x + _SIZE[0]] = cv2.GaussianBlur(picture, (0, 0), 6.0)
    known[y : y + _SIZE[1], x : x + _SIZE[0]] = free
    smooth = cv2.GaussianBlur(fill_smoothly(canvas, known), (0, 0), 20.0)
    grain = mottle((_CANVAS[1], _CANVAS[0]), (2.0, 6.0), (0.9, 0.6), 21)
    return np.asarray(smooth + grain[..., None])
