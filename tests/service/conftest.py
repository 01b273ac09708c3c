from collections.abc import Iterator

import pytest

from explorer.experiments.store.store import Store
from explorer.service import pictures
from explorer.session import store


@pytest.fixture(autouse=True)
def kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep what the routes compute in memory, and forget it afterwards."""
    known = Store(None)
    monkeypatch.setattr(store, "store", lambda: known)
    monkeypatch.setattr(pictures, "KNOWN", pictures.Known(pictures.KEPT))
    yield
