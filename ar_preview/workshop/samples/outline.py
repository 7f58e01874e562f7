"""Bring the head's outline onto the portrait's, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from ar_preview.frames import ImageSize
from ar_preview.workshop.samples.raster import rasterise

if TYPE_CHECKING:
    import numpy.typing as npt

    from ar_preview.geometry import Array
    from ar_preview.workshop.samples.chart import HeadSurface
    from ar_preview.workshop.samples.face import PersonalFace

__all__ = ["match_outline", "radial_extent"]

_ANGLES = 720
_LONGEST_PX = 460.0
_STEP_PX = 0.25
_ROUNDS = 4
_RATIO_SOFTNESS, _CALM_SOFTNESS = 4.0, 24.0  # half degrees
_CROWN_DEGREES = 55.0
_BEHIND_Z, _BEHIND_BLEND_M = -0.055, 0.04


def radial_extent(mask: npt.NDArray[np.bool_], centre: Array) -> Array:
    """Distance from a centre to a mask's outermost edge, every half degree, (720,) px."""
    angles = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    steps = np.arange(0.0, _LONGEST_PX, _STEP_PX)
    x = centre[0] + np.cos(angles)[:, None] * steps - 0.5
    y = centre[1] + np.sin(angles)[:, None] * steps - 0.5
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
    values = cv2.remap(soft, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    last = values.shape[1] - 1 - np.argmax(values[:, ::-1] > 0.5, axis=1)
    return np.asarray(steps[last])


def match_outline(
    surface: HeadSurface, face: PersonalFace, mask: npt.NDArray[np.bool_], centre: Array
) -> HeadSurface:
    """Stretch the surface sideways until it covers a mask and no more.

    The tracked face keeps its shape; what lies beside and behind it moves along its rays.

    Parameters
    ----------
    surface : HeadSurface
    face : PersonalFace
    mask : ndarray, shape (H, W), bool
        Head and neck in the portrait.
    centre : ndarray, shape (2,)
        A point of the picture that sees the whole outline, px.
    """
    camera = face.camera
    size = ImageSize(camera.width, camera.height)
    wanted = radial_extent(mask, centre)
    radii = surface.radii
    movable = 1 - gaussian_filter(surface.face.astype(float), 3.0, mode=("nearest", "wrap"))
    movable = np.clip(2 * movable - 1, 0, 1)
    high = np.degrees(surface.chart.elevations)
    crown = np.clip((high - _CROWN_DEGREES) / 15, 0, 1)[:, None].repeat(radii.shape[1], 1).ravel()
    for _ in range(_ROUNDS):
        points = surface.chart.points(radii).reshape(-1, 3)
        points_camera = face.camera_from_head @ (points @ face.head_from_upright.T)
        pixels = camera.project(points_camera)
        fragments = rasterise(pixels, points_camera[:, 2], surface.triangles, size)
        covered = np.zeros(size.height * size.width, bool)
        covered[fragments.pixels] = True
        reached = radial_extent(covered.reshape(size.height, size.width), centre)
        ratio = np.clip(wanted / reached, 0.9, 1.1)
        ratio = gaussian_filter1d(ratio, _RATIO_SOFTNESS, mode="wrap")
        calm = gaussian_filter1d(ratio, _CALM_SOFTNESS, mode="wrap")
        offset = pixels - centre
        bins = (np.arctan2(offset[:, 1], offset[:, 0]) % (2 * np.pi)) * (_ANGLES / (2 * np.pi))
        # Notches of the outline are locks in front; they don't run through to the back.
        behind = np.clip((_BEHIND_Z - points[:, 2]) / _BEHIND_BLEND_M, 0, 1)
        behind = np.maximum(behind, crown)
        at = (1 - behind) * _at(bins, ratio) + behind * _at(bins, calm)
        # Only what lies near the outline has to give way.
        rim = np.hypot(offset[:, 0], offset[:, 1]) / _at(bins, reached)
        share = np.clip((rim - 0.6) / 0.3, 0, 1).reshape(radii.shape) * movable
        radii = radii * (1 + share * (at.reshape(radii.shape) - 1))
    return replace(surface, radii=radii)


def _at(bins: Array, values: Array) -> Array:
    """Look up values by direction."""
    return np.asarray(np.interp(bins, np.arange(_ANGLES + 1), [*values, values[0]]))
