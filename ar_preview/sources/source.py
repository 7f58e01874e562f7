"""The protocol that every source follows, and what the file sources share."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Protocol

from ar_preview.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from ar_preview.frames import Frame
    from ar_preview.media import SourceInfo

__all__ = ["FileSource", "Source", "check_readable", "check_span"]


class Source(Protocol):
    """An iterator of frames that is also a context manager.

    ``close`` may be called at any time, also between two frames and more than once; the
    iteration then ends.
    """

    @property
    def info(self) -> SourceInfo:
        """What is known before the frames are read."""
        ...

    def __iter__(self) -> Iterator[Frame]: ...
    def __next__(self) -> Frame: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
    def close(self) -> None:
        """Free the device or file; iteration ends."""
        ...


class FileSource:
    """The iteration and closing that all sources made of files share.

    Parameters
    ----------
    info : SourceInfo
    frames : iterator of Frame
        A generator; closing the source closes it.
    """

    def __init__(self, info: SourceInfo, frames: Iterator[Frame]) -> None:
        self._info = info
        self._frames = frames
        self._closed = threading.Event()

    @property
    def info(self) -> SourceInfo:
        """What is known before the frames are read."""
        return self._info

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        if self._closed.is_set():
            raise StopIteration
        frame = next(self._frames)
        if self._closed.is_set():
            # Another thread closed the source while this frame was being made.
            self._finish()
        return frame

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the file; iteration ends."""
        self._closed.set()
        self._finish()

    def _finish(self) -> None:
        close = getattr(self._frames, "close", None)
        try:
            if close is not None:
                close()
        except ValueError:
            # The generator is running in another thread; ``__next__`` finishes after its frame.
            return
        self._release()

    def _release(self) -> None:
        """Free what the frames were read from; called once they are read no more."""


def check_readable(path: Path) -> None:
    """Refuse a file that cannot be read or holds nothing.

    Raises
    ------
    SourceError
        With one line that says what is wrong with the file.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise SourceError(f"no such file or folder: {path}") from None
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}") from None
    if not path.is_file():
        raise SourceError(f"expected a file, got something else: {path}")
    if not os.access(path, os.R_OK):
        raise SourceError(f"no permission to read {path}")
    if size == 0:
        raise SourceError(f"the file is empty: {path}")


def check_span(start: int | None, end: int | None) -> tuple[int, int | None]:
    """Return a checked ``(start, end)`` of frame indices, end exclusive.

    Raises
    ------
    SourceError
        If start is negative or end is not after it.
    """
    first = 0 if start is None else start
    if first < 0 or (end is not None and end <= first):
        raise SourceError(f"expected 0 <= start < end (frames), got start {start} and end {end}")
    return first, end
