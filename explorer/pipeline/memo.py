"""Say what a memo is: every stage takes one, and pages, the store and the tests fill it in as they like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")
Tick = Callable[[int, int], None]


class Memo(Protocol):
    """Return what belongs to a key, computing it if it is not known."""

    def __call__(self, key: str, thunk: Callable[[], T], /) -> T:
        """Return the value of `key`; `thunk` computes it."""
        ...


def no_memo(key: str, thunk: Callable[[], T], /) -> T:
    """Compute everything anew."""
    return thunk()
