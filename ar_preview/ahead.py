"""Work done beside other work: the next item while the last is used, two starts at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, Never, Protocol, Self, TypeVar

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

_END: Any = object()


class Ahead(Generic[T, B, R]):
    """Results of two steps over items, in order, each begun before it is asked for.

    Items are taken and begun by one thread of its own, so that a stage that waits or releases the
    GIL overlaps with whoever uses the results. Whoever has time finishes an item: the thread,
    unless the taker is waiting already. Each step sees the items in their order and is never at
    work twice at once. What an item or a step raises is raised once, in its place; then the
    iteration has ended. It is an iterator and a context manager, for one taking thread; nothing
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
    most : int
        Items begun beyond the result that was taken last. Two even out items that take longer
        than others; one is the newest that a camera has.
    """

    def __init__(
        self,
        begin: Callable[[T], B],
        finish: Callable[[B], R],
        items: Iterable[T],
        name: str,
        most: int = 1,
    ) -> None:
        self._begin = begin
        self._finish = finish
        self._items = items
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._room = threading.Semaphore(most)
        self._ready: SimpleQueue[Callable[[], R] | None] = SimpleQueue()
        self._finishing = threading.Lock()
        self._is_awaited = False
        self._is_lent = False
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
                self._thread.start()
            self._is_awaited = True
            get_result = self._ready.get()
            self._is_awaited = False
            if get_result is not None:
                self._room.release()
                return get_result()
        except BaseException:
            self.close()
            raise
        self.close()
        raise StopIteration

    def close(self) -> None:
        """Let the thread finish what it is at and end it; calling it again is harmless."""
        self._closed = True
        self._room.release()
        if self._is_lent:
            self._give_back()
        if self._started:
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _work(self) -> None:
        """Begin items, and finish them where nobody waits, until there is no more."""
        try:
            items = iter(self._items)
            # An item is taken when there is room for it: a camera's is then the newest.
            while self._room.acquire() and not self._closed:
                item = next(items, _END)
                if item is _END:
                    self._ready.put(None)
                    return
                self._pass_on(self._begin(item))
        except BaseException as error:
            self._ready.put(partial(_fail, error))

    def _pass_on(self, begun: B) -> None:
        # Held until this item is finished, so that the next one is not finished before.
        self._finishing.acquire()
        if self._closed:
            self._finishing.release()
        elif self._is_awaited and self._ready.empty():
            self._is_lent = True
            self._ready.put(partial(self._finish_here, begun))
        else:
            try:
                result = self._finish(begun)
            finally:
                self._finishing.release()
            self._ready.put(lambda: result)

    def _finish_here(self, begun: B) -> R:
        try:
            return self._finish(begun)
        finally:
            self._give_back()

    def _give_back(self) -> None:
        self._is_lent = False
        self._finishing.release()


def _fail(error: BaseException) -> Never:
    raise error


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
