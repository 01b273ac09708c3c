"""Run work beside the page: one worker thread a job, progress, cancel, and the latest job of a key wins.

The work is a generator that is handed `tick` and yields partial results. Nothing here and nothing in the worker touches
Streamlit, so a job outlives the script run that started it and is read by the next.
"""

from __future__ import annotations

import atexit
import logging
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

WORKERS = 4  # threads at work in the whole process; further jobs wait their turn
# Seconds without anyone looking after which a job ends itself; browsers slow hidden tabs to one look a minute.
ABANDONED = 120.0
GONE = 10.0  # seconds after which the work of a tab that was closed ends; a lost connection comes back sooner
_turn = threading.BoundedSemaphore(WORKERS)
_alive: weakref.WeakSet[Job] = weakref.WeakSet()
_log = logging.getLogger(__name__)

Tick = Callable[..., None]  # tick(done, total, sentence="")
Work = Callable[[Tick], Iterator[Any]]


class Cancelled(BaseException):
    """Raised inside the work when nobody wants its result any more; not an Exception, so no method can swallow it."""


class Job:
    """One piece of work in a thread of its own.

    Attributes:
        content: what the job works on; a job with the same content is not started twice.
        done, total, sentence: progress, for one line on the page.
        partial: the latest result that the work yielded, or None.
        version: counts the results, so that a reader sees whether there is a new one.
        error: "" or one sentence.
        cancelled: somebody asked it to stop.
        abandoned: it stopped because nobody looked, or the tab was closed.
        finished: the thread has ended, for whatever reason.
    """

    def __init__(
        self, content: object, work: Work, patience: float = ABANDONED, alive: Callable[[], bool] = lambda: True
    ) -> None:
        """Take the work; `start` begins it.

        It ends itself after `patience` seconds without a look, or when its tab was not `alive` for GONE seconds.
        """
        self.content = content
        self.patience = patience
        self.done = self.total = self.version = 0
        self.sentence = self.error = ""
        self.partial: Any = None
        self.cancelled = False
        self.abandoned = False
        self.finished = False
        self._work = work
        self._news = threading.Condition()
        self._alive = alive
        self._looked = time.monotonic()
        self._gone = math.inf  # when the tab was first found closed

    def start(self) -> Job:
        """Begin the work in a new thread."""
        _alive.add(self)
        threading.Thread(target=self._run, name="explorer-job", daemon=True).start()
        return self

    def cancel(self) -> None:
        """Ask the work to stop at its next tick or yield."""
        with self._news:
            self.cancelled = True
            self._news.notify_all()

    def look(self) -> Job:
        """Note that somebody still wants the result."""
        self._looked = time.monotonic()
        return self

    def wait(self, ready: Callable[[Any], bool], seconds: float) -> bool:
        """Wait until a partial result is ready, the job has ended, or the time is over; return whether it is ready."""
        with self._news:
            self._news.wait_for(lambda: self.finished or (self.version > 0 and ready(self.partial)), seconds)
            return self.version > 0 and ready(self.partial)

    def tick(self, done: int, total: int, sentence: str = "") -> None:
        """Publish progress; the work calls this often.

        Raises:
            Cancelled: if nobody wants the result any more.
        """
        now = time.monotonic()
        self._gone = math.inf if self._alive() else min(self._gone, now)
        self.abandoned = now - self._looked > self.patience or now - self._gone > GONE
        if self.cancelled or self.abandoned:
            raise Cancelled
        self.done, self.total = done, total
        if sentence:
            self.sentence = sentence

    def _run(self) -> None:
        try:
            with _turn:
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

    def _consume(self) -> None:
        self.tick(0, 0)
        for partial in self._work(self.tick):
            self.tick(self.done, self.total)
            with self._news:
                self.partial = partial
                self.version += 1
                self._news.notify_all()


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

    def job(self, key: str, content: object, work: Work, *, patience: float = ABANDONED) -> Job:
        """Return the job of a key, started anew if its content is another (or the old one was abandoned).

        Args:
            key: what the job is for, for instance "picture".
            content: what it works on; compared with ==.
            work: takes `tick` and yields partial results.
            patience: seconds without anyone looking after which it ends itself; inf for work that is worth keeping.
        """
        with self._lock:
            old = self._jobs.get(key)
            if old is not None and old.content == content and not old.abandoned:
                return old.look()
            if old is not None:
                old.cancel()
            self._jobs[key] = Job(content, work, patience, self.alive)
            return self._jobs[key].start()

    def get(self, key: str) -> Job | None:
        """Return the job of a key, if there is one."""
        job = self._jobs.get(key)
        return job.look() if job else None

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
