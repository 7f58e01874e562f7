"""Silence for native libraries that log to file descriptor 2 and obey no setting."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["quiet_stderr"]


class _Silence:
    """How many blocks want silence now, and where descriptor 2 led before the first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._saved: int | None = None

    def begin(self) -> None:
        with self._lock:
            self._blocks += 1
            if self._blocks > 1:
                return
            # No descriptor 2, or a stream that was closed: nothing to silence.
            with contextlib.suppress(OSError, ValueError):
                if sys.stderr is not None:
                    sys.stderr.flush()
                self._saved = os.dup(2)
                with open(os.devnull, "wb") as nowhere:
                    os.dup2(nowhere.fileno(), 2)

    def end(self) -> None:
        with self._lock:
            self._blocks -= 1
            if self._blocks > 0 or self._saved is None:
                return
            os.dup2(self._saved, 2)
            os.close(self._saved)
            self._saved = None


_SILENCE = _Silence()


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send file descriptor 2 to nowhere for the length of a block.

    It is a setting of the whole process, so keep the block short. Blocks may nest and overlap
    between threads: the last one to end brings the descriptor back. Python's own ``sys.stderr``
    is flushed before; where there is no descriptor 2 nothing happens.
    """
    _SILENCE.begin()
    try:
        yield
    finally:
        _SILENCE.end()
