"""A slot for the newest value, between a thread that makes and one that shows."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

__all__ = ["Mailbox"]

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds at most one value; a newer one replaces an older one that nobody took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None

    def put(self, value: T) -> bool:
        """Leave a value; return True if the slot was empty, so that the taker must be told."""
        with self._lock:
            empty = self._value is None
            self._value = value
            return empty

    def take(self) -> T | None:
        """Return the value and empty the slot; None if it is empty."""
        with self._lock:
            value, self._value = self._value, None
            return value
