"""Share the worker processes of this machine: what is urgent first, everybody in turn, equal work once.

    pool = Pool(2)
    ask = pool.ask(Task("sum", operator.add, (1, 2)), owner="a tab", urgency=HAND)
    ask.future.result()

A task is named by its key. Whoever asks for the same key while it waits or runs joins it, and whoever asks later is
answered from memory. A task runs on while somebody waits for it; when the last one leaves it ends. A worker that is
killed loses only the task it was at, which is run again in a new one. What can wait makes room for what cannot: where
something more urgent waits and every worker is taken, a spread ends at its next tick and waits again; the paths that it
had finished are known.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.experiments.store.memory import MISSING, Memory

TRIES = 3
KNOWN = 150_000_000  # bytes of answers that are kept
OWNERS = 4096  # whose turns are remembered; anybody may give a new name
GRACE = 10.0  # seconds after which a worker that does not leave its task is ended
#: How urgent a task is, the most urgent first: what is under the hand, what else is on screen, its numbers, the spread
#: over other originals, what somebody waits for beside the page.
HAND, SCREEN, NUMBERS, SPREAD, BESIDE = range(5)
_ROOT = str(Path(__file__).resolve().parents[3])
_ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


class WorkerLost(RuntimeError):
    """A worker ended in the middle of a task: killed, out of memory, or shut down."""


@dataclass(frozen=True)
class Task:
    """One call of a function that can be imported by name.

    Attributes:
        key: names the result; equal keys mean equal results.
        function: with `streams`, it is also handed tick(done, total, sentence), and may yield pieces.
        args: of the function; they can be pickled.
        streams: see `function`.
        keep: whether its result answers whoever asks again. What was yielded is not kept.
    """

    key: str
    function: Callable[..., Any]  # `Any`: the result goes to whoever asked, who knows its type
    args: tuple[Any, ...] = ()
    streams: bool = False
    keep: bool = True


class Ask:
    """One asker's wish for a task.

    Attributes:
        future: the result, or the error; whoever cancels it leaves.
    """

    def __init__(
        self, leave: Callable[[Ask], None], tell: Callable[..., None] | None, piece: Callable[[Any], None] | None
    ) -> None:
        """Say what is called with progress and with each piece, on a thread of the pool."""
        self.future: Future[Any] = Future()
        self.tell, self.piece = tell, piece
        self.future.add_done_callback(lambda future: leave(self) if future.cancelled() else None)


@dataclass(eq=False)
class _Flight:
    """A task that waits or runs, and who waits for it."""

    task: Task
    order: int
    owner: str
    urgency: int
    asks: list[Ask] = field(default_factory=list[Ask])
    tries: int = 0
    beside: bool = False  # it runs as one of those beside the page
    yields: bool = False  # it was asked to make room, and waits again
    worker: _Worker | None = None


class Pool:
    """Worker processes, each started when first needed."""

    def __init__(self, workers: int, *, spare: bool = True, known: int = KNOWN) -> None:
        """Allow so many workers at once.

        Args:
            workers: at least 1.
            spare: while all of them do work beside the page, one more does what is on screen.
            known: bytes of answers that are kept in memory.
        """
        if workers < 1:
            raise ValueError(f"`workers` must be at least 1, got {workers}")
        self._known = Memory(known)
        self._news = threading.Condition()
        self._flights: dict[str, _Flight] = {}  # all that wait or run, by key
        self._waiting: list[_Flight] = []
        self._served: dict[str, int] = {}  # owner -> when one of theirs was last begun
        self._count = 0
        self._running = {False: 0, True: 0}  # tasks of the page, tasks beside it
        self._workers: set[_Worker] = set()
        self._limit, self._most, self._ended = workers, workers + spare, False
        self._threads: list[threading.Thread] = []

    def ask(
        self, task: Task, *, owner: str = "", urgency: int = SCREEN, tell: Callable[..., None] | None = None,
        piece: Callable[[Any], None] | None = None,
    ) -> Ask:  # fmt: skip
        """Ask for a task; whoever asks for the same key shares it.

        Args:
            task: what to do.
            owner: who asks, for instance a tab; owners take turns.
            urgency: HAND to BESIDE; that of the most urgent asker counts.
            tell: called with progress, on a thread of the pool.
            piece: called with each piece, on a thread of the pool.

        Raises:
            RuntimeError: after `end`.
        """
        ask = Ask(lambda ask: self._left(task.key, ask), tell, piece)
        value = self._known.get(task.key)
        if value is not MISSING:
            ask.future.set_result(value)
            return ask
        with self._news:
            if self._ended:
                raise RuntimeError("the pool was ended")
            flight = self._flights.get(task.key)
            if flight is None:
                self._count += 1
                flight = self._flights[task.key] = _Flight(task, self._count, owner, urgency)
                self._waiting.append(flight)
            flight.asks.append(ask)
            if urgency < flight.urgency:
                flight.urgency, flight.owner = urgency, owner
            self._enough_threads()
            yielding = self._yielding(flight)
            self._news.notify_all()
        if yielding is not None:
            yielding[0].leave(yielding[1], kill=False)
        return ask

    def warm(self, function: Callable[[], object]) -> None:
        """Start every worker, and call a function in each before anything else."""
        for number in range(self._limit):
            self.ask(Task(f"warm-{number}", function, keep=False), urgency=HAND)

    def busy(self, owner: str, urgency: int = BESIDE) -> bool:
        """Return whether anybody but this owner waits for something that is at least so urgent."""
        with self._news:
            return any(one.owner != owner and one.urgency <= urgency for one in self._flights.values())

    def pids(self) -> list[int]:
        """Return the process ids of the workers that are alive."""
        with self._news:
            return [worker.pid for worker in self._workers if worker.alive]

    def now(self, function: Callable[[], object]) -> None:
        """Call a function in every worker that is alive, between or beside its calls; it must be quick."""
        with self._news:
            workers = list(self._workers)
        for worker in workers:
            worker.now(function)

    def forget(self) -> None:
        """Drop every answer that is kept."""
        self._known.clear()

    def end(self, *, at_once: bool = True, wait: bool = False) -> None:
        """Take no more tasks. With `at_once`, drop those that wait and end those that run; `wait` until all is over."""
        with self._news:
            self._ended = True
            dropped = self._waiting[:] if at_once else []
            for flight in dropped:
                self._waiting.remove(flight)
                self._flights.pop(flight.task.key, None)
            workers = list(self._workers) if at_once else []
            self._news.notify_all()
        for flight in dropped:
            for ask in flight.asks:
                ask.future.cancel()
        for worker in workers:
            worker.end()
        for thread in self._threads if wait else ():
            thread.join()

    # --- inside -----------------------------------------------------------------------------------------------------

    def _enough_threads(self) -> None:
        if len(self._threads) < self._most and sum(self._running.values()) + len(self._waiting) > len(self._threads):
            self._threads.append(threading.Thread(target=self._serve, name="explorer-pool", daemon=True))
            self._threads[-1].start()

    def _yielding(self, urgent: _Flight) -> tuple[_Worker, int] | None:
        """Return worker and call of a spread that is to make room for something more urgent; None if there is room."""
        room = self._running[False] < self._limit and sum(self._running.values()) < self._most
        if urgent.worker is not None or urgent.urgency >= SPREAD or room:
            return None
        for flight in self._flights.values():
            if flight.urgency == SPREAD and flight.worker is not None and not (flight.yields or flight.beside):
                flight.yields = True
                return flight.worker, flight.worker.number
        return None

    def _left(self, key: str, ask: Ask) -> None:
        with self._news:
            flight = self._flights.get(key)
            if flight is None or ask not in flight.asks:
                return
            flight.asks.remove(ask)
            if flight.asks:
                return
            del self._flights[key]  # whoever asks now starts anew
            if flight in self._waiting:
                self._waiting.remove(flight)
            worker = flight.worker
            number = worker.number if worker is not None else 0
        if worker is not None:
            worker.leave(number)

    def _serve(self) -> None:
        """Take one task after the other, in a worker of this thread's own."""
        worker: _Worker | None = None
        while (flight := self._next()) is not None:
            worker = self._flown(flight, worker)
        if worker is not None:
            self._drop(worker)

    def _flown(self, flight: _Flight, worker: _Worker | None) -> _Worker | None:
        """Have a task done, and land it or let it wait again; return the worker, None if it must not be used again."""
        lost = False
        try:
            worker = worker or self._hired()
            value, failed = self._fly(flight, worker)
        except BaseException as error:  # whatever it is, whoever waits must hear of it
            value, failed, lost = error, True, isinstance(error, WorkerLost)
            if worker is not None:
                self._drop(worker)
                worker = None
        if not self._waits_again(flight, failed=failed, lost=lost):
            self._landed(flight, value, failed=failed)
        return worker

    def _hired(self) -> _Worker:
        worker = _Worker()
        with self._news:
            self._workers.add(worker)
        return worker

    def _next(self) -> _Flight | None:
        """Wait for the next task; None where there will be none."""
        with self._news:
            while True:
                if flight := min(filter(self._may_run, self._waiting), key=self._turn, default=None):
                    self._waiting.remove(flight)
                    flight.beside = flight.urgency >= BESIDE
                    self._running[flight.beside] += 1
                    self._count += 1
                    self._note_served(flight.owner)
                    return flight
                if self._ended and not self._waiting:
                    self._news.notify_all()
                    return None
                self._news.wait()

    def _note_served(self, owner: str) -> None:
        """Remember when an owner was served; where there are too many, forget those who ask for nothing now."""
        if len(self._served) >= OWNERS:
            here = {flight.owner for flight in self._flights.values()}
            self._served = {one: when for one, when in self._served.items() if one in here}
        self._served[owner] = self._count

    def _may_run(self, flight: _Flight) -> bool:
        """Say whether a task may begin. Where there is a spare worker, long work leaves one free."""
        return self._running[flight.urgency >= BESIDE] < self._limit

    def _turn(self, flight: _Flight) -> tuple[int, int, int]:
        return flight.urgency, self._served.get(flight.owner, 0), flight.order

    def _fly(self, flight: _Flight, worker: _Worker) -> tuple[Any, bool]:
        """Have a task done, and tell everybody who waits how far it is.

        Returns:
            The result or the error, and whether it is an error.

        Raises:
            WorkerLost: if the worker ended in the middle of it.
            BaseException: what reading an answer, or a callback, raises.
        """
        task = flight.task
        with self._news:
            if not flight.asks:
                return None, False
            flight.worker = worker
            worker.number += 1
        kind, value = "", None
        for kind, value in worker.call(task):
            if kind == "tick":
                self._tell(flight, lambda ask, value=value: ask.tell and ask.tell(*value))
            elif kind == "piece":
                self._tell(flight, lambda ask, value=value: ask.piece and ask.piece(value))
        if kind == "end" and task.keep:
            self._known.put(task.key, value)
        return value, kind == "error"

    def _tell(self, flight: _Flight, tell: Callable[[Ask], object]) -> None:
        with self._news:
            asks = list(flight.asks)
        for ask in asks:
            tell(ask)

    def _landed(self, flight: _Flight, value: Any, *, failed: bool) -> None:
        with self._news:
            if self._flights.get(flight.task.key) is flight:
                del self._flights[flight.task.key]
            asks, flight.asks = flight.asks, []
        for ask in asks:
            if ask.future.set_running_or_notify_cancel():
                ask.future.set_exception(value) if failed else ask.future.set_result(value)

    def _waits_again(self, flight: _Flight, *, failed: bool, lost: bool) -> bool:
        """Take a task from its worker; say whether it waits once more, from when on another thread may take it.

        It does where it is still wanted and made room, or lost its worker, unless it has ended several workers.
        """
        with self._news:
            flight.worker = None
            self._running[flight.beside] -= 1
            self._news.notify_all()
            made_room, flight.yields = flight.yields, False
            flight.tries += lost
            again = flight.tries < TRIES if lost else failed and made_room
            if not again or self._flights.get(flight.task.key) is not flight or self._ended:
                return False
            self._waiting.append(flight)
            return True

    def _drop(self, worker: _Worker) -> None:
        with self._news:
            self._workers.discard(worker)
        worker.end()


class _Worker:
    """One process that answers one call at a time."""

    def __init__(self) -> None:
        path = os.pathsep.join([_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "explorer.experiments.work.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C is for the one who started it
        )
        self._writing = threading.Lock()
        self.number = 0  # of the call at hand, or of the last one
        self._busy = False

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def call(self, task: Task) -> Iterator[tuple[str, Any]]:
        """Yield (kind, value) of every message about a task; the last is "end" or "error".

        Raises:
            WorkerLost: if the process ended.
        """
        try:
            packed = pickle.dumps((task.function, task.args, task.streams), pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # it cannot be sent
            yield "error", error
            return
        self._busy = True
        try:
            self._send(("call", self.number, packed))
            yield from self._messages()
        finally:
            self._busy = False

    def _messages(self) -> Iterator[tuple[str, Any]]:
        assert self._process.stdout is not None
        kind = ""
        while kind not in ("end", "error"):
            try:
                _, kind, value = pickle.load(self._process.stdout)
            except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
                said = f"a worker process ended in the middle of its task ({type(error).__name__})"
                raise WorkerLost(said) from None
            yield kind, value

    def leave(self, number: int, *, kill: bool = True) -> None:
        """Ask the process to end a call, if it is at it; with `kill`, end the process itself where it does not."""

        def late() -> None:
            if self._busy and self.number == number:
                self._process.kill()

        with contextlib.suppress(WorkerLost):
            self._send(("leave", number))
        if not kill:
            return
        timer = threading.Timer(GRACE, late)
        timer.daemon = True
        timer.start()

    def now(self, function: Callable[[], object]) -> None:
        with contextlib.suppress(WorkerLost):
            self._send(("now", pickle.dumps(function)))

    def _send(self, message: tuple[Any, ...]) -> None:
        assert self._process.stdin is not None
        try:
            with self._writing:
                pickle.dump(message, self._process.stdin, pickle.HIGHEST_PROTOCOL)
                self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise WorkerLost(f"a worker process ended before its task ({type(error).__name__})") from None

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what could not be written to a dead process is lost anyway
                    pipe.close()
