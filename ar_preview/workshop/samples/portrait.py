"""The portrait behind the face sample: the picture, enlarged, and what is where in it.

The picture is the public-domain portrait of Eileen Collins by NASA that scikit-image ships
(512 x 512). The outlines below were traced on its enlargement, in image coordinates of that
enlargement (960 x 960, origin at the corner of the first pixel).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.errors import SourceError
from ar_preview.frames import ImageSize, RgbImage

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from ar_preview.geometry import Array


__all__ = ["HEAD_CENTRE", "SIZE", "Portrait", "load_portrait", "polygon_mask", "read_picture"]

SIZE = ImageSize(960, 960)

HEAD_CENTRE: Array = np.array([470.0, 350.0])
"""A point between the eyes that sees the whole outline of the head, px."""

_ENLARGEMENT = 3
_LEFT, _TOP = 68, -28  # px of the source at the enlargement's corner; above it there is no picture
_SHARPEN_SIGMA, _SHARPEN_AMOUNT = 2.0, 0.6

# Everything of the head that turns, generously: GrabCut finds the hair's true edge inside.
_HEAD_OUTER = (
    *((246, 300), (250, 262), (290, 205), (345, 175), (370, 140), (430, 122), (495, 116)),
    *((560, 122), (640, 160), (690, 230), (715, 320), (710, 390), (690, 440), (648, 475)),
    *((628, 497), (604, 505), (600, 530), (588, 560), (570, 580), (563, 610), (558, 645)),
    *((500, 660), (420, 646), (375, 640), (352, 612), (348, 560), (340, 500), (316, 482)),
    *((298, 446), (262, 405), (248, 360)),
)
_HEAD_INNER = (
    *((275, 300), (272, 270), (320, 222), (370, 195), (390, 165), (440, 145), (495, 138)),
    *((560, 146), (625, 185), (665, 240), (685, 320), (682, 380), (660, 425), (620, 465)),
    *((600, 480), (588, 520), (575, 545), (556, 570), (548, 625), (500, 645), (420, 632)),
    *((372, 620), (362, 590), (356, 540), (350, 490), (335, 468), (318, 440), (290, 405)),
    *((275, 360),),
)
# Below the hair the edge is skin against a dark or bright ring: traced by hand.
_SKIN_EDGE = (
    *((304, 437), (309, 452), (318, 466), (330, 477), (341, 480), (342, 496), (347, 525)),
    *((352, 546), (353, 575), (354, 601), (359, 619), (371, 630), (390, 638), (420, 641)),
    *((454, 646), (480, 653), (499, 656), (526, 652), (542, 646), (554, 640), (557, 627)),
    *((561, 601), (564, 584), (568, 570), (579, 553), (586, 540), (591, 522), (597, 496)),
    *((612, 494), (620, 490), (632, 478), (642, 461)),
)
# Where hair ends and skin begins, from the right lobe over the fringe to the left lobe.
_HAIRLINE = (
    *((304, 437), (316, 443), (328, 441), (336, 433), (339, 415), (341, 390), (345, 360)),
    *((350, 330), (354, 304), (366, 308), (378, 315), (392, 321), (407, 325), (440, 327)),
    *((478, 328), (507, 332), (535, 338), (564, 345), (595, 354), (603, 368), (608, 396)),
    *((611, 425), (610, 453), (614, 476), (628, 470), (642, 461)),
)
# The black turtleneck down into the ring.
_TURTLENECK = (
    *((354, 600), (359, 619), (420, 641), (499, 656), (557, 627), (558, 700), (566, 780)),
    *((590, 860), (320, 860), (345, 780), (355, 700)),
)
_SKIN_TOP = 466  # px; below this row the traced skin edge bounds the head


@dataclass(frozen=True, eq=False)
class Portrait:
    """The enlarged portrait and its regions.

    Parameters
    ----------
    image : ndarray, shape (960, 960, 3), uint8
        RGB; the rows above the source's top edge repeat its first row.
    head : ndarray, shape (960, 960), bool
        Hair, face, ears and the bare part of the neck.
    hair : ndarray, shape (960, 960), bool
        The hair, a subset of ``head``.
    person : ndarray, shape (960, 960), bool
        The head and the covered part of the neck.
    first_row : int
        First row that the source covers.
    """

    image: RgbImage
    head: npt.NDArray[np.bool_]
    hair: npt.NDArray[np.bool_]
    person: npt.NDArray[np.bool_]
    first_row: int


def read_picture(path: Path) -> RgbImage:
    """Read a picture as RGB.

    Raises
    ------
    SourceError
        If the file is missing or no picture.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise SourceError(f"expected a picture at {path}; the samples are built from it")
    return np.ascontiguousarray(image[:, :, ::-1])


def polygon_mask(points_image: npt.ArrayLike, size: ImageSize = SIZE) -> npt.NDArray[np.bool_]:
    """Return the pixels inside a polygon.

    Parameters
    ----------
    points_image : array_like, shape (N, 2)
        px.
    size : ImageSize

    Returns
    -------
    ndarray, shape (H, W), bool
    """
    mask = np.zeros((size[1], size[0]), np.uint8)
    corners = np.round((np.asarray(points_image, float) - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1, shift=4)
    return mask.astype(bool)


def load_portrait(path: Path) -> Portrait:
    """Read the portrait, enlarge it and find head and hair.

    Parameters
    ----------
    path : Path
        The 512 x 512 picture.

    Raises
    ------
    SourceError
        If the file is missing or has another size.
    """
    source = read_picture(path)
    if source.shape[:2] != (512, 512):
        raise SourceError(f"expected the 512x512 portrait at {path}, got {source.shape[:2]}")
    image = _enlarge(source)
    head = _find_head(image)
    hair = head & _above_hairline()
    return Portrait(image, head, hair, head | polygon_mask(_TURTLENECK), -_TOP * _ENLARGEMENT)


def _enlarge(source: RgbImage) -> RgbImage:
    k = _ENLARGEMENT
    # In OpenCV's pixels (centres at integers) the enlargement shifts by (k - 1) / 2.
    shift = 0.5 * (k - 1)
    matrix = np.array([[k, 0.0, shift - k * _LEFT], [0.0, k, shift - k * _TOP]])
    image = cv2.warpAffine(
        source, matrix, SIZE, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE
    )
    soft = cv2.GaussianBlur(image, (0, 0), _SHARPEN_SIGMA)
    sharp = cv2.addWeighted(image, 1 + _SHARPEN_AMOUNT, soft, -_SHARPEN_AMOUNT, 0)
    return np.ascontiguousarray(sharp)


def _find_head(image: RgbImage) -> npt.NDArray[np.bool_]:
    labels = np.full(image.shape[:2], cv2.GC_BGD, np.uint8)
    labels[polygon_mask(_HEAD_OUTER)] = cv2.GC_PR_FGD
    labels[polygon_mask(_HEAD_INNER)] = cv2.GC_FGD
    cv2.setRNGSeed(1)
    cv2.grabCut(
        np.ascontiguousarray(image[:, :, ::-1]),
        labels,
        (0, 0, 1, 1),  # not used: the labels say where to begin
        np.zeros((1, 65)),
        np.zeros((1, 65)),
        6,
        cv2.GC_INIT_WITH_MASK,
    )
    found = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    found = (cv2.GaussianBlur(found.astype(np.float32), (0, 0), 2.0) > 0.5).astype(np.uint8)
    count, parts, statistics, _ = cv2.connectedComponentsWithStats(found)
    biggest = 1 + int(np.argmax(statistics[1:count, cv2.CC_STAT_AREA]))
    skin = polygon_mask(_SKIN_EDGE)
    hair = (parts == biggest) & _above_hairline()
    inner = polygon_mask(_HEAD_INNER) & ~_rows_below(_SKIN_TOP)
    return np.asarray(hair | skin | inner)


def _above_hairline() -> npt.NDArray[np.bool_]:
    line: Array = np.asarray(_HAIRLINE, float)
    around = np.array([[960.0, 461.0], [960.0, -1.0], [0.0, -1.0], [0.0, 437.0]])
    return polygon_mask(np.concatenate([line, around]))


def _rows_below(row: int) -> npt.NDArray[np.bool_]:
    below = np.zeros((SIZE.height, SIZE.width), bool)
    below[row:] = True
    return below
