"""Harder versions of a clip: faster, darker, interrupted, hidden.

A tracker is judged by its worst second. Every version is made from the frames alone, is the
same in every run, and keeps the truth: only ``stride2`` drops frames of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ar_preview.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ar_preview.frames import Frame, RgbImage

__all__ = ["AS_IT_IS", "HARDENINGS", "Hardening", "hardening"]

_DIM = 0.5
_NOISE_SIGMA = 6.0
_SPAN = 20
_BAR_WIDTH = 0.15
_BAR_FROM, _BAR_TO = 0.2, 0.8
_SKIN = np.array([176.0, 132.0, 108.0])


@dataclass(frozen=True)
class Hardening:
    """One harder version.

    Parameters
    ----------
    name : str
    title : str
        For people.
    stride : int
        Every so many-th frame stays. The frame rate stays too, so the head moves faster.
    change : callable, optional
        ``change(image, index, count)`` returns the picture of a frame, of `count` frames.
    blackout : bool
        Whether the span in the middle shows nothing at all.
    """

    name: str
    title: str
    stride: int = 1
    change: Callable[[RgbImage, int, int], RgbImage] | None = None
    blackout: bool = False

    def count(self, frames: int) -> int:
        """Return how many frames are left of a clip."""
        return -(-frames // self.stride)

    def unjudged(self, count: int) -> range | None:
        """Return the frames of the hardened clip in which nothing can be seen."""
        return _span(count) if self.blackout else None

    def apply(self, frames: Iterable[Frame], count: int) -> Iterator[Frame]:
        """Make the harder clip.

        Parameters
        ----------
        frames : iterable of Frame
            In any order; `Frame.index` counts from 0 in the original clip.
        count : int
            Frames of the original clip.
        """
        for frame in frames:
            if frame.index % self.stride:
                continue
            index = frame.index // self.stride
            image = frame.image
            if self.change is not None:
                image = self.change(image, index, self.count(count))
            yield replace(
                frame, image=image, index=index, timestamp_ns=frame.timestamp_ns // self.stride
            )


def _span(count: int) -> range:
    """Return the middle frames, at most a third of the clip."""
    length = min(_SPAN, count // 3)
    start = (count - length) // 2
    return range(start, start + length)


def _dimmed(image: RgbImage, index: int, count: int) -> RgbImage:
    """Halve the encoded values (some two stops of light) and add white sensor noise."""
    random = np.random.default_rng(index)
    noise = random.standard_normal(image.shape, dtype=np.float32) * np.float32(_NOISE_SIGMA)
    return np.clip(np.round(image * np.float32(_DIM) + noise), 0, 255).astype(np.uint8)


def _blacked_out(image: RgbImage, index: int, count: int) -> RgbImage:
    return np.zeros_like(image) if index in _span(count) else image


def _hidden(image: RgbImage, index: int, count: int) -> RgbImage:
    """Pull an upright bar, mottled like skin, across the middle of the picture."""
    span = _span(count)
    if index not in span:
        return image
    height, width = image.shape[:2]
    share = (index - span.start) / max(len(span) - 1, 1)
    bar = round(_BAR_WIDTH * width)
    left = round((_BAR_FROM + (_BAR_TO - _BAR_FROM) * share) * width - 0.5 * bar)
    rows, columns = np.mgrid[:height, :bar]
    # The mottle travels with the bar and gives optical flow something wrong to hold on to.
    mottle = 14.0 * np.sin(rows / 11.0 + np.sin(columns / 7.0)) * np.cos(columns / 13.0)
    round_off = np.cos(np.pi * (columns / bar - 0.5))[..., None]
    texture = (0.55 + 0.45 * round_off) * (_SKIN + mottle[..., None])
    hidden = image.copy()
    hidden[:, left : left + bar] = np.clip(texture, 0, 255).astype(np.uint8)
    return hidden


AS_IT_IS = Hardening("none", "as it is")

HARDENINGS: dict[str, Hardening] = {
    version.name: version
    for version in (
        Hardening("stride2", "every second frame, so twice as fast", stride=2),
        Hardening("dim", "half exposure with noise of sigma 6", change=_dimmed),
        Hardening("blackout", "20 black frames", change=_blacked_out, blackout=True),
        Hardening("occluder", "a bar moves across for 20 frames", change=_hidden),
    )
}


def hardening(name: str | None) -> Hardening:
    """Return a version by name; None is the clip as it is.

    Raises
    ------
    SourceError
        If there is no such version.
    """
    if name is None:
        return AS_IT_IS
    if name not in HARDENINGS:
        raise SourceError(f"no harder version {name!r}; there are {', '.join(HARDENINGS)}")
    return HARDENINGS[name]
