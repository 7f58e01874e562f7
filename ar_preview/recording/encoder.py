"""RGB pictures to an H.264 stream in a file that survives a kill."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from ar_preview.media import SDR_VIDEO_COLOUR, SWSCALE_MATRIX, VideoColour

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.stream import VideoStream

    from ar_preview.frames import RgbImage
    from ar_preview.geometry import ImageSize

__all__ = ["TIME_BASE", "H264Encoder", "output_colour"]

TIME_BASE = Fraction(1, 90_000)
"""The clock of the written video, the usual one of MPEG: 11 microseconds fine."""

# Averaging chroma exactly on the way down undoes the source's interpolation on the way up: 60 to
# 79 dB for the round trip on real clips, 45 dB with swscale's defaults.
_EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP
# 43 dB or more on every real clip that it was measured on, in a player's plain conversion too.
_ENCODER_OPTIONS = {"preset": "veryfast", "crf": "13"}
# Without pictures that are sent before their turn, decoding times are presentation times.
_IN_ORDER = {"bf": "0"}
# A fragment a second: that much is lost when the machine stops in the middle.
_MUXER_OPTIONS = {
    "movflags": "frag_keyframe+delay_moov+default_base_moof",
    "frag_duration": "1000000",
    "video_track_timescale": str(TIME_BASE.denominator),
}


def output_colour(colour: VideoColour | None) -> VideoColour:
    """Return how to store what came from a source: as it did, where 8-bit SDR video can."""
    if colour is None or colour.is_rgb or colour.is_hdr:
        return SDR_VIDEO_COLOUR
    return colour


class H264Encoder:
    """Encodes pictures with their own times.

    Parameters
    ----------
    path : Path
        Is overwritten.
    size : ImageSize
        px; an odd side gets one more row or column, repeated from the edge.
    colour : VideoColour
        Matrix, range and tags of the result; unspecified tags stay unspecified.
    frame_rate : Fraction
        Nominal, for the rate control; the times decide.
    pixel_aspect : Fraction
    in_order : bool
        Send every picture in its turn. MP4 stores steps between decoding times, so only then does
        a video with an uneven pace last exactly as long as its pictures.
    """

    def __init__(
        self,
        path: Path,
        size: ImageSize,
        colour: VideoColour,
        frame_rate: Fraction,
        pixel_aspect: Fraction,
        in_order: bool = False,
    ) -> None:
        self._size = size
        self._padding = (size[1] % 2, size[0] % 2)
        self._container = av.open(str(path), "w", format="mp4", options=dict(_MUXER_OPTIONS))
        stream: VideoStream = self._container.add_stream(
            "libx264", rate=frame_rate, options=_ENCODER_OPTIONS | (_IN_ORDER if in_order else {})
        )
        stream.width = size[0] + self._padding[1]
        stream.height = size[1] + self._padding[0]
        stream.pix_fmt = "yuv420p"
        stream.time_base = TIME_BASE
        context = stream.codec_context
        context.time_base = TIME_BASE
        context.sample_aspect_ratio = pixel_aspect
        range_code = int(ColorRange.JPEG if colour.full_range else ColorRange.MPEG)
        context.colorspace = colour.matrix
        context.color_range = range_code if colour.full_range is not None else 0
        context.color_primaries = colour.primaries
        context.color_trc = colour.transfer
        self._stream = stream
        self._reformatter = VideoReformatter()
        self._settings: dict[str, Any] = {
            "format": "yuv420p",
            "interpolation": _EXACT,
            "src_color_range": ColorRange.JPEG,
            "dst_colorspace": SWSCALE_MATRIX[colour.resolved_matrix(size)],
            "dst_color_range": range_code,
            "threads": 1,
        }
        self._durations: dict[int, int] = {}

    def encode(self, image: RgbImage, pts: int, duration: int) -> None:
        """Add one picture; pts and duration in `TIME_BASE`."""
        frame = self._reformatter.reformat(
            VideoFrame.from_ndarray(self._fitted(image)), **self._settings
        )
        frame.pts = pts
        frame.time_base = TIME_BASE
        self._durations[pts] = duration
        self._mux(frame)

    def finish(self) -> None:
        """Write what the encoder still holds and close the file."""
        self._mux(None)
        self.close()

    def close(self) -> None:
        """Close the file as it is."""
        self._container.close()

    def _mux(self, frame: VideoFrame | None) -> None:
        for packet in self._stream.encode(frame):
            packet.duration = self._durations.pop(packet.pts or 0, 0)
            self._container.mux(packet)

    def _fitted(self, image: RgbImage) -> RgbImage:
        if (image.shape[1], image.shape[0]) != tuple(self._size):
            image = _letterboxed(image, self._size)
        if any(self._padding):
            image = np.pad(image, ((0, self._padding[0]), (0, self._padding[1]), (0, 0)), "edge")
        return np.ascontiguousarray(image)


def _letterboxed(image: RgbImage, size: ImageSize) -> RgbImage:
    """Scale a picture of another size into the middle of a black one."""
    height, width = image.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    w = min(size[0], max(1, round(width * scale)))
    h = min(size[1], max(1, round(height * scale)))
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(image))
    small = frame.reformat(width=w, height=h, interpolation=Interpolation.BICUBIC).to_ndarray()
    canvas = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    x, y = (size[0] - w) // 2, (size[1] - h) // 2
    canvas[y : y + h, x : x + w] = small
    return canvas
