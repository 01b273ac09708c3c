"""Be one worker process: answer calls from standard input on standard output, until it closes.

Started by pool.py as `python -m explorer.experiments.work.worker`. Messages are pickles; they pass between our own
processes only, never to disk.

    in     ("call", number, call) | ("leave", number) | ("now", function)
    out    (number, "tick", (done, total, sentence)) | (number, "piece", value) | (number, "end", value)
           | (number, "error", exception)

`call` is itself a pickle of (function, arguments, streams), so that one that cannot be read is an error
of its own number. A call that streams is handed `tick`, and each value that it yields is a piece. A call that was left
ends at its next tick or piece.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
import time
import traceback
from collections.abc import Generator, Iterator
from contextlib import closing, nullcontext
from typing import Any, BinaryIO

TICKS = 0.05  # seconds between two reports of progress


class Left(BaseException):
    """Raised inside a call that nobody waits for any more; not an Exception, so no method can swallow it."""


class _Worker:
    """The call at hand, and the messages about it. `Any`: a call may be handed and return anything."""

    def __init__(self, questions: BinaryIO, answers: BinaryIO) -> None:
        self._questions, self._answers = questions, answers
        self._calls: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
        self._left = -1  # the latest number that was left
        self._number = -1
        self._told = 0.0
        self._saying = threading.Lock()

    def run(self) -> None:
        threading.Thread(target=self._read, name="explorer-questions", daemon=True).start()
        while True:
            self._number, call = self._calls.get()
            try:
                self._say("end", self._answered(call))
            except Left as left:
                self._say("error", RuntimeError(str(left)))
            except Exception as error:  # it is told to whoever asked, who decides
                self._say("error", _readable(error))

    def _read(self) -> None:
        """Take messages in while a call runs. When the input closes, whoever started this process is gone."""
        try:
            while True:
                kind, *rest = pickle.load(self._questions)
                if kind == "call":
                    self._calls.put((rest[0], rest[1]))
                elif kind == "leave":
                    self._left = rest[0]
                else:
                    _do(rest[0])
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)

    def _answered(self, call: bytes) -> Any:
        function, args, streams = pickle.loads(call)
        value = function(*args, tick=self._tick) if streams else function(*args)
        if not isinstance(value, Iterator):
            return value
        with closing(value) if isinstance(value, Generator) else nullcontext():  # what it runs beside ends with it
            for piece in value:
                self._heed()
                self._say("piece", piece)
        return None

    def _tick(self, done: int, total: int, sentence: str = "") -> None:
        self._heed()
        now = time.monotonic()
        if now - self._told >= TICKS or sentence:
            self._told = now
            self._say("tick", (done, total, sentence))

    def _heed(self) -> None:
        if self._left == self._number:
            raise Left("nobody waits for it any more")

    def _say(self, kind: str, value: Any) -> None:
        with self._saying:  # a call may tick in a thread of its own
            self._answers.write(pickle.dumps((self._number, kind, value), pickle.HIGHEST_PROTOCOL))
            self._answers.flush()


def _readable(error: Exception) -> Exception:
    """Return the error, or its words where it cannot be read from a pickle: it has arguments of its own."""
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception as why:
        return RuntimeError(f"{type(error).__name__}: {error} ({why})")


def _do(packed: bytes) -> None:
    """Call a function between the calls; a fault of its is said in the log."""
    try:
        pickle.loads(packed)()
    except Exception:
        traceback.print_exc()


def main() -> None:
    """Answer calls until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a call prints must not stand among the answers
    _Worker(sys.stdin.buffer, answers).run()


if __name__ == "__main__":
    main()
