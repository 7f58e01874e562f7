"""What a product mirrors: the light's harmonics with the detail of the frame's own background.

A camera sees only what is behind the wearer, but rooms look alike in all directions: as bright,
as warm, as busy. So the picture around the person is laid over both half-spheres, and only its
detail is used; how much light comes from where is told by the skin.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import octahedral_directions, sh_basis, texel_areas
from ar_preview.landmarks import HandLandmark
from ar_preview.staging.skin import LUMINANCE, linear_from_srgb

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import Array

__all__ = ["MAP_SIZE", "face_cover", "hand_cover", "small_picture", "surroundings"]

_LUMINANCE32 = LUMINANCE.astype(np.float32)

MAP_SIZE = 64
_SMALL = (80, 45)
"""Size to which the frame is shrunk, px: reflections on eyewear show no more."""

_BLUR_PX = 9.0
_ANGLE_SCALE = 0.62
"""How steeply the picture is bent around the half-sphere; its rim ends up at the side."""

_ORDER_FACTORS = np.array([1.0, *[0.85] * 3, *[0.50] * 5])
"""Window on the harmonics against ringing (Sloan 2008, "Stupid spherical harmonics tricks")."""

_FLOOR = 0.18
"""Least radiance of any direction as a share of the mean."""

_CONTRAST = 1.6
"""Exponent on the smooth light: rooms have more contrast than harmonics of order 2 can tell.
From about 2.5 on mirrors turn black on their dark side, which no room makes them."""

_ROOM_SHARE_LIMITS = (0.15, 0.50)
"""How much of the light the room itself may send; what is missing comes from a lamp."""

_USUAL_ROOM_SHARE = 0.45
"""Where no background is seen."""

_LAMP_RADIUS = np.radians(14.0)
"""Angular radius of the lamp."""

_LAMP_LOWEST = np.radians(35.0)
"""Least height of the lamp: below, lenses would mirror it over the eyes."""

_DETAIL_LIMITS = (0.3, 3.0)
_DETAIL_EXPONENT, _DETAIL_CHROMA = 0.55, 0.5
_BEHIND_FROM, _BEHIND_FULL = 0.1, 0.6
"""Cosines to the viewing direction between which the picture itself comes to be mirrored."""

_BACKGROUND_NONE, _BACKGROUND_FULL = 0.25, 0.60
"""Visible share of the background that is worth nothing, and that is worth everything."""


def small_picture(image: RgbImage) -> npt.NDArray[np.float32]:
    """Shrink a frame and decode it, (45, 80, 3), linear."""
    step = max(1, min(image.shape[0] // (2 * _SMALL[1]), image.shape[1] // (2 * _SMALL[0])))
    small = cv2.resize(image[::step, ::step], _SMALL, interpolation=cv2.INTER_AREA)
    return linear_from_srgb(np.asarray(small, np.uint8))


def surroundings(
    small: npt.NDArray[np.float32],
    person: npt.NDArray[np.float32],
    size: tuple[int, int],
    harmonics: Array,
) -> npt.NDArray[np.float32]:
    """Return the room as an octahedral map.

    Parameters
    ----------
    small : ndarray, shape (45, 80, 3)
        From `small_picture`.
    person : ndarray, shape (45, 80)
        Where a person hides the background, 0 or 1: `face_cover`, `hand_cover`.
    size : tuple of int
        (width, height) of the frame, px.
    harmonics : ndarray, shape (9, 3)
        The light.

    Returns
    -------
    ndarray, shape (MAP_SIZE, MAP_SIZE, 3), float32
        Linear radiance, camera axes.
    """
    background = 1.0 - person
    share = float(background.mean())
    trust = np.clip((share - _BACKGROUND_NONE) / (_BACKGROUND_FULL - _BACKGROUND_NONE), 0.0, 1.0)
    trust32 = np.float32(trust)
    directions, basis, columns, rows, behind = _map_geometry(size[0] / size[1])
    mean = basis[0, 0] * harmonics[0].astype(np.float32)
    smooth = np.maximum(basis @ harmonics.astype(np.float32) / mean, np.float32(_FLOOR))
    pattern = smooth ** np.float32(_CONTRAST)
    pattern = pattern.reshape(MAP_SIZE, MAP_SIZE, 3)
    border = cv2.BORDER_REFLECT_101
    filled, blurred = _without_person(small, background)
    if trust > 0.0:
        detail = _detail(filled, blurred, float(trust))
        pattern = pattern * cv2.remap(detail, columns, rows, cv2.INTER_LINEAR, borderMode=border)
    areas = texel_areas(MAP_SIZE)[..., None]
    room = _room_share(small @ _LUMINANCE32, background, float(mean @ _LUMINANCE32), float(trust))
    pattern *= room / (pattern * areas).sum(axis=(0, 1)).mean()
    lamp = np.exp((directions @ _lamp_direction(harmonics) - 1.0) * (2.0 / _LAMP_RADIUS**2))
    lamp *= (1.0 - room) / (lamp * areas[..., 0]).sum()
    radiance = mean * (pattern + lamp[..., None])
    seen = cv2.remap(filled, columns, rows, cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(radiance + (trust32 * behind) * (seen - radiance), np.float32)


def _room_share(
    luma: npt.NDArray[np.float32], background: npt.NDArray[np.float32], mean: float, trust: float
) -> float:
    """Tell a room that is lit all over from a dark one with a lamp, by the seen part of it."""
    seen = float((luma * background).sum() / max(float(background.sum()), 1.0))
    told = np.clip(seen / max(mean, 1e-6), *_ROOM_SHARE_LIMITS)
    return float(_USUAL_ROOM_SHARE + trust * (told - _USUAL_ROOM_SHARE))


def _lamp_direction(harmonics: Array) -> Array:
    """Where most light comes from, not lower than lamps stand, (3,)."""
    y, z, x = harmonics[1:4] @ LUMINANCE
    level = np.hypot(x, z)
    height = np.clip(np.arctan2(-y, level), _LAMP_LOWEST, np.pi / 2)
    ahead = np.array([x, z]) / max(level, 1e-6)
    return np.array([np.cos(height) * ahead[0], -np.sin(height), np.cos(height) * ahead[1]])


def hand_cover(points_image: Array, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Where a hand and its forearm hide the background, (45, 80), 0 or 1."""
    points = points_image * (np.array(_SMALL) / size)
    wrist, knuckle = points[HandLandmark.WRIST], points[HandLandmark.MIDDLE_MCP]
    palm = float(np.linalg.norm(knuckle - wrist))
    arm = wrist + 3.0 * (wrist - knuckle)
    mask = np.zeros(_SMALL[::-1], np.float32)
    hull = cv2.convexHull(np.round(points).astype(np.int32))
    around = max(1, round(0.35 * palm))
    cv2.fillConvexPoly(mask, hull, 1.0)
    cv2.polylines(mask, [hull], True, 1.0, around)
    ends = [np.round(p).astype(int).tolist() for p in (wrist, arm)]
    cv2.line(mask, ends[0], ends[1], 1.0, max(1, round(0.9 * palm)))
    return mask


def face_cover(points_image: Array, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Where the person hides the background, (45, 80), 0 or 1: head with hair, and the body."""
    points = points_image * (np.array(_SMALL) / size)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    mask = np.zeros(_SMALL[::-1], np.float32)
    center = (round(middle[0]), round(middle[1] - 0.25 * half[1]))
    axes = (max(1, round(1.5 * half[0])), max(1, round(1.55 * half[1])))
    cv2.ellipse(mask, center, axes, 0.0, 0.0, 360.0, 1.0, -1)
    shoulders = 3.2 * half[0]
    top = max(0, round(high[1] - 0.1 * half[1]))
    left, right = max(0, round(middle[0] - shoulders)), max(0, round(middle[0] + shoulders))
    mask[top:, left:right] = 1.0
    return mask


def _without_person(
    small: npt.NDArray[np.float32], background: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the background with the person painted over, and the same blurred."""
    weight = cv2.GaussianBlur(background, (0, 0), _BLUR_PX)[..., None]
    blurred = cv2.GaussianBlur(small * background[..., None], (0, 0), _BLUR_PX)
    blurred = (blurred + np.float32(1e-4)) / (weight + np.float32(1e-3))
    filled = np.where(background[..., None] > 0.0, small, blurred)
    return filled.astype(np.float32), blurred.astype(np.float32)


def _detail(
    filled: npt.NDArray[np.float32], blurred: npt.NDArray[np.float32], trust: float
) -> npt.NDArray[np.float32]:
    """How the background differs from its own surroundings, a factor a channel."""
    luma, mean = (np.maximum(i @ _LUMINANCE32, np.float32(0.004)) for i in (filled, blurred))
    ratio = np.clip(luma / mean, *_DETAIL_LIMITS) ** np.float32(_DETAIL_EXPONENT * trust)
    dark = np.float32(0.01)
    tint = (filled + dark) / (luma[..., None] + dark)
    tint = 1.0 + np.float32(_DETAIL_CHROMA * trust) * (tint - 1.0)
    return np.asarray(ratio[..., None] * tint, np.float32)


@cache
def _map_geometry(aspect: float) -> tuple[npt.NDArray[np.float32], ...]:
    """Return what only depends on the shape of the frame.

    Returns
    -------
    directions : ndarray, shape (MAP_SIZE, MAP_SIZE, 3)
    basis : ndarray, shape (MAP_SIZE^2, 9)
        Windowed harmonics of the texels.
    columns, rows : ndarray, shape (MAP_SIZE, MAP_SIZE)
        Where the small picture is read, OpenCV pixels.
    behind : ndarray, shape (MAP_SIZE, MAP_SIZE, 1)
        How surely a direction leads into the picture, whose light needs no guess.
    """
    directions = octahedral_directions(MAP_SIZE)
    basis = (sh_basis(directions) * _ORDER_FACTORS).reshape(-1, 9)
    x, y, z = np.moveaxis(directions, -1, 0)
    angle = np.arccos(np.clip(np.abs(z), 0.0, 1.0))
    across = np.maximum(np.hypot(x, y), 1e-6)
    reach = np.tan(_ANGLE_SCALE * angle) / np.tan(_ANGLE_SCALE * np.pi / 2)
    columns = _SMALL[0] * (0.5 + 0.5 * reach * x / across) - 0.5
    rows = _SMALL[1] * (0.5 + 0.5 * aspect * reach * y / across) - 0.5
    t = np.clip((z - _BEHIND_FROM) / (_BEHIND_FULL - _BEHIND_FROM), 0.0, 1.0)
    behind = (t * t * (3.0 - 2.0 * t))[..., None]
    return tuple(a.astype(np.float32) for a in (directions, basis, columns, rows, behind))
