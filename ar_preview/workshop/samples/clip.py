"""Frames to a clip: sensor noise and the encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from ar_preview.frames import NS_PER_S
from ar_preview.recording import VideoRecorder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ar_preview.frames import ImageSize, RgbImage
    from ar_preview.geometry import Array

__all__ = ["add_noise", "write_clip"]

_GRAIN_SIGMA_PX = 0.6
_CHROMA_SHARE = 0.35


def add_noise(image: Array, sigma: float, seed: int) -> RgbImage:
    """Add sensor noise: mostly luminance, slightly soft as after demosaicing.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3)
        0 to 255.
    sigma : float
        Standard deviation of the luminance noise in mid-grey, levels.
    seed : int
    """
    random = np.random.default_rng(seed)
    height, width = image.shape[:2]
    white = random.standard_normal((height, width, 4)).astype(np.float32)
    noise = np.asarray(cv2.GaussianBlur(white, (0, 0), _GRAIN_SIGMA_PX), np.float64)
    noise *= sigma / noise[..., 3].std()
    noisy = image + noise[..., 3:] + _CHROMA_SHARE * noise[..., :3]
    return np.clip(np.round(noisy), 0, 255).astype(np.uint8)


def write_clip(path: Path, size: ImageSize, fps: int, frames: Iterable[RgbImage]) -> None:
    """Encode frames at a constant rate.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with VideoRecorder(path, size, frame_rate=fps, overwrite=True) as recorder:
        for index, frame in enumerate(frames):
            recorder.write(frame, index * NS_PER_S // fps, NS_PER_S // fps)
