"""Pictures with their time: the only form in which images travel through ar_preview."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ar_preview.geometry import Camera, ImageSize

__all__ = ["Frame", "ImageSize", "RgbImage"]

RgbImage = npt.NDArray[np.uint8]
"""An (H, W, 3) RGB picture, uint8, sRGB-encoded, C-contiguous, never mirrored."""

NS_PER_S = 1_000_000_000


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a source.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3), uint8
        RGB, C-contiguous, upright and unmirrored. Treated as read-only by everyone.
    index : int
        Position in the source, from 0.
    timestamp_ns : int
        Capture time in nanoseconds on the source's own clock.
    camera : Camera or None
        The camera that took it, where the source knows it.
    duration_ns : int or None
        How long the picture is shown, where the source knows it, in nanoseconds.

    Raises
    ------
    ValueError
        If the image is not such an array (a strided view would be read as garbage by the
        tracker without an error).
    """

    image: RgbImage
    index: int = 0
    timestamp_ns: int = 0
    camera: Camera | None = None
    duration_ns: int | None = None

    def __post_init__(self) -> None:
        image = self.image
        if (
            not isinstance(image, np.ndarray)
            or image.dtype != np.uint8
            or image.ndim != 3
            or image.shape[2] != 3
            or image.size == 0
        ):
            shape = getattr(image, "shape", None)
            dtype = getattr(image, "dtype", type(image).__name__)
            raise ValueError(f"expected a non-empty (H, W, 3) uint8 image, got {shape} {dtype}")
        if not image.flags.c_contiguous:
            raise ValueError("expected a C-contiguous image; use numpy.ascontiguousarray")

    @property
    def size(self) -> ImageSize:
        """Width and height in px."""
        height, width = self.image.shape[:2]
        return ImageSize(width, height)

    @property
    def time_s(self) -> float:
        """Capture time in seconds."""
        return self.timestamp_ns / NS_PER_S
