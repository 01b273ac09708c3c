"""Count the guesses of a class: by answer, over a scale, by point, and over the plane."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.classroom._question import Question
from explorer.lessons import Choice, Line, Number, Order, Points

MOST_BINS = 24
NICE = (1, 2, 5, 10, 20, 50, 100)
REACH = 2.0  # cells from a line that count as under it, on a fine grid
Path = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Bin:
    """One bar of a histogram.

    Attributes:
        low: where it begins.
        high: where it ends.
        count: guesses in it.
    """

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Tally:
    """What a class has guessed.

    Attributes:
        people: how many guessed.
        options: of a Choice guesses of each answer; of an Order how often each panel was put first.
        bins: of a Number, from low to high.
        rows: (n,) of Points, how many chose each training point.
        cells: (size * size,) of a Line, how many drew over each cell of the plane, in the order of `Plane.grid`.
        guesses: all of them.
    """

    people: int
    options: tuple[int, ...] = ()
    bins: tuple[Bin, ...] = ()
    rows: NDArray[np.int64] | None = None
    cells: NDArray[np.int64] | None = None
    guesses: tuple[Any, ...] = ()


def tally_of(question: Question, guesses: Sequence[Any], size: int) -> Tally:
    """Count guesses.

    Args:
        question: what was asked.
        guesses: as its kind reads them.
        size: cells on each side of the plane.
    """
    kind, people, kept = question.kind, len(guesses), tuple(guesses)
    if isinstance(kind, Choice):
        return Tally(people, options=_counts(guesses, range(len(kind.options))), guesses=kept)
    if isinstance(kind, Order):
        return Tally(people, options=_counts([one[0] for one in guesses], kind.panels), guesses=kept)
    if isinstance(kind, Number):
        return Tally(people, bins=histogram(kind, guesses), guesses=kept)
    if isinstance(kind, Points):
        return Tally(people, rows=chosen(guesses, question.rows), guesses=kept)
    assert isinstance(kind, Line)
    return Tally(people, cells=drawn(guesses, size), guesses=kept)


def _counts(guesses: Sequence[Any], options: Sequence[Any]) -> tuple[int, ...]:
    counted = Counter(guesses)
    return tuple(counted[option] for option in options)


def histogram(kind: Number, guesses: Sequence[float]) -> tuple[Bin, ...]:
    """Count numbers in at most MOST_BINS bins, each around as many places of the slider."""
    places = round((kind.high - kind.low) / kind.step) + 1
    each = next((n for n in NICE if n * MOST_BINS >= places), math.ceil(places / MOST_BINS))
    counted = Counter(round((guess - kind.low) / kind.step) // each for guess in guesses)

    def edge(number: int) -> float:
        at = kind.low + (number * each - 0.5) * kind.step
        return min(kind.high + kind.step / 2, at)

    return tuple(Bin(edge(k), edge(k + 1), counted[k]) for k in range(math.ceil(places / each)))


def chosen(guesses: Sequence[Sequence[int]], rows: int) -> NDArray[np.int64]:
    """Return (rows,) how many chose each point."""
    counts = np.zeros(rows, np.int64)
    for guess in guesses:
        counts[list(guess)] += 1
    return counts


def drawn(paths: Sequence[Path], size: int, reach: float = REACH) -> NDArray[np.int64]:
    """Return (size * size,) how many lines run over each cell, or near it.

    Args:
        paths: places in the unit square from its lower left corner.
        size: cells on each side.
        reach: how many cells away still count as near.
    """
    counts = np.zeros((size, size), np.int64)
    edge = math.ceil(reach)
    around = range(-edge, edge + 1)
    near = [(edge + i, edge + j) for i in around for j in around if i * i + j * j <= reach * reach]
    for path in paths:
        cells = _under(np.asarray(path, float), size)
        under = np.zeros((size + 2 * edge, size + 2 * edge), bool)
        under[cells[:, 1] + edge, cells[:, 0] + edge] = True
        counts += np.logical_or.reduce([under[i : i + size, j : j + size] for i, j in near])
    return counts.ravel()


def _under(path: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    """Return (m, 2) the cells under a path, column and row; looked at four times a cell."""
    places = [path[:1]]
    for start, end in itertools.pairwise(path):
        steps = max(1, math.ceil(4 * size * float(np.abs(end - start).max())))
        places.append(start + (end - start) * (np.arange(1, steps + 1) / steps)[:, None])
    return np.clip((np.concatenate(places) * size).astype(np.int64), 0, size - 1)
