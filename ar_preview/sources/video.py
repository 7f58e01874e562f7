"""Video files: anything that PyAV decodes, with its own times, turned upright, as RGB."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from ar_preview.errors import SourceError
from ar_preview.frames import NS_PER_S, Frame
from ar_preview.geometry import ImageSize
from ar_preview.media import SourceInfo
from ar_preview.sources.colour import RgbConverter, colour_of
from ar_preview.sources.ending import Promise
from ar_preview.sources.intrinsics import CameraChoice, fov_from_focal_length_35mm
from ar_preview.sources.orientation import UPRIGHT, Orientation
from ar_preview.sources.source import FileSource, check_readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["VideoSource"]

# Only containers of moving pictures, and only the file itself: a playlist or a session
# description must neither open a socket nor read another file, and a text file is no video.
_DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,apng,mpegts,mpeg,mpegvideo,flv,asf,ogg,"
    "h264,hevc,m4v,mjpeg,ivf,obu,av1,nut,mxf,dv,wtv,rm,yuv4mpegpipe,webp"
)
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": _DEMUXERS}
_PLAUSIBLE_RATE = (1, 240)
_FALLBACK_RATE = Fraction(30)
_COUNT_BY_READING_BYTES = 256 * 2**20
# Some containers seek by decoding time: a second try begins this much earlier.
_SEEK_MARGIN_S = 5
_FOCAL_LENGTH_KEY = "camera.focal_length.35mm_equivalent"


@dataclass(frozen=True)
class _Stream:
    """The chosen stream of an open container, with what its first frame told."""

    container: InputContainer
    stream: VideoStream
    orientation: Orientation
    converter: RgbConverter
    rate: Fraction
    time_base: Fraction
    first_pts: int
    pictures: Iterator[VideoFrame]


class VideoSource(FileSource):
    """The frames of a video file.

    Timestamps are the file's own presentation times (variable frame rates included), zero at the
    first frame. Packets that cannot be decoded are skipped; a file that ends far before its stated
    end is refused when that place is reached, unless ``end`` lies before it.

    Parameters
    ----------
    path : Path
    cameras : CameraChoice
    start, end : int
        Frame indices in the file, end exclusive; None for the whole of it.

    Raises
    ------
    SourceError
        If the file cannot be read or not one picture of it can be decoded; while iterating, if
        it is cut short.
    """

    def __init__(
        self, path: Path, cameras: CameraChoice, start: int = 0, end: int | None = None
    ) -> None:
        check_readable(path)
        container = _opened(path)
        try:
            stream = _video_stream(container, path)
            pictures = _decoded(container, stream)
            first = next(pictures, None)
            if first is None:
                raise SourceError(f"no picture of {path} can be decoded: truncated or damaged")
            opened = _described(container, stream, first, pictures)
            times = _frame_times(path, stream, start)
            info = _info(path, opened, first, times, start, end)
            fov = _metadata_fov(container, stream, info.size)
            camera = cameras.for_frame(info.size, fov, info.pixel_aspect)
            by_size = {info.size: camera}
        except BaseException:
            container.close()
            raise
        self._container = container

        def frames() -> Iterator[Frame]:
            for index, picture, time_ns, duration_ns in _timed(path, opened, times, start, end):
                image = opened.orientation.apply(opened.converter.convert(picture))
                size = ImageSize(image.shape[1], image.shape[0])
                if size not in by_size:
                    by_size[size] = cameras.for_frame(size, fov, info.pixel_aspect)
                yield Frame(image, index, time_ns, by_size[size], duration_ns)

        super().__init__(info, frames())

    def _release(self) -> None:
        self._container.close()


def _opened(path: Path) -> InputContainer:
    try:
        # An absolute path cannot be mistaken for an address.
        return av.open(str(path.absolute()), options=dict(_OPTIONS))
    except (av.error.FFmpegError, ValueError, OSError):
        raise SourceError(
            f"{path} is not a picture or video that can be read: "
            "truncated, damaged or another kind of file"
        ) from None


def _video_stream(container: InputContainer, path: Path) -> VideoStream:
    attached = av.stream.Disposition.attached_pic
    moving = [s for s in container.streams.video if not s.disposition & attached]
    if not moving:
        raise SourceError(f"{path} holds no video stream")
    best = container.streams.best("video")
    stream = next((s for s in moving if best is not None and s.index == best.index), moving[0])
    stream.thread_type = "AUTO"
    return stream


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decode what can be decoded; a broken packet is skipped, a broken end is the end."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:
            packet = None
        if packet is None:
            break
        yield from _pictures(stream, packet)
    # The demuxer flushes at a clean end; after a broken one the decoder still holds frames.
    yield from _pictures(stream, None)


def _pictures(stream: VideoStream, packet: Any) -> list[VideoFrame]:
    try:
        return list(stream.decode(packet))
    except av.error.FFmpegError:
        return []


def _described(
    container: InputContainer,
    stream: VideoStream,
    first: VideoFrame,
    rest: Iterator[VideoFrame],
) -> _Stream:
    matrix: Any = first.side_data.get("DISPLAYMATRIX")
    orientation = UPRIGHT
    if matrix is not None:
        numbers = np.frombuffer(bytes(matrix), dtype=np.int32)
        orientation = Orientation.from_display_matrix(numbers)
    low, high = _PLAUSIBLE_RATE
    rates = (stream.guessed_rate, stream.average_rate, stream.base_rate)
    rate = next((r for r in rates if r and low <= r <= high), _FALLBACK_RATE)
    return _Stream(
        container,
        stream,
        orientation,
        RgbConverter(colour_of(first), ImageSize(first.width, first.height)),
        rate,
        first.time_base or stream.time_base or 1 / rate,
        first.pts if first.pts is not None else 0,
        chain([first], rest),
    )


def _frame_times(path: Path, stream: VideoStream, start: int) -> list[int] | None:
    """Presentation times of all frames in order, from the packets alone (nothing is decoded).

    They make seeking exact. None where nobody needs them, or the container has no times.
    """
    known = stream.frames > 0
    if start == 0 and (known or path.stat().st_size > _COUNT_BY_READING_BYTES):
        return None
    times: list[int] = []
    with _opened(path) as container:
        try:
            for packet in container.demux(container.streams[stream.index]):
                if packet.size == 0 or packet.is_discard:
                    continue
                if packet.pts is None:
                    return None
                times.append(packet.pts)
        except av.error.FFmpegError:
            pass
    return sorted(set(times))


def _info(
    path: Path,
    opened: _Stream,
    first: VideoFrame,
    times: list[int] | None,
    start: int,
    end: int | None,
) -> SourceInfo:
    stream = opened.stream
    total = len(times) if times is not None else (stream.frames or None)
    if total is not None and start >= total:
        raise SourceError(f"start {start} is behind the last frame: {path} has {total} frames")
    stop = total if end is None else (end if total is None else min(end, total))
    count = None if stop is None else stop - start
    ends_trimmed = end is not None and (total is None or end < total)
    duration = None
    if start or ends_trimmed:
        duration = None if count is None else float(count / opened.rate)
    elif times:
        duration = float((times[-1] - times[0]) * opened.time_base + 1 / opened.rate)
    elif stream.duration is not None and stream.time_base is not None:
        duration = float(stream.duration * stream.time_base)
    elif opened.container.duration is not None:
        duration = opened.container.duration / av.time_base
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if opened.orientation.transpose:
        aspect = 1 / aspect
    return SourceInfo(
        kind="video",
        size=opened.orientation.size(ImageSize(first.width, first.height)),
        frame_rate=opened.rate,
        frame_count=count,
        duration_s=duration,
        path=path,
        has_audio=bool(opened.container.streams.audio),
        colour=colour_of(first),
        pixel_aspect=aspect,
        origin_s=float(opened.first_pts * opened.time_base),
        starts_trimmed=start > 0,
        ends_trimmed=ends_trimmed,
    )


def _metadata_fov(container: InputContainer, stream: VideoStream, size: ImageSize) -> float | None:
    for metadata in (container.metadata, stream.metadata):
        for key, value in metadata.items():
            if key.lower().endswith(_FOCAL_LENGTH_KEY):
                try:
                    return fov_from_focal_length_35mm(float(value), size)
                except ValueError:
                    continue
    return None


def _timed(
    path: Path, opened: _Stream, times: list[int] | None, start: int, end: int | None
) -> Iterator[tuple[int, VideoFrame, int, int | None]]:
    """Give ``(index, picture, timestamp_ns, duration_ns)`` from start to end.

    One picture is held back, since how long it lasts is known when the next one comes.
    """
    held: tuple[int, VideoFrame, int] | None = None
    last_ns = -1
    for index, picture in _indexed(path, opened, times, start):
        time_ns = _time_ns(opened, picture, index)
        if held is not None:
            # Times that stand still or run back (damaged files) must still increase.
            time_ns = max(time_ns, last_ns + 1)
            yield (*held, time_ns - held[2])
            held = None
        last_ns = time_ns
        if end is not None and index >= end:
            return
        held = (index, picture, time_ns)
    if held is not None:
        index, picture, _ = held
        duration = picture.duration
        ns = round(duration * opened.time_base * NS_PER_S) if duration else None
        yield (*held, ns)
        if end is None or index + 1 < end:
            _promise(path, opened.stream, opened.rate).check(
                index + 1, _reached(opened, picture, index)
            )


def _promise(path: Path, stream: VideoStream, rate: Fraction) -> Promise:
    stated = None
    if stream.duration is not None and stream.time_base is not None:
        stated = stream.duration * stream.time_base
    return Promise(path, stream.frames, stated, rate)


def _reached(opened: _Stream, picture: VideoFrame, index: int) -> Fraction:
    """Return how long the stream has lasted at the end of a picture, seconds."""
    if picture.pts is None:
        return (index + 1) / opened.rate
    # Where the first frames could not be decoded the stream begins before its first picture.
    begin = opened.first_pts
    if opened.stream.start_time is not None and opened.stream.time_base == opened.time_base:
        begin = min(begin, opened.stream.start_time)
    lasts = picture.duration * opened.time_base if picture.duration else 1 / opened.rate
    return (picture.pts - begin) * opened.time_base + lasts


def _time_ns(opened: _Stream, picture: VideoFrame, index: int) -> int:
    if picture.pts is None:
        return round(index / opened.rate * NS_PER_S)
    return round((picture.pts - opened.first_pts) * opened.time_base * NS_PER_S)


def _indexed(
    path: Path, opened: _Stream, times: list[int] | None, start: int
) -> Iterator[tuple[int, VideoFrame]]:
    """Decode from a frame index on; seeks where the times are known and it lands well."""
    if times is not None and start > 0:
        target = times[start]
        margin = int(_SEEK_MARGIN_S / opened.time_base)
        for offset in (target, target - margin):
            # A second reader: the first one still stands at the beginning, should seeking fail.
            with _opened(path) as container:
                pictures = _sought(container, opened.stream.index, max(offset, times[0]))
                landed = next(pictures, None)
                if landed is None or landed.pts is None or landed.pts > target:
                    continue
                for picture in chain([landed], pictures):
                    if picture.pts is not None and picture.pts >= target:
                        yield bisect_left(times, picture.pts), picture
                return
    for index, picture in enumerate(opened.pictures):
        if index >= start:
            yield index, picture


def _sought(container: InputContainer, stream_index: int, pts: int) -> Iterator[VideoFrame]:
    stream = container.streams.video[0]
    for candidate in container.streams.video:
        if candidate.index == stream_index:
            stream = candidate
    stream.thread_type = "AUTO"
    try:
        container.seek(pts, stream=stream, backward=True)
    except av.error.FFmpegError:
        return iter(())
    return _decoded(container, stream)
