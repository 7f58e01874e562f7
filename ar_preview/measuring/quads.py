"""Straight-edged quadrilaterals in a picture, their sides fitted below a pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from ar_preview.geometry import image_from_opencv, opencv_from_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

__all__ = ["find_quads"]

_BLURS_PX = (1.0, 2.0)
"""Noise breaks some outlines that are still there in a softer picture."""

_CANNY = ((30, 90), (60, 160), (15, 45))
_LEVELS = tuple(range(4, 100, 6))
_SOLID = 0.93
_POLYGON = (0.02, 0.035, 0.055)
_MARGIN = 0.55
"""How far round the face is searched, as a share of the face's size."""

_REACH_PX = 4.0
_SAMPLES = 60
_CORNER_SHARE = 0.12
"""The ends of a side are left out: a card's corners are round (radius 3.18 mm, ISO/IEC 7810)."""

_MIN_STEP = 5.0
_MIN_SUPPORT = 0.6
_MAX_BEND_PX = 0.6
_ASPECT = (1.05, 2.4)


def find_quads(image: RgbImage, face_image: Array, width_px: tuple[float, float]) -> list[Array]:
    """Return quadrilaterals about the size of a card near a face.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
    face_image : ndarray, shape (N, 2)
        Points of the face, px.
    width_px : tuple of float
        Least and greatest length of the longer sides.

    Returns
    -------
    list of ndarray, shape (4, 2)
        Corners in px, clockwise in the picture, the first side a longer one.
    """
    low, high = face_image.min(axis=0), face_image.max(axis=0)
    margin = _MARGIN * (high - low)
    x0, y0 = np.maximum(np.floor(low - margin), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high + margin), [image.shape[1], image.shape[0]]).astype(int)
    part = np.ascontiguousarray(image[y0:y1, x0:x1])
    corner = np.array([x0, y0], dtype=np.float64)
    lab = cv2.cvtColor(part, cv2.COLOR_RGB2LAB)
    channels = [np.ascontiguousarray(lab[..., c], dtype=np.uint8) for c in range(3)]
    for blur in _BLURS_PX:
        found: list[Array] = []
        for channel in channels:
            for quad in _rough(channel, width_px, blur):
                fine = _refined(channels, quad)
                if fine is None or not _like_a_card(fine, width_px):
                    continue
                if all(np.abs(fine + corner - known).max() > 0.75 for known in found):
                    found.append(fine + corner)
        if found:
            return found
    return []


def _rough(
    channel: npt.NDArray[np.uint8], width_px: tuple[float, float], blur_px: float
) -> list[Array]:
    """Quadrilaterals of the contours of one channel, image coordinates of the part."""
    smooth = np.asarray(cv2.GaussianBlur(channel, (0, 0), blur_px), dtype=np.uint8)
    quads: list[Array] = []
    for shapes, solid in ((_outlines(smooth), 0.0), (_regions(smooth), _SOLID)):
        for contour in shapes:
            hull = cv2.convexHull(contour)
            if solid and cv2.contourArea(contour) < solid * cv2.contourArea(hull):
                continue
            length = cv2.arcLength(hull, True)
            # A card's outline is about 3.3 times its longer side.
            if not 2.6 * width_px[0] < length < 4.0 * width_px[1]:
                continue
            for share in _POLYGON:
                polygon = cv2.approxPolyDP(hull, share * length, True)
                if len(polygon) == 4:
                    quads.append(_ordered(image_from_opencv(polygon[:, 0].astype(np.float64))))
                    break
    kept: list[Array] = []
    for quad in quads:
        if all(np.abs(quad - other).max() > 2.0 for other in kept):
            kept.append(quad)
    return kept


def _outlines(smooth: npt.NDArray[np.uint8]) -> Iterator[npt.NDArray[Any]]:
    """Contours of the edges of a channel."""
    for low, high in _CANNY:
        edges = cv2.dilate(cv2.Canny(smooth, low, high), np.ones((3, 3), np.uint8))
        yield from cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)[0]


def _regions(smooth: npt.NDArray[np.uint8]) -> Iterator[npt.NDArray[Any]]:
    """Outlines of what is brighter or darker than many levels; a card is often either."""
    brush = np.ones((5, 5), np.uint8)
    for level in np.unique(np.percentile(smooth, _LEVELS).astype(int)):
        bright = (smooth > level).astype(np.uint8)
        for mask in (bright, 1 - bright):
            opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, brush)
            yield from cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]


def _ordered(quad: Array) -> Array:
    """Clockwise in the picture, beginning with a longer side."""
    (ax, ay), (bx, by), (cx, cy) = quad[:3]
    if (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) < 0:
        quad = quad[::-1]
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return quad if sides[0] + sides[2] >= sides[1] + sides[3] else np.roll(quad, -1, axis=0)


def _refined(channels: list[npt.NDArray[np.uint8]], quad: Array) -> Array | None:
    """Fit a line to every side below a pixel and cut the lines; None where a side is no line."""
    centre = quad.mean(axis=0)
    for reach in (_REACH_PX, 0.6 * _REACH_PX):
        lines = []
        for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
            line = _side(channels, start, end, centre, reach)
            if line is None:
                return None
            lines.append(line)
        corners = [_cut(lines[i - 1], lines[i]) for i in range(4)]
        if any(c is None for c in corners):
            return None
        quad = np.array(corners)
    return quad


def _side(
    channels: list[npt.NDArray[np.uint8]], start: Array, end: Array, centre: Array, reach: float
) -> tuple[Array, Array] | None:
    """Return a point on the side and its direction."""
    along = end - start
    length = float(np.linalg.norm(along))
    if length < 4 * reach:
        return None
    along = along / length
    outwards = np.array([along[1], -along[0]])
    if outwards @ (0.5 * (start + end) - centre) < 0:
        outwards = -outwards
    share = np.linspace(_CORNER_SHARE, 1.0 - _CORNER_SHARE, _SAMPLES)
    steps = np.arange(-reach - 1.0, reach + 1.01, 0.25)
    base = start + (share * length)[:, None] * along
    points = opencv_from_image(base[:, None] + steps[:, None] * outwards)
    maps = points.astype(np.float32)
    rises = []
    for channel in channels:
        profile = cv2.remap(
            channel.astype(np.float32),
            maps[..., 0],
            maps[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        # Along the side the edge is the same everywhere: a mean over neighbours keeps it.
        profile = cv2.GaussianBlur(profile, (0, 0), sigmaX=3.0, sigmaY=1.5)
        rises.append(np.gradient(profile, 0.25, axis=1))
    strength = np.sqrt(sum(r * r for r in rises))
    inner = strength[:, 4:-4]
    peak = inner.argmax(axis=1) + 4
    rows = np.arange(len(peak))
    a, b, c = (strength[rows, peak + d] for d in (-1, 0, 1))
    bend = a - 2 * b + c
    offset = steps[peak] + 0.25 * np.where(bend < -1e-9, 0.5 * (a - c) / np.minimum(bend, -1e-9), 0)
    good = (strength[rows, peak] * 2.0 > _MIN_STEP) & (peak > 4) & (peak < strength.shape[1] - 5)
    x = share * length
    for _ in range(6):
        if good.sum() < _MIN_SUPPORT * _SAMPLES:
            return None
        slope, level = np.polyfit(x[good], offset[good], 1)
        away = np.abs(offset - level - slope * x)
        limit = max(2.5 * 1.48 * float(np.median(away[good])), 0.35)
        good = good & (away < limit)
    if good.sum() < _MIN_SUPPORT * _SAMPLES or float(np.std(away[good])) > _MAX_BEND_PX:
        return None
    return start + level * outwards, along + slope * outwards


def _cut(one: tuple[Array, Array], two: tuple[Array, Array]) -> Array | None:
    matrix = np.column_stack([one[1], -two[1]])
    if abs(float(np.linalg.det(matrix))) < 0.3 * float(
        np.linalg.norm(one[1]) * np.linalg.norm(two[1])
    ):
        return None
    share = np.linalg.solve(matrix, two[0] - one[0])
    return np.asarray(one[0] + share[0] * one[1])


def _like_a_card(quad: Array, width_px: tuple[float, float]) -> bool:
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    longer, shorter = sides[0] + sides[2], sides[1] + sides[3]
    if not width_px[0] < 0.5 * longer < width_px[1]:
        return False
    return bool(_ASPECT[0] < longer / max(shorter, 1e-9) < _ASPECT[1])
