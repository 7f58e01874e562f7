"""H.264 video in MP4, with the times, colour and sound of its source."""

from __future__ import annotations

from fractions import Fraction
from heapq import merge
from typing import TYPE_CHECKING, Any

import av

from ar_preview.errors import OutputError
from ar_preview.frames import NS_PER_S
from ar_preview.geometry import ImageSize
from ar_preview.recording.encoder import TIME_BASE, H264Encoder, output_colour
from ar_preview.recording.output import PendingFile, check_output
from ar_preview.recording.sound import Sound, SoundSpan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from av.container import OutputContainer
    from av.packet import Packet

    from ar_preview.frames import RgbImage
    from ar_preview.media import SourceInfo

__all__ = ["VIDEO_SUFFIXES", "VideoRecorder"]

VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov"})
"""The endings that `VideoRecorder` knows."""

_FALLBACK_RATE = Fraction(30)
_MUXER_OPTIONS = {
    "movflags": "faststart",
    "video_track_timescale": str(TIME_BASE.denominator),
}


class VideoRecorder:
    """Writes pictures with their capture times to an MP4 file.

    While recording, a hidden fragmented file beside the wanted one grows and survives a kill. A
    clean end turns it into an ordinary file with the sound, under the wanted name. An exception
    removes everything; a KeyboardInterrupt keeps what was recorded.

    Parameters
    ----------
    path : str or Path
        Ends in .mp4, .m4v or .mov; missing folders are made.
    size : ImageSize
        Of the pictures, px. Odd sides are padded by repeating the edge; pictures of another size
        are scaled into a black frame.
    info : SourceInfo, optional
        Where the pictures come from: gives the colour coding, pace and trimming.
    frame_rate : Fraction or float, optional
        Nominal pace where ``info`` has none; 30 without both. The times decide.
    overwrite : bool
        Allow an existing file.
    audio_from : Path, optional
        Take the sound of this file, cut as the picture is; by default that of ``info.path``.
    sound : bool
        False for a silent video.
    uneven : bool
        The pictures come at an uneven pace, as live ones do: a somewhat larger file that lasts
        exactly as long as they did.

    Raises
    ------
    OutputError
        If the path cannot be written, exists, or its ending is unknown.
    """

    def __init__(
        self,
        path: str | Path,
        size: ImageSize,
        *,
        info: SourceInfo | None = None,
        frame_rate: Fraction | float | None = None,
        overwrite: bool = False,
        audio_from: Path | None = None,
        sound: bool = True,
        uneven: bool = False,
    ) -> None:
        self.path = check_output(path, overwrite, VIDEO_SUFFIXES)
        self._info = info
        if audio_from is None and info is not None and info.has_audio:
            audio_from = info.path
        self._audio_from = audio_from if sound else None
        rate = frame_rate or (info.frame_rate if info else None) or _FALLBACK_RATE
        self._rate = Fraction(rate).limit_denominator(1001)
        self._overwrite = overwrite
        self._held: tuple[RgbImage, int, int | None] | None = None
        self._first_ns: int | None = None
        self._last_pts = -1
        self._end_pts = 0
        self._is_open = True
        self.frame_count = 0
        """Pictures written so far."""
        self._growing = PendingFile(self.path.with_name(f"{self.path.stem}.rec"), True)
        try:
            self._encoder = H264Encoder(
                self._growing.temporary,
                ImageSize(*size),
                output_colour(info.colour if info else None),
                self._rate,
                info.pixel_aspect if info else Fraction(1),
                uneven,
            )
        except (av.error.FFmpegError, OSError, ValueError) as error:
            self._growing.discard()
            raise OutputError(f"cannot write {self.path}: {_reason(error)}") from None
        except BaseException:
            self._growing.discard()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        elif issubclass(kind, KeyboardInterrupt) and self.frame_count > 0:
            self.close(interrupted=True)
        else:
            self.discard()

    def write(self, image: RgbImage, timestamp_ns: int, duration_ns: int | None = None) -> None:
        """Add a picture.

        Parameters
        ----------
        image : ndarray, shape (H, W, 3), uint8
            RGB. It must not be changed before the next call.
        timestamp_ns : int
            Capture time; the first one becomes time zero.
        duration_ns : int, optional
            How long it is shown; matters for the last one only.

        Raises
        ------
        ValueError
            If the time is not later than the one before, or the recorder is closed.
        OutputError
            If the file cannot be written (disk full).
        """
        if not self._is_open:
            raise ValueError("the recorder is closed")
        if self._held is not None and timestamp_ns <= self._held[1]:
            raise ValueError(f"times must increase: {timestamp_ns} ns after {self._held[1]} ns")
        if self._first_ns is None:
            self._first_ns = timestamp_ns
        self._encode_held(timestamp_ns)
        self._held = (image, timestamp_ns, duration_ns)
        self.frame_count += 1

    def close(self, interrupted: bool = False) -> None:
        """Finish the file and give it its name; does nothing the second time.

        Parameters
        ----------
        interrupted : bool
            The source had more to give: cut the sound at the last picture.

        Raises
        ------
        OutputError
            If there was no picture, or the file cannot be written; nothing is left then.
        """
        if not self._is_open:
            return
        self._is_open = False
        try:
            if self._held is None:
                raise OutputError(f"nothing to write to {self.path}: there was no picture")
            self._encode_held(None)
            self._guarded(self._encoder.finish)
            result = PendingFile(self.path, self._overwrite)
            try:
                self._guarded(lambda: self._finish(result.temporary, interrupted))
                result.commit()
            except BaseException:
                result.discard()
                raise
        finally:
            self._encoder.close()
            self._growing.discard()

    def discard(self) -> None:
        """Give up and leave nothing behind; does nothing after `close`."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            self._encoder.close()
        except (av.error.FFmpegError, OSError):
            # The file is removed anyway.
            pass
        self._growing.discard()

    def _guarded(self, work: Any) -> None:
        try:
            work()
        except (av.error.FFmpegError, OSError) as error:
            raise OutputError(f"cannot write {self.path}: {_reason(error)}") from None

    def _encode_held(self, next_ns: int | None) -> None:
        """Encode the picture that waited to know how long it lasts."""
        if self._held is None or self._first_ns is None:
            return
        image, time_ns, duration_ns = self._held
        pts = max(_ticks(time_ns - self._first_ns), self._last_pts + 1)
        if next_ns is not None:
            duration = _ticks(next_ns - self._first_ns) - pts
        elif duration_ns is not None:
            duration = _ticks(duration_ns)
        else:
            duration = round(1 / self._rate / TIME_BASE)
        self._last_pts = pts
        self._end_pts = pts + max(1, duration)
        self._guarded(lambda: self._encoder.encode(image, pts, max(1, duration)))

    def _finish(self, path: Path, interrupted: bool) -> None:
        """Copy picture and sound into an ordinary file whose index comes first."""
        sound = Sound(self._audio_from) if self._audio_from is not None else None
        try:
            with (
                av.open(str(self._growing.temporary)) as recorded,
                av.open(str(path), "w", format="mp4", options=dict(_MUXER_OPTIONS)) as output,
            ):
                picture = recorded.streams.video[0]
                target = output.add_stream_from_template(picture)
                target.time_base = TIME_BASE
                span = self._span(sound, interrupted)
                delay = _ticks(round((self._start_s() - span.zero_s) * NS_PER_S))
                streams = [_video_packets(recorded, target, delay, self._end_pts)]
                if sound is not None and sound.is_there:
                    streams.append(sound.add_to(output, span))
                _mux_in_order(output, streams)
        finally:
            if sound is not None:
                sound.close()

    def _start_s(self) -> float:
        origin = self._info.origin_s if self._info else 0.0
        return origin + (self._first_ns or 0) / NS_PER_S

    def _span(self, sound: Sound | None, interrupted: bool) -> SoundSpan:
        start = self._start_s()
        end = start + float(self._end_pts * TIME_BASE)
        starts_trimmed = self._info.starts_trimmed if self._info else False
        ends_trimmed = interrupted or (self._info.ends_trimmed if self._info else False)
        zero = start
        begins = sound.starts_at_s if sound is not None else None
        if begins is not None and not starts_trimmed:
            # Sound that begins before the first picture is kept: the picture begins late then.
            zero = min(start, begins)
        return SoundSpan(zero, start if starts_trimmed else None, end if ends_trimmed else None)


def _ticks(ns: int) -> int:
    return round(ns / NS_PER_S / TIME_BASE)


def _video_packets(recorded: Any, target: Any, delay: int, end_pts: int) -> Iterator[Packet[Any]]:
    """Give the recorded packets, moved to the other container.

    MP4 stores the duration as the sum of steps between decoding times, so the last packet in that
    order has to make up what is missing.
    """
    first_dts: int | None = None
    held: Packet[Any] | None = None
    for packet in recorded.demux(recorded.streams.video[0]):
        if packet.size == 0:
            continue
        if first_dts is None:
            first_dts = packet.dts
        if held is not None:
            yield _moved(held, target, delay)
        held = packet
    if held is not None and held.dts is not None and first_dts is not None:
        held.duration = max(1, end_pts - (held.dts - first_dts))
        yield _moved(held, target, delay)


def _moved(packet: Packet[Any], target: Any, delay: int) -> Packet[Any]:
    if packet.pts is not None and packet.dts is not None:
        packet.pts += delay
        packet.dts += delay
    packet.stream = target
    return packet


def _mux_in_order(output: OutputContainer, streams: list[Iterator[Packet[Any]]]) -> None:
    def decoding_time(packet: Packet[Any]) -> float:
        time = packet.dts if packet.dts is not None else packet.pts
        return float((time or 0) * packet.time_base)

    for packet in merge(*streams, key=decoding_time):
        output.mux(packet)


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)
