"""How the sample's head and hand move: smooth, made of a few named moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import PchipInterpolator

if TYPE_CHECKING:
    from ar_preview.geometry import Array

__all__ = ["FACE_FRAMES", "FPS", "HAND_FRAMES", "face_motion", "hand_motion"]

FPS = 30
FACE_FRAMES = 168
HAND_FRAMES = 108

# Moments of the face clip: time in s; yaw (+ turns the nose to the picture's right), pitch
# (+ nods down), roll (+ tilts clockwise in the picture), degrees.
_FACE_MOMENTS = (
    (0.00, 0.0, 0.0, 0.0),
    (0.35, 0.0, 0.0, 0.0),
    (0.95, 19.0, 1.6, 0.8),
    (1.55, 34.0, -0.4, 1.6),
    (1.90, 34.5, -0.8, 1.7),
    (2.60, 12.0, 2.6, 0.6),
    (3.30, -15.0, 2.8, -0.8),
    (3.95, -34.0, 0.2, -1.9),
    (4.25, -34.5, -0.2, -2.0),
    (4.90, -9.0, 3.4, -0.6),
    (5.30, 0.0, 1.0, 0.0),
    (5.60, 0.0, 0.0, 0.0),
)

# Moments of the hand clip: time in s; rotation vector in camera axes, degrees (x rolls the
# forearm, y swings the fingers away, z turns in the picture); shift in mm.
_HAND_MOMENTS = (
    (0.00, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    (0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    (0.95, 17.0, 5.0, -3.0, 4.0, -3.0, -12.0),
    (1.60, 3.0, 16.0, -6.0, 8.0, -1.0, -20.0),
    (2.20, -17.0, 6.0, 0.0, 5.0, 2.0, -8.0),
    (2.80, -8.0, -13.0, 6.0, -5.0, 7.0, 12.0),
    (3.35, 3.0, -4.0, 2.0, -1.0, 1.0, 3.0),
    (3.60, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
)


def _smooth(moments: Array, frames: int) -> Array:
    """Interpolate without overshoot, then round the corners of the acceleration."""
    times = np.arange(frames) / FPS
    values = PchipInterpolator(moments[:, 0], moments[:, 1:])(times)
    reach = 4
    kernel = np.hanning(2 * reach + 3)[1:-1]
    kernel /= kernel.sum()
    padded = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    return np.stack(
        [np.convolve(padded[:, k], kernel, "valid") for k in range(values.shape[1])], axis=-1
    )


def face_motion(frames: int = FACE_FRAMES) -> tuple[Array, Array]:
    """Return the head's turn and the body's sway.

    Returns
    -------
    turns : ndarray, shape (frames, 3)
        Yaw, pitch and roll relative to the portrait, radians; 0 in the first frame.
    sway : ndarray, shape (frames, 3)
        Shift of the body, upright axes (x right, y up, z towards the camera), metres.
    """
    moments = np.asarray(_FACE_MOMENTS)
    turns = np.radians(_smooth(moments, frames))
    phase = 2 * np.pi * np.arange(frames) / frames
    yaw = turns[:, 0] / np.radians(34.5)
    # Weight shifts a little with the gaze, and breathing lifts the shoulders.
    sway = np.stack(
        [0.0035 * yaw, 0.0008 * (1 - np.cos(2 * phase)), 0.0022 * (1 - np.cos(phase))], axis=-1
    )
    return turns, sway


def hand_motion(frames: int = HAND_FRAMES) -> tuple[Array, Array]:
    """Return the hand's turn and shift.

    Returns
    -------
    turns : ndarray, shape (frames, 3)
        Rotation vector in camera axes, radians; 0 in the first frame.
    shifts : ndarray, shape (frames, 3)
        Camera axes, metres.
    """
    values = _smooth(np.asarray(_HAND_MOMENTS), frames)
    return np.radians(values[:, :3]), values[:, 3:] / 1000.0
