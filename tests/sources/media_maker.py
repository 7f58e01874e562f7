"""Small videos and pictures with known contents, made on the spot."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SOUND_RATE = 48_000


def smooth_picture(index: int, width: int = 160, height: int = 120) -> npt.NDArray[np.uint8]:
    """A soft colourful picture without noise; its brightness tells the index."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    phase = index * 0.15
    red = 128 + 70 * np.sin(x / width * 4 + phase)
    green = 128 + 70 * np.cos(y / height * 4 - phase)
    blue = 128 + 50 * np.sin((x / width + y / height) * 3 + phase)
    return np.dstack([red, green, blue]).round().astype(np.uint8)


def clicks(seconds: float, at: Sequence[float]) -> npt.NDArray[np.int16]:
    """Mono sound, silent but for 5 ms tones at given times."""
    sound = np.zeros(round(seconds * SOUND_RATE), np.int16)
    tone = (20_000 * np.sin(np.arange(240) * 2 * np.pi * 2000 / SOUND_RATE)).astype(np.int16)
    for time in at:
        begin = round(time * SOUND_RATE)
        sound[begin : begin + len(tone)] = tone[: len(sound) - begin]
    return sound


@dataclass
class VideoSpec:
    """How to write a video."""

    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    rate: int = 30
    times_ms: Sequence[int] | None = None
    matrix: int | None = None
    full_range: bool | None = None
    primaries: int = 2
    transfer: int = 2
    rotation: int | None = None
    mirrored: bool = False
    sound: npt.NDArray[np.int16] | None = None
    sound_codec: str = "aac"
    pixel_aspect: Fraction | None = None
    options: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    muxer_options: dict[str, str] = field(default_factory=dict)


def write_video(path: Path, frames: Sequence[Any], spec: VideoSpec | None = None) -> Path:
    """Write RGB arrays, or ready `av.VideoFrame` objects whose planes stay as they are."""
    spec = spec or VideoSpec()
    first = frames[0]
    size = (first.width, first.height) if isinstance(first, av.VideoFrame) else first.shape[1::-1]
    with av.open(str(path), "w", options=spec.muxer_options) as output:
        output.metadata.update(spec.metadata)
        stream = output.add_stream(spec.codec, rate=spec.rate, options=spec.options)
        stream.width, stream.height = size
        stream.pix_fmt = spec.pixel_format
        time_base = Fraction(1, 1000) if spec.times_ms is not None else Fraction(1, spec.rate)
        stream.codec_context.time_base = time_base
        if spec.pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = spec.pixel_aspect
        if spec.matrix is not None:
            stream.codec_context.colorspace = spec.matrix
        if spec.full_range is not None:
            stream.codec_context.color_range = 2 if spec.full_range else 1
        stream.codec_context.color_primaries = spec.primaries
        stream.codec_context.color_trc = spec.transfer
        if spec.rotation is not None:
            stream.set_display_rotation(spec.rotation, hflip=spec.mirrored)
        voice = None
        if spec.sound is not None:
            voice = output.add_stream(spec.sound_codec, rate=SOUND_RATE, layout="mono")
        for i, picture in enumerate(frames):
            frame = picture
            if not isinstance(frame, av.VideoFrame):
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts = spec.times_ms[i] if spec.times_ms is not None else i
            frame.time_base = time_base
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if voice is not None:
            _write_sound(output, voice, spec.sound)
    return path


def _write_sound(output: Any, stream: Any, sound: Any) -> None:
    for begin in range(0, len(sound), 1024):
        chunk = np.ascontiguousarray(sound[begin : begin + 1024][None])
        frame = av.AudioFrame.from_ndarray(chunk, format="s16", layout="mono")
        frame.sample_rate = SOUND_RATE
        frame.pts = begin
        frame.time_base = Fraction(1, SOUND_RATE)
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def planes(pixel_format: str, y: Any, u: Any, v: Any) -> av.VideoFrame:
    """A frame made of three given planes (uint8 or uint16)."""
    height, width = y.shape
    frame = av.VideoFrame(width, height, pixel_format)
    for plane, values in zip(frame.planes, (y, u, v), strict=True):
        rows = np.zeros((plane.height, plane.line_size), np.uint8)
        data = np.ascontiguousarray(values).view(np.uint8).reshape(plane.height, -1)
        rows[:, : data.shape[1]] = data
        plane.update(rows.tobytes())
    return frame


def sound_of(path: Path) -> tuple[npt.NDArray[np.float32], float]:
    """Decoded mono sound of a file from time zero on, and its first time in seconds."""
    pieces: list[Any] = []
    begin: float | None = None
    with av.open(str(path)) as file:
        for frame in file.decode(audio=0):
            values = frame.to_ndarray().astype(np.float32)
            if frame.format.name.startswith("s16"):
                values /= 32768.0
            if begin is None:
                begin = float(frame.time)
            pieces.append(values.reshape(-1, frame.samples)[0])
    assert begin is not None
    return np.concatenate(pieces), begin


def click_times(path: Path) -> list[float]:
    """When the clicks of `clicks` begin in a file, seconds."""
    sound, begin = sound_of(path)
    loud = np.flatnonzero(np.abs(sound) > 0.2)
    starts = [loud[0], *loud[1:][np.diff(loud) > SOUND_RATE // 20]] if len(loud) else []
    return [begin + s / SOUND_RATE for s in starts]
