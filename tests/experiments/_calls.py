"""Calls for workers; they note in a file when they begin and end."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from explorer.experiments.work.growing import growing


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


def until_there(file: Path, other: Path, tick: Callable[..., None]) -> str:
    note(file, "began")
    while not other.exists():
        tick(1, 2)
        time.sleep(0.01)
    return "there"


def counting(to: int, tick: Callable[..., None]) -> Iterator[int]:
    for number in range(to):
        tick(number, to)
        yield number


class Elsewhere:
    """A value whose pickle names a module that is nowhere."""

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        return importlib.import_module, ("nowhere_at_all",)


def elsewhere() -> Elsewhere:
    return Elsewhere()


class Awkward(Exception):
    """An error that cannot be read from its pickle."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} {other}")


def awkward() -> None:
    raise Awkward("quite", "awkward")


def trained_slowly(content: Any, role: str, k: int, place: str, tick: Callable[[int, int], None]) -> str:
    """Stand for a training of 40 steps that keeps where it was cancelled; model 9 breaks down."""
    if k == 9:
        raise ValueError("training broke down")
    step = 0
    try:
        for step in range(1, 41):
            time.sleep(0.05)
            tick(step, 40)
    finally:
        (Path(place) / f"{role}-{k}").write_text(f"{step} {content['method']}")
    return f"{role} {k}"


def grown(file: Path, *, tick: Callable[..., None]) -> Iterator[int]:
    """Show numbers from a thread of its own that ticks; note when the thread has ended."""

    def make(show: Callable[[int], None]) -> int:
        try:
            for number in range(100_000):
                tick(number, 100_000, "on")
                show(number)
                time.sleep(0.001)
        finally:
            time.sleep(0.05)
            note(file, "ended", 0)
        return -1

    return growing(make, "grown")
