"""The frames of a clip, forwards and backwards, as they are or hardened."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from ar_preview.errors import SourceError
from ar_preview.evaluation.hardening import AS_IT_IS, Hardening
from ar_preview.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ar_preview.frames import Frame
    from ar_preview.geometry import Camera

__all__ = ["count_frames", "frames_backward", "frames_forward"]

_CHUNK = 24
"""Frames that are held at once while a clip is read from its end."""


def count_frames(clip: str) -> int:
    """Return the number of frames of a clip by reading it.

    Raises
    ------
    SourceError
        If it cannot be read or is no video.
    """
    with open_source(clip) as source:
        if not source.info.is_continuous or source.info.is_live:
            raise SourceError(f"{clip} is no video: evaluation needs a head that moves in time")
        return sum(1 for _ in source)


def frames_forward(
    clip: str,
    count: int,
    *,
    camera: Camera | None = None,
    fov_degrees: float | None = None,
    hardening: Hardening = AS_IT_IS,
) -> Iterator[Frame]:
    """Give the frames of a clip.

    Parameters
    ----------
    clip : str
    count : int
        Frames of the clip as it is; later ones are not read.
    camera, fov_degrees
        As in `open_source`.
    hardening : Hardening
    """
    with open_source(clip, camera=camera, fov_degrees=fov_degrees, end=count) as source:
        yield from hardening.apply(source, count)


def frames_backward(
    clip: str,
    count: int,
    *,
    camera: Camera | None = None,
    fov_degrees: float | None = None,
    hardening: Hardening = AS_IT_IS,
) -> Iterator[Frame]:
    """Give the same frames from the last to the first, time running on.

    `Frame.index` counts in the order in which they come; the parameters are those of
    `frames_forward`.
    """
    end_ns = None
    position = 0
    for start in reversed(range(0, count, _CHUNK)):
        stop = min(start + _CHUNK, count)
        with closing(
            open_source(clip, camera=camera, fov_degrees=fov_degrees, start=start, end=stop)
        ) as source:
            chunk = list(hardening.apply(source, count))
        for frame in reversed(chunk):
            end_ns = frame.timestamp_ns if end_ns is None else end_ns
            yield replace(frame, index=position, timestamp_ns=end_ns - frame.timestamp_ns)
            position += 1
