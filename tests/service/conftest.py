from collections.abc import Iterator

import pytest

from explorer.experiments.work.pool import Pool
from explorer.service import pictures


@pytest.fixture(scope="session")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """One worker for all tests, with a store of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_STORE", str(tmp_path_factory.mktemp("store")))
        pool = Pool(1)
        yield pool
        pool.end()


@pytest.fixture(autouse=True)
def asked_of(workers: Pool, monkeypatch: pytest.MonkeyPatch) -> Pool:
    """Let the routes ask that worker, which knows nothing at the beginning of a test."""
    workers.forget()
    monkeypatch.setattr(pictures, "workers", lambda: workers)
    return workers
