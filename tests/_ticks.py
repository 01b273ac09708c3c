"""A tick that remembers what it was told."""

from __future__ import annotations

from concurrent.futures import Future


class Told:
    """Work that is wanted to its end, and what it said of its progress."""

    def __init__(self) -> None:
        self.ticks: list[tuple[int, int, str]] = []
        self.stopped: Future[None] = Future()

    def __call__(self, done: int, total: int, sentence: str = "", /) -> None:
        self.ticks.append((done, total, sentence))

    report = __call__

    def check(self) -> None: ...
