"""One store for all browser tabs of this server: results are named by their content, so tabs can share them safely."""

from __future__ import annotations

import time
from functools import cache

from explorer import pipeline
from explorer.experiments.store.store import Store
from explorer.spec import Spec


@cache
def store() -> Store:
    """Return the server's store, opened when first asked for."""
    return Store.default()


@cache
def _in_memory() -> Store:
    return Store(None)


def store_of(spec: Spec) -> Store:
    """Return where the results of a Spec are kept: uploaded points are the user's own and never reach the disk."""
    return _in_memory() if spec.data.name == "csv" else store()


def memo(spec: Spec) -> pipeline.Memo:
    """Return what the pipeline asks for known values of a Spec."""
    return store_of(spec).memo


SIZED_EVERY = 5.0  # seconds; counting walks the disk, and the page says the size at every run
_sized: tuple[float, int] = (-SIZED_EVERY, 0)


def size() -> int:
    """Return the bytes that results take on disk, as counted at most some seconds ago."""
    global _sized
    if time.monotonic() - _sized[0] >= SIZED_EVERY:
        _sized = (time.monotonic(), store().size())
    return _sized[1]


def clear() -> None:
    """Remove every result."""
    global _sized
    store().clear()
    _sized = (time.monotonic(), store().size())
