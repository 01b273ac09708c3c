"""Say what a memo is, and on which parts of a Spec a result depends: their hash is in the key that a memo is asked for.

Pages, the store and the tests fill in a memo as they like.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

MODEL_PARTS = ("data", "model", "training", "seed")  # a model trained on the data as they are
REQUEST_PARTS = ("data", "request", "model", "training", "seed")  # originals and retrained models of a request
PATH_PARTS = ("data", "request", "model", "training", "method", "seed")  # the path of a method

T = TypeVar("T")
Tick = Callable[[int, int], None]
Json = dict[str, Any]  # JSON values


class Memo(Protocol):
    """Return what belongs to a key, computing it if it is not known."""

    def __call__(self, key: str, thunk: Callable[[], T], /) -> T:
        """Return the value of `key`; `thunk` computes it."""
        ...


def no_memo(key: str, thunk: Callable[[], T], /) -> T:
    """Compute everything anew."""
    return thunk()
