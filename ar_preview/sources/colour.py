"""Stored pictures to 8-bit RGB: colour matrix, range, depth, alpha and HDR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from ar_preview.media import MATRIX_RGB, SWSCALE_MATRIX, VideoColour
from ar_preview.sources.hdr import HdrToSdr

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import ImageSize

__all__ = ["RgbConverter", "colour_of", "over_white"]

# Without these two flags swscale takes a table path that is 1 to 2 levels too dark and adds that
# once more with every generation: -1.2 levels on average against an exact conversion, not 0.0.
_ACCURATE = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
_WHITE = 255


def colour_of(frame: VideoFrame) -> VideoColour:
    """Describe how a decoded frame stores colour."""
    components = frame.format.components
    bit_depth = max((component.bits for component in components), default=8)
    if frame.format.is_rgb or frame.format.has_palette:
        return VideoColour(MATRIX_RGB, full_range=True, bit_depth=bit_depth)
    ranges = {int(ColorRange.MPEG): False, int(ColorRange.JPEG): True}
    full_range = ranges.get(int(frame.color_range))
    if frame.format.name.startswith("yuvj"):
        full_range = True
    return VideoColour(
        int(frame.colorspace),
        full_range,
        int(frame.color_primaries),
        int(frame.color_trc),
        bit_depth,
    )


def over_white(image: npt.NDArray[np.uint8]) -> RgbImage:
    """Composite a straight-alpha (H, W, 4) picture over white, as a shop page shows it."""
    alpha = image[..., 3:]
    colour = np.ascontiguousarray(image[..., :3])
    if alpha.min() == _WHITE:
        return colour
    weight = alpha.astype(np.uint16)
    mixed = colour * weight + _WHITE * (_WHITE - weight) + _WHITE // 2
    return np.asarray(mixed // _WHITE, dtype=np.uint8)


class RgbConverter:
    """Converts the frames of one stream to RGB with the matrix and range that it states.

    Parameters
    ----------
    colour : VideoColour
    stored_size : ImageSize
        Decides the matrix where the stream does not.
    """

    def __init__(self, colour: VideoColour, stored_size: ImageSize) -> None:
        self._reformatter = VideoReformatter()
        self._settings: dict[str, Any] = {"interpolation": _ACCURATE}
        if not colour.is_rgb:
            full = ColorRange.JPEG if colour.full_range else ColorRange.MPEG
            self._settings |= {
                "src_colorspace": SWSCALE_MATRIX[colour.resolved_matrix(stored_size)],
                "src_color_range": full,
                "dst_color_range": ColorRange.JPEG,
            }
        self._hdr = HdrToSdr(colour.transfer) if colour.is_hdr else None

    def convert(self, frame: VideoFrame) -> RgbImage:
        """Return the stored (H, W, 3) picture; alpha goes over white, HDR to the sRGB range."""
        if self._hdr is not None:
            return self._hdr.convert(self._array(frame, "rgb48le"))
        has_alpha = frame.format.has_palette or any(c.is_alpha for c in frame.format.components)
        if has_alpha:
            return over_white(self._array(frame, "rgba"))
        return np.ascontiguousarray(self._array(frame, "rgb24"))

    def _array(self, frame: VideoFrame, pixel_format: str) -> npt.NDArray[Any]:
        converted = self._reformatter.reformat(
            frame, format=pixel_format, threads=1, **self._settings
        )
        return converted.to_ndarray()
