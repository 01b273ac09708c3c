"""Calls for workers; they note in a file when they begin and end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path


def note(file: Path, what: str, seconds: float = 0.0) -> str:
    with file.open("a") as out:
        out.write(f"{what}\n")
    time.sleep(seconds)
    return what


def noted(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def endless(file: Path, tick: Callable[..., None]) -> None:
    note(file, "began")
    try:
        while True:
            tick(1, 2, "still at it")
            time.sleep(0.01)
    finally:
        note(file, "left")


def counting(to: int, tick: Callable[..., None]) -> Iterator[int]:
    for number in range(to):
        tick(number, to)
        yield number


class Awkward(Exception):
    """An error that cannot be read from its pickle."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


def awkward() -> None:
    raise Awkward("quite", "awkward")
