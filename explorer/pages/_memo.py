"""One store for all browser tabs of this server: results are named by their content, so tabs can share them safely."""

from __future__ import annotations

from functools import cache

from explorer import pipeline
from explorer.experiments.store import Store


@cache
def store() -> Store:
    """Return the server's store, opened when first asked for."""
    return Store.default()


def memo() -> pipeline.Memo:
    """Return what the pipeline asks for known values."""
    return store().memo
