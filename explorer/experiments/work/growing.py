"""Take what a function shows while it works, and then what it returns, one after the other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class _End(Generic[T]):
    def __init__(self, value: T) -> None:
        self.value = value


def growing(make: Callable[[Callable[[T], None]], T], name: str) -> Iterator[T]:
    """Yield what `make` shows by calling its argument, as soon as it does, and last what it returns.

    Closing the generator waits until `make` has ended; whoever cancels makes it raise.

    Args:
        make: runs in a thread of its own.
        name: of the thread.

    Raises:
        BaseException: what `make` raises; a cancel too.
    """
    found: queue.SimpleQueue[T | _End[T] | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            found.put(_End(make(found.put)))
        except BaseException as error:  # a cancel too: it is raised again where the others wait
            found.put(error)

    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    try:
        while True:
            one = found.get()
            if isinstance(one, BaseException):
                raise one
            if isinstance(one, _End):
                yield one.value
                return
            yield one
    finally:
        thread.join()
