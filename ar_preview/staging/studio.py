"""The studio: a showroom light whose exposure and white follow the skin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.geometry import opencv_from_image
from ar_preview.landmarks import MESH_SIZE, FaceLandmark
from ar_preview.scene import Light

if TYPE_CHECKING:
    from ar_preview.frames import Frame
    from ar_preview.geometry import Array
    from ar_preview.poses import HeadPose
    from ar_preview.staging.hand_skin import LitHand
    from ar_preview.tracks import FaceTrack

__all__ = ["StudioLight"]

_CHEEKS = (
    FaceLandmark.RIGHT_CHEEKBONE,
    FaceLandmark.LEFT_CHEEKBONE,
    FaceLandmark.GLABELLA,
    FaceLandmark.NOSE_BRIDGE_MIDDLE,
)
_REFERENCE_SKIN = np.array([0.36, 0.21, 0.15])
"""Linear colour of average skin under the studio environment at exposure 1."""

_TONE_SPREAD = 0.35
"""Log spread of the luminance of skin between people, against `_LIGHT_SPREAD` between rooms."""

_LIGHT_SPREAD = 0.6
_LIMITS = (0.25, 1.6)
_TINT_SHARE = 0.5
_SETTLE_S = 0.3
_SLOWEST = 0.12
"""Share of this pace where nothing has changed."""

_NOISE = 0.04
"""Change of a logarithm that is still noise."""

_NS_PER_S = 1e9


class StudioLight:
    """Exposure and white of the studio environment so that products match the face.

    A dim face means a dim room or dark skin; the share that goes to the room is the Bayesian
    one for the spreads of both. Only half of the colour cast is believed, for the same reason.

    Parameters
    ----------
    continuous : bool
        False where every frame is a picture of its own.
    """

    every = 1

    def __init__(self, continuous: bool = True) -> None:
        self._continuous = continuous
        self._state: Array | None = None
        self._timestamp_ns = 0

    def update(
        self,
        frame: Frame,
        face: FaceTrack | None,
        pose: HeadPose | None = None,
        hand: LitHand | None = None,
    ) -> Light:
        """Return the light of a frame.

        Parameters
        ----------
        frame : Frame
        face : FaceTrack or None
            The face that tells the light.
        pose : HeadPose or None
            Not needed.
        hand : LitHand, optional
            What tells it where there is no face; without either the last light stays.
        """
        skin = None if face is None else _skin_colour(frame, face)
        if face is None and hand is not None:
            samples = hand.sample(frame.image)
            skin = None if samples is None else samples.median
        if skin is not None:
            self._follow(_light_of(skin), frame.timestamp_ns)
        if self._state is None:
            return Light()
        values = np.exp(self._state)
        return Light(
            exposure=float(values[0]),
            white=(float(values[1]), float(values[2]), float(values[3])),
        )

    def _follow(self, light: Array, timestamp_ns: int) -> None:
        dt = (timestamp_ns - self._timestamp_ns) / _NS_PER_S
        if self._state is None or not self._continuous or not 0.0 < dt < 2.0:
            self._state = light
        else:
            gap = light - self._state
            change = float(gap @ gap)
            pace = max(_SLOWEST, change / (change + _NOISE**2))
            self._state = self._state + (1.0 - np.exp(-dt * pace / _SETTLE_S)) * gap
        self._timestamp_ns = timestamp_ns


def _skin_colour(frame: Frame, face: FaceTrack) -> Array | None:
    """Linear colour of small patches of the face that are mostly bare skin.

    Their midmean, placed between pixels: a median of bytes at whole pixels goes in steps.
    """
    points = opencv_from_image(face.points_image[:MESH_SIZE])
    side = 2 * max(1, int(0.02 * float(np.ptp(points[:, 0])))) + 1
    height, width = frame.image.shape[:2]
    patches = [
        cv2.getRectSubPix(frame.image, (side, side), (float(x), float(y)))
        for x, y in points[list(_CHEEKS)]
        if 0.0 <= x < width and 0.0 <= y < height
    ]
    if not patches:
        return None
    pixels = np.sort(np.concatenate(patches).reshape(-1, 3), axis=0) / 255.0
    quarter = len(pixels) // 4
    return np.asarray(pixels[quarter : len(pixels) - quarter].mean(axis=0) ** 2.2)


def _light_of(skin: Array) -> Array:
    """(log exposure, log white RGB) of the room from the colour of skin."""
    ratio = np.log(np.maximum(skin, 1e-4) / _REFERENCE_SKIN)
    luminance = np.array([0.2126, 0.7152, 0.0722])
    level = float(ratio @ luminance)
    share = _LIGHT_SPREAD**2 / (_LIGHT_SPREAD**2 + _TONE_SPREAD**2)
    exposure = np.clip(share * level, *np.log(_LIMITS))
    tint = _TINT_SHARE * np.clip(ratio - level, -0.4, 0.4)
    return np.concatenate([[exposure], tint - tint @ luminance])
