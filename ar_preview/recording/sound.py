"""The source's sound: copied packet by packet, and cut where the picture is cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet

__all__ = ["Sound", "SoundSpan"]

# What players expect inside MP4; anything else is encoded as AAC.
_CODECS_IN_MP4 = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"})
_AAC_BITS_PER_CHANNEL = 128_000
_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)


@dataclass(frozen=True)
class SoundSpan:
    """Which part of the sound belongs to the picture; seconds in the source's own clock.

    Parameters
    ----------
    zero_s : float
        What becomes time zero of the written file.
    start_s, end_s : float or None
        Where to cut; None to keep everything on that side.
    """

    zero_s: float
    start_s: float | None = None
    end_s: float | None = None


class Sound:
    """The sound of a file, ready to be written into another.

    Parameters
    ----------
    path : Path

    Raises
    ------
    av.error.FFmpegError
        If the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        options = {"protocol_whitelist": "file"}
        self._container: InputContainer = av.open(str(path.absolute()), options=options)
        best = self._container.streams.best("audio")
        index = None if best is None else best.index
        self._stream = next((s for s in self._container.streams.audio if s.index == index), None)

    @property
    def is_there(self) -> bool:
        """True where the file has sound that can be decoded or copied."""
        return self._stream is not None

    @property
    def starts_at_s(self) -> float | None:
        """When the sound begins in the file's own clock, where that is known."""
        stream = self._stream
        if stream is None or stream.start_time is None or stream.time_base is None:
            return None
        return float(stream.start_time * stream.time_base)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def add_to(self, output: OutputContainer, span: SoundSpan) -> Iterator[Packet[Any]]:
        """Add a stream to a container and return its packets in order.

        Times are shifted so that ``span.zero_s`` is zero; a first packet may begin earlier, which
        MP4 hides with an edit list.
        """
        if self._stream is None:
            return iter(())
        if self._stream.codec_context.codec.canonical_name in _CODECS_IN_MP4:
            target = output.add_stream_from_template(self._stream)
            return self._copied(self._stream, target, span)
        return self._encoded(self._stream, output, span)

    def _copied(
        self, source: AudioStream, target: AudioStream, span: SoundSpan
    ) -> Iterator[Packet[Any]]:
        time_base = source.time_base
        if time_base is None:
            return
        shift = round(span.zero_s / time_base)
        # The packet before the cut goes along: an audio decoder needs it to start cleanly.
        previous: Packet[Any] | None = None
        begun = span.start_s is None
        for packet in self._packets(source):
            if packet.pts is None:
                continue
            begins_s = float(packet.pts * time_base)
            if span.end_s is not None and begins_s >= span.end_s:
                break
            if not begun:
                ends_s = begins_s + float((packet.duration or 0) * time_base)
                if ends_s <= (span.start_s or 0.0):
                    previous = packet
                    continue
                begun = True
                if previous is not None:
                    yield _moved(previous, target, shift, time_base)
            yield _moved(packet, target, shift, time_base)

    def _packets(self, source: AudioStream) -> Iterator[Packet[Any]]:
        packets = self._container.demux(source)
        while True:
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:
                return
            if packet is None:
                return
            if packet.size > 0:
                yield packet

    def _encoded(
        self, source: AudioStream, output: OutputContainer, span: SoundSpan
    ) -> Iterator[Packet[Any]]:
        wanted = source.codec_context.sample_rate
        rate = min(_AAC_RATES, key=lambda known: abs(known - wanted))
        stereo = source.codec_context.layout.nb_channels > 1
        target = output.add_stream("aac", rate=rate, layout="stereo" if stereo else "mono")
        target.bit_rate = _AAC_BITS_PER_CHANNEL * (2 if stereo else 1)
        return self._aac(source, target, span)

    def _aac(
        self, source: AudioStream, target: AudioStream, span: SoundSpan
    ) -> Iterator[Packet[Any]]:
        graph = av.filter.Graph()
        begin = graph.add_abuffer(template=source)
        start = span.zero_s if span.start_s is None else span.start_s
        trim = {"start": f"{start:.9f}"}
        if span.end_s is not None:
            trim["end"] = f"{span.end_s:.9f}"
        context = target.codec_context
        cut = graph.add("atrim", **trim)
        shift = graph.add("asetpts", f"PTS-({span.zero_s:.9f}/TB)")
        form = graph.add(
            "aformat",
            sample_fmts="fltp",
            sample_rates=str(context.sample_rate),
            channel_layouts=context.layout.name,
        )
        end = graph.add("abuffersink")
        graph.link_nodes(begin, cut, shift, form, end).configure()
        for frame in self._frames(source):
            try:
                graph.push(frame)
            except av.error.EOFError:
                # The cut is reached: the filter takes no more.
                break
            yield from _drained(graph, target)
        else:
            graph.push(None)
        yield from _drained(graph, target)
        yield from target.encode(None)

    def _frames(self, source: AudioStream) -> Iterator[Any]:
        for packet in self._packets(source):
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                continue


def _drained(graph: av.filter.Graph, target: AudioStream) -> Iterator[Packet[Any]]:
    while True:
        try:
            frame: Any = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        yield from target.encode(frame)


def _moved(
    packet: Packet[Any], target: AudioStream, shift: int, time_base: Fraction
) -> Packet[Any]:
    if packet.pts is not None:
        packet.pts -= shift
    if packet.dts is not None:
        packet.dts -= shift
    packet.time_base = time_base
    packet.stream = target
    return packet
