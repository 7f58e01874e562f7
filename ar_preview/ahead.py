"""Work done beside other work: the next item while the last is used, two starts at once."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

__all__ = ["Ahead", "both"]


class _Closable(Protocol):
    def close(self) -> None: ...


T = TypeVar("T")
B = TypeVar("B")
R = TypeVar("R")
C = TypeVar("C", bound=_Closable)
D = TypeVar("D", bound=_Closable)


class Ahead(Generic[T, B, R]):
    """Results of two steps over items, in order, each begun when the one before is taken.

    Items are taken and begun by one thread of its own, at most one ahead, so that a stage that
    waits or releases the GIL overlaps with whoever uses the results. Whoever has time finishes
    an item: the thread, unless the taker is waiting already. Each step sees the items in their
    order and is never at work twice at once. What an item or a step raises is raised once, in
    its place; then the iteration has ended. It is an iterator and a context manager; nothing
    starts before the first result is asked for.

    Parameters
    ----------
    begin : callable
        From an item to what `finish` takes; called on the thread.
    finish : callable
        From there to the result; called on the thread or on the taker's.
    items : iterable
    name : str
        Of the thread.
    """

    def __init__(
        self,
        begin: Callable[[T], B],
        finish: Callable[[B], R],
        items: Iterable[T],
        name: str,
    ) -> None:
        self._begin = begin
        self._finish = finish
        self._items = items
        self._pool = ThreadPoolExecutor(1, name)
        self._finishing = threading.Lock()
        self._next: Future[Callable[[], R] | None] | None = None
        self._is_awaited = False
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
            self._is_awaited = True
            result = self._next.result()
            self._is_awaited = False
            if result is not None:
                # Held, so that the thread does not finish the next item before this one.
                with self._finishing:
                    self._next = self._pool.submit(self._work)
                    return result()
        except BaseException:
            self.close()
            raise
        self.close()
        raise StopIteration

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

    def _work(self) -> Callable[[], R] | None:
        """Begin an item, and finish it where nobody waits; return how to get its result."""
        for item in self._iterator:
            finish = partial(self._finish, self._begin(item))
            if self._is_awaited:
                return finish
            with self._finishing:
                result = finish()
            return lambda: result
        return None


def both(aside: Callable[[], C], here: Callable[[], D]) -> tuple[C, D]:
    """Start two things at once, the second on the calling thread.

    If one cannot start the other is closed, and the error raised.

    Parameters
    ----------
    aside, here : callable
        Return something to be closed.
    """
    with ThreadPoolExecutor(1, "ar-preview-start") as pool:
        starting = pool.submit(aside)
        try:
            own = here()
        except BaseException:
            if starting.exception() is None:
                starting.result().close()
            raise
        try:
            return starting.result(), own
        except BaseException:
            own.close()
            raise
