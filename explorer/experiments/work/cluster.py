"""Run tasks on a Dask cluster, given its scheduler's address, behind the interface of concurrent.futures.

The cluster's machines share no folder with this one: results travel back through their futures, and whoever asked
writes them down. What a worker needs on the way it keeps in a store of its own. A task whose worker is lost is given to
another one by the scheduler (after `distributed.scheduler.allowed-failures` of them it is given up); a task that raised
an error is not tried again. Equal tasks have equal keys, so the scheduler runs them once, whoever asks.

A result must not depend on where it was computed, so every worker must run the versions and files that run here; this
is asked on connecting, and again with each task, for workers that came later.
"""

from __future__ import annotations

import asyncio
import importlib
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from importlib import metadata
from typing import Any, TypeVar

from explorer.experiments.store import provenance
from explorer.experiments.work.executors import WorkerLost

T = TypeVar("T")
ANSWER = 10.0  # seconds that a scheduler has to answer
FILES = "files"  # the hash of the explorer's own, among the versions
_SCHEDULER = ("explorer", "python", "dask", "distributed")  # what the scheduler needs; it computes nothing
_INSTALL = "install the same on every machine of the cluster (`pip install '.[cluster]'` in the same checkout)"

# `Any` in this file: a task may take and return anything; Dask's own objects.


class ClusterError(RuntimeError):
    """The cluster cannot be used; the message is one sentence."""


class Cluster(Executor):
    """Tasks on the workers of a Dask cluster; functions must be importable by name. Made by `connect`."""

    def __init__(self, client: Any, address: str) -> None:
        """Take a connected client, which `shutdown` closes."""
        self._client, self._address = client, address
        self._asked = about()
        self._ended = False

    def workers(self) -> int:
        """Return how many workers the cluster has at the moment."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a task on some worker.

        Its future raises what the task raises, WorkerLost if it was given up, ClusterError if the cluster is to blame.
        """
        if self._ended:
            raise RuntimeError("the connection to the cluster was closed")
        here: Future[T] = Future()
        there = self._client.submit(answer, self._asked, fn.__module__, fn.__qualname__, args, kwargs, pure=True)
        there.add_done_callback(lambda done: self._fetch(done, here))
        return here

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Close the connection; tasks that wait are dropped, and what running ones find is not fetched."""
        self._ended = True
        self._client.close()

    def _fetch(self, there: Any, here: Future[Any]) -> None:
        """Hand over what a task ended with, and let the cluster forget it: a worker that dies later takes nothing."""
        if not here.set_running_or_notify_cancel():
            there.release()
            return
        try:
            result = there.result()
        except BaseException as error:
            here.set_exception(self._told(error))
        else:
            here.set_result(result)
        finally:
            there.release()

    def _told(self, error: BaseException) -> BaseException:
        """Return an error of Dask's as one of ours, those of tasks as they are."""
        from distributed.scheduler import KilledWorker

        if isinstance(error, KilledWorker):
            times = error.allowed_failures + 1
            return WorkerLost(f"its worker was lost in the middle, {times} times over: killed, or out of memory")
        if isinstance(error, CancelledError):
            return ClusterError(
                f"the scheduler at {self._address} has gone: what ended is kept; give the same command again"
            )
        if isinstance(error, ImportError):
            return ClusterError(f"a worker at {self._address} cannot run the explorer ({error}): {_INSTALL}")
        return error


def connect(address: str) -> Cluster:
    """Return an executor that gives its tasks to the cluster whose scheduler listens at an address.

    Args:
        address: such as tcp://10.0.0.1:8786; tls:// takes the certificates that Dask's configuration names.

    Raises:
        ClusterError: one sentence: Dask is not installed, nobody answers, or other versions run there.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            f"a cluster needs Dask distributed ({error}): pip install '.[cluster]' in the explorer's folder"
        ) from None
    _meet(address)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions, which _check says in one sentence
        client = Client(address, timeout=ANSWER, set_as_default=False)
    try:
        _check(client, address)
    except BaseException:
        client.close()
        raise
    return Cluster(client, address)


def answer(asked: Mapping[str, str], module: str, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Run one task on a worker: a function by name, so that the scheduler, which reads tasks too, need not import it.

    Raises:
        ClusterError: if other versions run here than where the task was made.
    """
    differing = difference(asked, about())
    if differing:
        raise ClusterError(f"a worker of the cluster differs from the machine that asked: {differing}; {_INSTALL}")
    return getattr(importlib.import_module(module), name)(*args, **kwargs)


def about() -> dict[str, str]:
    """Return what must be the same on all machines: versions, without the build they are for, and the files' hash."""
    found = provenance.versions() | {name: metadata.version(name) for name in ("dask", "distributed")}
    return {name: version.partition("+")[0] for name, version in found.items()} | {FILES: provenance.source()}


def difference(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Return in words what differs of what is named in `here`, or "" where nothing does."""
    differing = [name for name, version in here.items() if there.get(name, "") != version]
    if differing == [FILES]:
        return "it runs other files of the explorer"
    return ", ".join(
        f"{name} {there.get(name) or 'missing'} instead of {here[name] or 'none'}"
        for name in differing
        if name != FILES
    )


def _meet(address: str) -> None:
    """Look who is there before a Client is made: one that found nobody keeps trying while it is closed.

    The question is asked from a thread of its own, since a notebook's thread has an event loop that runs already.
    """
    try:
        with ThreadPoolExecutor(1) as apart:
            kind = apart.submit(lambda: asyncio.run(_kind(address))).result()
    except (ValueError, TypeError) as error:  # not an address; certificates that are missing
        raise ClusterError(f"the scheduler's address must be such as tcp://10.0.0.1:8786: {_line(error)}") from None
    except OSError as error:  # a timeout too
        raise ClusterError(
            f"no Dask scheduler answers at {address} within {ANSWER:g} s ({_line(error)}): "
            "is it running, and can this machine reach it?"
        ) from None
    if kind != "Scheduler":
        raise ClusterError(f"at {address} is a Dask {kind.lower()}: give the address of the scheduler")


async def _kind(address: str) -> str:
    from distributed import rpc
    from distributed.security import Security

    async with rpc(address, timeout=ANSWER, connection_args=Security().get_connection_args("client")) as there:
        return str((await asyncio.wait_for(there.identity(), ANSWER) or {}).get("type"))


def _check(client: Any, address: str) -> None:
    here = about()
    try:
        scheduler = client.run_on_scheduler(about)
        workers = client.run(about, on_error="return")
    except Exception as error:
        raise ClusterError(
            f"the scheduler at {address} cannot read the explorer's tasks ({_line(error)}): {_INSTALL}"
        ) from None
    asked = {f"the scheduler at {address}": ({name: here[name] for name in _SCHEDULER}, scheduler)}
    asked |= {f"the worker at {place}": (here, found) for place, found in workers.items()}
    for who, (wanted, found) in asked.items():
        if not isinstance(found, Mapping):
            raise ClusterError(f"{who} cannot run the explorer ({_line(found)}): {_INSTALL}")
        differing = difference(wanted, found)
        if differing:
            raise ClusterError(f"{who} differs from this machine: {differing}; {_INSTALL}")


def _line(error: object) -> str:
    return next((line for line in str(error).strip().splitlines() if line), type(error).__name__)
