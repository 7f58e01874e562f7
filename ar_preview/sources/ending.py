"""Tells a video that was cut off from one that ends where it says it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ar_preview.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["Promise", "missing_share"]

# Stated lengths are often a little off, and a few packets may be bad: nearer than this to its
# stated end a video counts as whole.
_TOLERATED_FRAMES = 3
_TOLERATED_SHARE = 0.02

# ISO/IEC 14496-12: boxes whose stated size can be believed at the top level of a file.
_LARGE_BOXES = frozenset({b"mdat", b"moov", b"moof"})
_BOX_TYPES = _LARGE_BOXES | {b"ftyp", b"free", b"skip", b"wide", b"styp", b"sidx", b"uuid", b"meta"}
# RFC 8794 and RFC 9559.
_EBML_MAGIC = b"\x1a\x45\xdf\xa3"
_SEGMENT_ID = b"\x18\x53\x80\x67"


@dataclass(frozen=True)
class Promise:
    """What a container says of its video stream.

    Parameters
    ----------
    path : Path
    frame_count : int
        Zero where it is not stated.
    duration_s : Fraction or None
        From the first frame to the end of the last.
    frame_rate : Fraction
        Nominal frames a second.
    """

    path: Path
    frame_count: int
    duration_s: Fraction | None
    frame_rate: Fraction

    def check(self, frame_count: int, reached_s: Fraction) -> None:
        """Refuse a video that ended far before its stated end.

        Both the count and the time must fall short: edit lists hide frames of the count, and
        variable frame rates make a few frames last long. Where no count is stated, the bytes
        that the container's own structure misses decide.

        Parameters
        ----------
        frame_count : int
            Frames from the file's first one to the last that could be decoded.
        reached_s : Fraction
            When the last of them ended.

        Raises
        ------
        SourceError
            If the file is cut short.
        """
        remedy = f"the file is cut short; use --end {frame_count} to take what is there"
        if self._ends_early(frame_count, reached_s):
            raise SourceError(
                f"{self.path} ends after {frame_count} of {self.frame_count} frames: {remedy}"
            )
        if not self._is_complete(frame_count) and (missing := missing_share(self.path)):
            if missing > _TOLERATED_SHARE:
                raise SourceError(
                    f"{self.path} ends after {frame_count} frames and lacks {missing:.0%} of its "
                    f"bytes: {remedy}"
                )

    def _is_complete(self, frame_count: int) -> bool:
        # Far more frames than stated: the count is that of a first fragment only.
        missing = abs(self.frame_count - frame_count)
        return self.frame_count > 0 and missing <= _tolerated_frames(self.frame_count)

    def _ends_early(self, frame_count: int, reached_s: Fraction) -> bool:
        if frame_count >= self.frame_count or self.duration_s is None:
            return False
        if self._is_complete(frame_count):
            return False
        stated_s = float(self.duration_s)
        tolerated_s = max(_TOLERATED_FRAMES / float(self.frame_rate), _TOLERATED_SHARE * stated_s)
        return stated_s - float(reached_s) > tolerated_s


def _tolerated_frames(count: int) -> float:
    return max(_TOLERATED_FRAMES, _TOLERATED_SHARE * count)


def missing_share(path: Path) -> float | None:
    """Return the share of a file's bytes that is missing according to its own structure.

    Knows the ISO base media format (mp4, mov), Matroska and AVI; None for anything else, and
    where the structure leaves its length open, as streams do.
    """
    present = path.stat().st_size
    with path.open("rb") as file:
        stated = _stated_bytes(file, present)
    if stated is None or stated <= 0:
        return None
    return max(0.0, 1.0 - present / stated)


def _stated_bytes(file: BinaryIO, present: int) -> int | None:
    head = file.read(12)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        size = int.from_bytes(head[4:8], "little")
        # A recording that was never closed says zero or the largest number.
        return None if size in {0, 0xFFFFFFFF} else size + 8
    if head[:4] == _EBML_MAGIC:
        return _matroska_end(file)
    if head[4:8] in _BOX_TYPES:
        return max((end for kind, end in _boxes(file, present) if kind in _LARGE_BOXES), default=0)
    return None


def _boxes(file: BinaryIO, present: int) -> Iterator[tuple[bytes, int]]:
    """Give the type and the end of the boxes at the top level of an ISO base media file."""
    begin = 0
    while begin < present:
        file.seek(begin)
        head = file.read(16)
        size, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size < 8:
            return  # Zero: up to the end of the file.
        begin += size
        yield kind, begin


def _matroska_end(file: BinaryIO) -> int | None:
    file.seek(4)
    header = _ebml_size(file)
    if header is None:
        return None
    file.seek(header, 1)
    if file.read(4) != _SEGMENT_ID:
        return None
    size = _ebml_size(file)
    return None if size is None else file.tell() + size


def _ebml_size(file: BinaryIO) -> int | None:
    """Read a length of variable size; all ones mean that it is not known."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    value = first[0] & ((1 << (7 - more)) - 1)
    value = int.from_bytes(bytes([value]) + file.read(more), "big")
    return None if value == (1 << (7 * (more + 1))) - 1 else value
