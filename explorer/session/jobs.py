"""Run work beside the page: one worker thread a job, progress, cancel, and the latest job of a key wins.

The work is a generator that is handed `tick` and yields partial results. Nothing here and nothing in the worker touches
Streamlit, so a job outlives the script run that started it and is read by the next.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

WORKERS = 4  # jobs that compute in their own thread, in the whole process; further ones wait their turn
SOON = 0.1  # seconds at least from one call of a listener to the next
TOLD = 1.0  # the same, where there is only progress to tell
GONE = 10.0  # seconds after which the work of a tab that was closed ends; a lost connection comes back sooner
_turn = threading.BoundedSemaphore(WORKERS)
_alive: weakref.WeakSet[Job] = weakref.WeakSet()
_log = logging.getLogger(__name__)


class Cancelled(BaseException):
    """Raised inside the work when nobody wants its result any more; not an Exception, so no method can swallow it."""


class Tick:
    """The progress of one job: what its work calls often, and what others report who work for it.

    Attributes:
        stopped: done once the job was cancelled.
    """

    def __init__(self, job: Job) -> None:
        """Tell a job."""
        self.stopped: Future[None] = Future()
        self._job = job

    def __call__(self, done: int, total: int, sentence: str = "", /) -> None:
        """Publish progress.

        Raises:
            Cancelled: if nobody wants the result any more.
        """
        self.check()
        self.report(done, total, sentence)

    def check(self) -> None:
        """Go on, if somebody still wants the result.

        Raises:
            Cancelled: if nobody does.
        """
        self._job.wanted()

    def report(self, done: int, total: int, sentence: str = "", /) -> None:
        """Publish progress, from any thread; never raises."""
        self._job.heard(done, total, sentence)


Work = Callable[[Tick], Iterator[Any]]


class Job:
    """One piece of work in a thread of its own.

    Attributes:
        content: what the job works on; a job with the same content is not started twice.
        done, total, sentence: progress, for one line on the page.
        partial: the latest result that the work yielded, or None.
        version: counts the results, so that a reader sees whether there is a new one.
        error: "" or one sentence.
        cancelled: somebody asked it to stop.
        abandoned: it stopped because the tab was closed.
        finished: the thread has ended, for whatever reason.
    """

    def __init__(
        self, content: object, work: Work, alive: Callable[[], bool] = lambda: True, *, in_turn: bool = False
    ) -> None:
        """Take the work; `start` begins it. It ends itself when its tab was not `alive` for GONE seconds.

        Args:
            content: what it works on.
            work: takes `tick` and yields partial results.
            alive: says whether the tab is still open.
            in_turn: it computes in its own thread, and waits while WORKERS others do.
        """
        self.content = content
        self.done = self.total = self.version = 0
        self.sentence = self.error = ""
        self.partial: Any = None
        self.cancelled = False
        self.abandoned = False
        self.finished = False
        self._work = work
        self._turn = _turn if in_turn else contextlib.nullcontext()
        self._news = threading.Condition()
        self._alive = alive
        self._gone = math.inf  # when the tab was first found closed
        self._listeners: dict[str, Callable[[], None]] = {}
        self._told = -math.inf  # when the listeners were last told
        self._due: threading.Timer | None = None  # tells them next
        self.tick = Tick(self)

    def start(self) -> Job:
        """Begin the work in a new thread."""
        _alive.add(self)
        threading.Thread(target=self._run, name="explorer-job", daemon=True).start()
        return self

    def cancel(self) -> None:
        """Ask the work to stop at its next tick or yield."""
        with self._news:
            first, self.cancelled = not self.cancelled, True
            self._news.notify_all()
        if first:
            self.tick.stopped.set_result(None)

    def wait(self, ready: Callable[[Any], bool], seconds: float) -> bool:
        """Wait until a partial result is ready, the job has ended, or the time is over; return whether it is ready."""
        with self._news:
            self._news.wait_for(lambda: self.finished or (self.version > 0 and ready(self.partial)), seconds)
            return self.version > 0 and ready(self.partial)

    def wanted(self) -> None:
        """Go on, if somebody still wants the result.

        Raises:
            Cancelled: if nobody does.
        """
        now = time.monotonic()
        self._gone = math.inf if self._alive() else min(self._gone, now)
        self.abandoned = now - self._gone > GONE
        if self.cancelled or self.abandoned:
            raise Cancelled

    def heard(self, done: int, total: int, sentence: str = "") -> None:
        """Note progress, and tell whoever listens now and then."""
        self.done, self.total = done, total
        if sentence:
            self.sentence = sentence
        self._tell(TOLD)

    def listen(self, who: str, listener: Callable[[], None] | None) -> None:
        """Call a function when there is news: a result, the end, and progress now and then; None for no more.

        Each of those who listen has one function.
        """
        with self._news:
            self._listeners.pop(who, None)
            if listener is not None:
                self._listeners[who] = listener

    def _tell(self, apart: float = SOON) -> None:
        """Tell the listener, at once or so many seconds after the last time."""
        with self._news:
            if not self._listeners or self._due is not None:
                return
            wait = self._told + apart - time.monotonic()
            if apart == TOLD and wait > 0:
                return  # more progress will come
            self._due = threading.Timer(max(wait, 0.0), self._tell_now)
            self._due.daemon = True
        self._due.start()

    def _tell_now(self) -> None:
        with self._news:
            self._due, self._told = None, time.monotonic()
            listeners = list(self._listeners.values())
        for listener in listeners:
            listener()

    def _run(self) -> None:
        try:
            with self._turn:
                self._consume()
        except Cancelled:
            pass  # what it had published stays
        except ValueError as error:
            self.error = str(error)
        except Exception as error:
            # The page shows one sentence; the traceback belongs in the server's log.
            _log.exception("a job failed")
            self.error = f"{type(error).__name__}: {error}"
        finally:
            with self._news:
                self.finished = True
                self._news.notify_all()
            self._tell()

    def _consume(self) -> None:
        self.wanted()
        for partial in self._work(self.tick):
            self.wanted()
            with self._news:
                self.partial = partial
                self.version += 1
                self._news.notify_all()
            self._tell()


class Jobs:
    """The jobs of one browser tab, by key; a new job of a key cancels the older one.

    Attributes:
        alive: says whether the tab is still open.
    """

    def __init__(self, alive: Callable[[], bool] = lambda: True) -> None:
        """Start with none."""
        self.alive = alive
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def job(self, key: str, content: object, work: Work, *, in_turn: bool = False) -> Job:
        """Return the job of a key, started anew if its content is another (or the old one was abandoned).

        Args:
            key: what the job is for, for instance "picture".
            content: what it works on; compared with ==.
            work: takes `tick` and yields partial results.
            in_turn: see `Job`.
        """
        with self._lock:
            old = self._jobs.get(key)
            if old is not None and old.content == content and not old.abandoned:
                return old
            if old is not None:
                old.cancel()
            self._jobs[key] = Job(content, work, self.alive, in_turn=in_turn)
            return self._jobs[key].start()

    def get(self, key: str) -> Job | None:
        """Return the job of a key, if there is one."""
        return self._jobs.get(key)

    def forget(self, key: str) -> None:
        """Cancel the job of a key and drop it, so that the next call starts anew."""
        with self._lock:
            old = self._jobs.pop(key, None)
            if old is not None:
                old.cancel()


@atexit.register
def _stop() -> None:
    """End all jobs, so that Ctrl-C is not followed by a thread that computes on while the interpreter goes away."""
    for job in list(_alive):
        job.cancel()
