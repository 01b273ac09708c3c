"""Where a page asks for results: the workers of this server, or this very thread.

Whoever computes a piece is handed `memo` and `tick` last:

    wish = desk.ask(key, spec, function, *args)      # function(*args, memo, tick)
    desk.first([wish], tick)                         # waits; then wish.result() is there
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from functools import cache
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from explorer.experiments.work.executors import Beside
from explorer.experiments.work.pool import BESIDE, HAND, NUMBERS, SCREEN, SPREAD, Pool, Task
from explorer.public import is_public
from explorer.session.own_points import named_in
from explorer.workers import count

if TYPE_CHECKING:  # torch comes with them: the first picture is on screen before
    from explorer.pipeline import Memo, Points
    from explorer.spec import Spec

__all__ = ["BESIDE", "HAND", "NUMBERS", "SCREEN", "SPREAD", "Desk", "Here", "Tick", "Wish", "Workers", "silent"]

REST = 2.0  # seconds without a change before the spread over other originals is asked for, where others wait
LONGEST_REST = 20.0  # seconds after which it is asked for although others still wait for what is more urgent
SMALL = 40_000_000  # bytes of answers that a public demo keeps in memory
_number = itertools.count()
Piece = Callable[..., Any]  # `Any`: the result goes to whoever asked, who knows its type


class Tick(Protocol):
    """The progress of work, and whether it is still wanted.

    Attributes:
        stopped: done once the work is not wanted any more.
    """

    @property
    def stopped(self) -> Future[None]:
        """See the class."""
        ...

    def __call__(self, done: int, total: int, sentence: str = "", /) -> None:
        """Say how much is done, of how much; raise where the work is not wanted any more."""
        ...

    def report(self, done: int, total: int, sentence: str = "", /) -> None:
        """Say how much is done, from any thread; never raises."""
        ...

    def check(self) -> None:
        """Raise where the work is not wanted any more."""
        ...


class _Silent:
    """Say nothing; the work is wanted to its end."""

    @property
    def stopped(self) -> Future[None]:
        """Return one that is never done; another each time, so that nobody's callbacks stay with it."""
        return Future()

    def __call__(self, done: int, total: int, sentence: str = "", /) -> None: ...

    def report(self, done: int, total: int, sentence: str = "", /) -> None: ...

    def check(self) -> None: ...


silent: Tick = _Silent()


@dataclass(eq=False)
class Wish:
    """A result that was asked for.

    Attributes:
        future: the result, or the error.
        compute: computes it in this thread; None where a worker does.
    """

    future: Future[Any] = field(default_factory=Future[Any])
    compute: Callable[[], Any] | None = None

    def result(self) -> Any:
        """Return the result once it is there.

        Raises:
            Exception: what computing it raised.
        """
        return self.future.result()


class Desk(Protocol):
    """Who computes."""

    def ask(self, key: str, spec: Spec, function: Piece, *args: Any, urgency: int, tick: Tick) -> Wish:
        """Ask for function(*args, memo, tick), known under a key.

        Args:
            key: names the result.
            spec: whose results the memo keeps.
            function: can be imported by name.
            args: can be pickled.
            urgency: HAND to BESIDE; the smaller comes first.
            tick: is told how far it is.
        """
        ...

    def first(self, wishes: Sequence[Wish], tick: Tick) -> Wish:
        """Wait until one of the wishes is answered, and return it; at least one was not returned before.

        Raises:
            BaseException: what `tick` raises. Then none of the wishes is wanted any more.
        """
        ...

    def stream(self, spec: Spec, function: Piece, *args: Any, tick: Tick) -> Iterator[Any]:
        """Yield what function(*args, memo, tick) yields."""
        ...

    def beside(self) -> Executor | None:
        """Return who runs tasks beside the page; None where this thread does."""
        ...

    def rest(self, tick: Tick) -> None:
        """Let others go first, if there are any, before work that can wait."""
        ...


class Here:
    """Everything is computed in the thread that waits for it: for commands, exports and tests."""

    def __init__(self, memo: Memo | None = None) -> None:
        """Keep results in a memo; None for the store of this process."""
        self._memo = memo

    def _memo_of(self, spec: Spec) -> Memo:
        return self._memo or _memo(spec)

    def ask(self, key: str, spec: Spec, function: Piece, *args: Any, urgency: int, tick: Tick) -> Wish:
        """See `Desk`."""
        return Wish(compute=lambda: function(*args, self._memo_of(spec), tick))

    def first(self, wishes: Sequence[Wish], tick: Tick) -> Wish:
        """See `Desk`."""
        wish = wishes[0]
        assert wish.compute is not None
        try:
            wish.future.set_result(wish.compute())
        except Exception as error:
            wish.future.set_exception(error)
        return wish

    def stream(self, spec: Spec, function: Piece, *args: Any, tick: Tick) -> Iterator[Any]:
        """See `Desk`."""
        return function(*args, self._memo_of(spec), tick)

    def beside(self) -> Executor | None:
        """See `Desk`."""
        return None

    def rest(self, tick: Tick) -> None:
        """See `Desk`."""


class Workers:
    """The workers of this server compute, for one of its tabs."""

    def __init__(self, pool: Pool, owner: str) -> None:
        """Ask a pool in the name of a tab; tabs take turns."""
        self._pool, self._owner = pool, owner

    def ask(self, key: str, spec: Spec, function: Piece, *args: Any, urgency: int, tick: Tick) -> Wish:
        """See `Desk`."""
        task = Task(key, _there, (function, spec, _files(spec, *args), args), streams=True)
        ask = self._pool.ask(task, owner=self._owner, urgency=urgency, tell=tick.report)
        return Wish(ask.future)

    def first(self, wishes: Sequence[Wish], tick: Tick) -> Wish:
        """See `Desk`."""
        futures = [wish.future for wish in wishes]
        try:
            while True:
                tick.check()
                done, _ = wait([*futures, tick.stopped], LOOK, FIRST_COMPLETED)
                for wish in wishes:
                    if wish.future in done:
                        return wish
        except BaseException:
            for future in futures:
                future.cancel()
            raise

    def stream(self, spec: Spec, function: Piece, *args: Any, tick: Tick) -> Iterator[Any]:
        """See `Desk`."""
        news: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        key, call = f"stream-{next(_number)}", (function, spec, _files(spec, *args), args)
        ask = self._pool.ask(
            Task(key, _there, call, streams=True, keep=False), owner=self._owner, urgency=BESIDE, tell=tick.report,
            piece=lambda value: news.put(("piece", value)),
        )  # fmt: skip
        ask.future.add_done_callback(lambda _: news.put(("end", None)))
        tick.stopped.add_done_callback(lambda _: ask.future.cancel())
        try:
            while True:
                kind, value = "", None
                with contextlib.suppress(Empty):
                    kind, value = news.get(timeout=LOOK)
                tick.check()
                if kind == "end":
                    ask.future.result()
                    return
                if kind == "piece":
                    yield value
        finally:
            ask.future.cancel()

    def beside(self) -> Executor | None:
        """See `Desk`."""
        return Beside(self._pool, self._owner)

    def rest(self, tick: Tick) -> None:
        """See `Desk`."""
        until = monotonic() + LONGEST_REST
        while self._pool.busy(self._owner, NUMBERS) and monotonic() < until:
            wait([tick.stopped], REST)
            tick.check()


@cache
def workers() -> Pool:
    """Return the workers of this server; errors as of `workers.count`. A public demo is small and has no spare one."""
    pool = Pool(count(), spare=False, known=SMALL) if is_public() else Pool(count())
    atexit.register(pool.end)
    return pool


def clear() -> None:
    """Remove every result of this server, on disk and in the memory of every process."""
    from explorer.session import store

    store.clear()
    workers().forget()
    workers().now(store.forget)


def _memo(spec: Spec) -> Memo:
    from explorer.session import store

    return store.memo(spec)


LOOK = 2.0  # seconds between two looks at whether the tab is still there


def _files(*shown: object) -> tuple[Points, ...]:
    """Return the points of one's own that Specs and Views name by hash: a worker does not have them."""
    found: list[Points] = []
    for sha256 in dict.fromkeys(filter(None, named_in(*shown))):
        from explorer import pipeline

        with contextlib.suppress(ValueError):  # it is not here either; whoever computes says so
            found.append(pipeline.recall_csv(sha256))
    return tuple(found)


def _there(
    function: Piece, spec: Spec, files: Sequence[Points], args: Sequence[Any], *, tick: Callable[..., None]
) -> Any:
    """Compute a piece in a worker, with the worker's own store."""
    from explorer import pipeline

    for content in files:
        pipeline.keep_csv(content)
    return function(*args, _memo(spec), tick)
