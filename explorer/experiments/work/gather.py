"""Wait for tasks that run side by side, and take each as it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TypeVar

T = TypeVar("T")
POLL = 0.1  # seconds between two ticks while nothing ends


def gather(futures: Mapping[Future[T], str], tick: Callable[[], None] | None = None) -> Iterator[tuple[str, Future[T]]]:
    """Yield (name, future) of each task as it ends.

    Args:
        futures: task -> its name.
        tick: called ten times a second while tasks run; raise to cancel.

    Tasks that have not begun are cancelled where the iteration is left early.
    """
    left = set(futures)
    try:
        while left:
            if tick:
                tick()
            ended, left = wait(left, POLL, FIRST_COMPLETED)
            for future in ended:
                yield futures[future], future
    finally:
        for future in left:
            future.cancel()
