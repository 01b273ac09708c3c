"""The one store of this process: results are named by their content, so browser tabs and tasks share them safely."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache

from explorer import pipeline, public
from explorer.experiments.store.store import Store
from explorer.spec import Named, Spec
from explorer.view import View


@cache
def store() -> Store:
    """Return the store, opened when first asked for."""
    return Store.default()


@cache
def _in_memory() -> Store:
    return Store(None, memory=public.MEMORY) if public.is_public() else Store(None)


def store_of(spec: Spec) -> Store:
    """Return where the results of a Spec are kept: uploaded points are the user's own and never reach the disk."""
    return _in_memory() if spec.data.name == "csv" else store()


def kept_with(view: View) -> Spec:
    """Return a Spec that is kept where all rows of a View must be: one of the user's own points, if any are."""
    own = [row.value for row in view.rows if isinstance(row.value, Named) and row.value.name == "csv"]
    return replace(view.base, data=own[0]) if own else view.base


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


def forget() -> None:
    """Drop what is in memory; what is on disk stays."""
    store().forget()
    _in_memory().forget()


def clear() -> None:
    """Remove every result."""
    global _sized
    store().clear()
    forget()
    _sized = (time.monotonic(), store().size())
