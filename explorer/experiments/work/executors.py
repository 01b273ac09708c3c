"""Run tasks in worker processes of this machine, one interpreter each, behind the interface of concurrent.futures.

The standard library's process pool ends all its workers when one is killed, and its children import the main module,
which under Streamlit is the page. Here a killed worker loses only the task it was at, which is run again in a new one;
and shutting down with `cancel_futures` ends what is running, for a cancel button that means it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, TypeVar

from explorer.experiments.work.pool import BESIDE, SCREEN, Pool, Task, WorkerLost

__all__ = ["Beside", "Processes", "WorkerLost"]

T = TypeVar("T")
_number = itertools.count()


class _Tasks(Executor):
    """Tasks in a pool; functions, arguments and results must be picklable, functions importable by name."""

    def __init__(self, pool: Pool, owner: str, urgency: int) -> None:
        """Hand every task to a pool."""
        self._pool, self._owner, self._urgency = pool, owner, urgency
        self._futures: set[Future[Any]] = set()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a task in the next free worker; its future raises what the task raises."""
        task = Task(f"task-{next(_number)}", partial(fn, **kwargs) if kwargs else fn, args, keep=False)
        future = self._pool.ask(task, owner=self._owner, urgency=self._urgency).future
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        return future


class Processes(_Tasks):
    """Worker processes of one's own."""

    def __init__(self, workers: int = 2) -> None:
        """Allow so many workers at once; each is started when first needed."""
        super().__init__(Pool(workers, known=0), "", SCREEN)

    def pids(self) -> list[int]:
        """Return the process ids of the workers that are alive."""
        return self._pool.pids()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; with `cancel_futures`, drop those that wait and end those that run."""
        self._pool.end(at_once=cancel_futures, wait=wait)


class Beside(_Tasks):
    """A part of a pool that is shared, for long work beside the page."""

    def __init__(self, pool: Pool, owner: str) -> None:
        """Hand every task to the pool, after all that is on screen."""
        super().__init__(pool, owner, BESIDE)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """With `cancel_futures`, leave every task that is not done; the pool and its workers stay."""
        for future in list(self._futures) if cancel_futures else ():
            future.cancel()
