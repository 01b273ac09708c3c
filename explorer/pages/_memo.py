"""One store for all browser tabs of this server: results are named by their content, so tabs can share them safely."""

from __future__ import annotations

from functools import cache

from explorer import pipeline
from explorer.experiments.store import Store
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
