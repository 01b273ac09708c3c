"""Be one worker process: read tasks from standard input, write what they return to standard output, until it closes.

Started by executors.py as `python -m explorer.experiments.work.worker`. A task is a pickled (function, args, kwargs),
an answer a pickled (whether it went well, result or error). Pickles pass between our own processes only, never to disk.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import Any, BinaryIO


def main() -> None:
    """Answer tasks until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a task prints must not stand among the answers
    while (answer := _next(sys.stdin.buffer)) is not None:
        answers.write(_packed(answer))
        answers.flush()


def _next(tasks: BinaryIO) -> tuple[bool, Any] | None:  # `Any`: a task may return anything
    try:
        function, args, kwargs = pickle.load(tasks)
        return True, function(*args, **kwargs)
    except EOFError:
        return None
    except Exception as error:  # it is told to whoever asked, who decides
        return False, error


def _packed(answer: tuple[bool, Any]) -> bytes:
    try:
        packed = pickle.dumps(answer)
        pickle.loads(packed)  # an error with arguments of its own can be written but not read
        return packed
    except Exception as error:
        return pickle.dumps((False, RuntimeError(f"{type(answer[1]).__name__}: {answer[1]} ({error})")))


if __name__ == "__main__":
    main()
