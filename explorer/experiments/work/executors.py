"""Run tasks in worker processes of this machine, one interpreter each, behind the interface of concurrent.futures.

The standard library's process pool ends all its workers when one is killed, and its children import the main module,
which under Streamlit is the page. Here a killed worker loses only the task it was at, which is run again in a new one;
and shutting down with `cancel_futures` ends what is running, for a cancel button that means it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
TRIES = 3
_ROOT = str(Path(__file__).resolve().parents[3])
_ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


class WorkerLost(RuntimeError):
    """A worker ended in the middle of a task: killed, out of memory, or shut down."""


class Processes(Executor):
    """Tasks in worker processes; functions, arguments and results must be picklable, functions importable by name."""

    def __init__(self, workers: int = 2) -> None:
        """Allow so many workers at once; each is started when first needed."""
        if workers < 1:
            raise ValueError(f"`workers` must be at least 1, got {workers}")
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="explorer-worker")
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._ended = False

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a task in the next free worker; its future raises what the task raises."""
        return self._threads.submit(self._run, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; with `cancel_futures`, drop those that wait and end those that run."""
        self._threads.shutdown(wait=False, cancel_futures=cancel_futures)
        if cancel_futures:
            self._end()
        if wait:
            self._threads.shutdown(wait=True)
            self._end()

    def pids(self) -> list[int]:
        """Return the process ids of the workers that are alive."""
        with self._lock:
            return [worker.pid for worker in self._all]

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            workers, self._idle = list(self._all), []
            self._all.clear()
        for worker in workers:
            worker.end()

    def _run(self, fn: Callable[..., T], args: Any, kwargs: Any) -> T:
        task = pickle.dumps((fn, args, kwargs))
        for tried in range(TRIES):
            worker = self._take()
            try:
                went_well, answer = worker.ask(task)
            except WorkerLost:
                self._drop(worker)
                if tried + 1 == TRIES or self._ended:
                    raise
                continue
            with self._lock:
                self._idle.append(worker)
            if went_well:
                return answer
            raise answer
        raise AssertionError("unreachable")

    def _take(self) -> _Worker:
        with self._lock:
            if self._ended:
                raise WorkerLost("the workers were shut down")
            if self._idle:
                return self._idle.pop()
            worker = _Worker()
            self._all.add(worker)
            return worker

    def _drop(self, worker: _Worker) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.end()


class _Worker:
    """One process that answers one task at a time."""

    def __init__(self) -> None:
        path = os.pathsep.join([_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "explorer.experiments.work.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C is for the one who started it
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, task: bytes) -> tuple[bool, Any]:
        """Return (whether it went well, result or error)."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(task)
            self._process.stdin.flush()
            return pickle.load(self._process.stdout)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
            raise WorkerLost(f"a worker process ended in the middle of its task ({type(error).__name__})") from None

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what could not be written to a dead process is lost anyway
                    pipe.close()
