"""Work on the next item while the last one's result is being used."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

__all__ = ["Ahead"]

T = TypeVar("T")
R = TypeVar("R")


class Ahead(Generic[T, R]):
    """Results of a function over items, in order, each begun when the one before is taken.

    Items are taken and worked on by one thread of its own, at most one ahead, so that a stage
    that waits or releases the GIL overlaps with whoever uses the results. What an item or the
    function raises is raised once, in its place; then the iteration has ended. It is an iterator
    and a context manager; nothing starts before the first result is asked for.

    Parameters
    ----------
    make : callable
        Called on the thread, never twice at once.
    items : iterable
    name : str
        Of the thread.
    """

    def __init__(self, make: Callable[[T], R], items: Iterable[T], name: str) -> None:
        self._make = make
        self._items = items
        self._pool = ThreadPoolExecutor(1, name)
        self._next: Future[tuple[R] | None] | None = None
        self._started = False
        self._closed = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        if self._closed:
            raise StopIteration
        try:
            if not self._started:
                self._started = True
                self._iterator = iter(self._items)
                self._next = self._pool.submit(self._work)
            assert self._next is not None
            found = self._next.result()
        except BaseException:
            self.close()
            raise
        if found is None:
            self.close()
            raise StopIteration
        self._next = self._pool.submit(self._work)
        return found[0]

    def close(self) -> None:
        """Let the thread finish what it is at and end it; calling it again is harmless."""
        self._closed = True
        self._pool.shutdown(cancel_futures=True)
        self._next = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _work(self) -> tuple[R] | None:
        # In a tuple: None tells the end, a result may be anything.
        for item in self._iterator:
            return (self._make(item),)
        return None
