"""Guess which two columns of a table are the inputs and which one is the label.

Names decide first (x1, x2, label and their like), then content: a label has few values; an input is a column of numbers
that does not merely count the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from explorer.data.csv_table import Table
from explorer.knobs import shorten

MAX_CLASSES, MIN_CLASSES = 10, 2
_LABELS = (
    "label", "class", "target", "species", "category", "group", "outcome", "diagnosis", "type", "cluster", "y",
)  # fmt: skip
_PAIRS = (("x1", "x2"), ("x", "y"), ("x0", "x1"))
_OURS = ("x1", "x2", "label")
_COUNTING = {"id", "index", "row", "no", "nr", "#", "unnamed: 0"}


class Columns(NamedTuple):
    """The names of the three columns that are read."""

    x1: str
    x2: str
    label: str

    def changed(self, place: int, name: str) -> Columns:
        """Return them with another column in one place; a column in use changes places with the one there."""
        columns = list(self)
        if name in columns:
            columns[columns.index(name)] = columns[place]
        columns[place] = name
        return Columns(*columns)


def guess(table: Table) -> Columns:
    """Return the columns that are most likely meant.

    Raises:
        ValueError: one sentence, if there are not two columns of numbers beside one that can be a label.
    """
    ours = {name.lower(): name for name in table.names}
    if all(name in ours for name in _OURS):
        return Columns(*(ours[name] for name in _OURS))
    numbers = [name for name in table.names if table.of_numbers(name)]
    label = _label(table, numbers)
    rest = [name for name in numbers if name != label]
    by_name = {name.lower(): name for name in rest}
    for one, two in _PAIRS:
        if one in by_name and two in by_name:
            return Columns(by_name[one], by_name[two], label)
    inputs = [name for name in rest if not _counts(table, name)]
    chosen = (inputs if len(inputs) >= 2 else rest)[:2]
    if len(chosen) < 2:
        found = f"{len(chosen)} among {shorten(', '.join(table.names))}"
        raise ValueError(f"expected two columns of numbers beside the label, found {found}")
    return Columns(chosen[0], chosen[1], label)


def check(table: Table, columns: Columns) -> Columns:
    """Return columns that were named, if the table has them and no two are the same.

    Raises:
        ValueError: one sentence.
    """
    there = shorten(", ".join(table.names))
    for name in columns:
        if name not in table.names:
            raise ValueError(f"the file has no column {shorten(name)}: its columns are {there}")
    if len(set(columns)) < len(columns):
        raise ValueError(f"the two inputs and the label must be three columns, got {shorten(', '.join(columns))}")
    return columns


def _label(table: Table, numbers: list[str]) -> str:
    by_name = {name.lower(): name for name in reversed(table.names)}
    named = [by_name[name] for name in _LABELS if name in by_name]
    words = [name for name in reversed(table.names) if name not in numbers]
    for name in [*named, *words, *reversed(numbers)]:
        if _few(filter(None, table.column(name)), MAX_CLASSES):
            return name
    if named:
        return named[0]  # its own sentence says what is wrong with it
    rule = f"a column with {MIN_CLASSES} to {MAX_CLASSES} values as the label"
    raise ValueError(f"expected {rule}, found none in {shorten(', '.join(table.names))}")


def _counts(table: Table, name: str) -> bool:
    """Say whether a column merely counts the rows."""
    if name.lower() in _COUNTING:
        return True
    first = next(table.column(name), "")
    start = int(first) if first.isascii() and first.isdigit() else 0
    return all(cell == str(number) for number, cell in enumerate(table.column(name), start))


def _few(cells: Iterable[str], most: int) -> bool:
    """Say whether there are MIN_CLASSES to `most` different cells; it stops at the first one too many."""
    found = set[str]()
    for cell in cells:
        found.add(cell)
        if len(found) > most:
            return False
    return len(found) >= MIN_CLASSES


def choices(table: Table) -> Iterator[Columns]:
    """Yield ways to choose the columns, each once: the guess, then those one change away from it, then all others.

    A column of many values is no label, so none of its ways is among them.
    """
    numbers = [name for name in table.names if table.of_numbers(name)]
    labels = [name for name in table.names if _few(table.column(name), MAX_CLASSES + 1)]
    near = dict.fromkeys(_near(table, numbers, labels))
    yield from near
    for label, x1, x2 in product(labels, numbers, numbers):
        if len({label, x1, x2}) == 3 and (x1, x2, label) not in near:
            yield Columns(x1, x2, label)


def _near(table: Table, numbers: list[str], labels: list[str]) -> list[Columns]:
    """Return the guess, and what one change makes of it; nothing where there is no guess."""
    try:
        first = guess(table)
    except ValueError:
        return []
    offered = (numbers, numbers, labels)
    return [first, *(first.changed(place, name) for place in (2, 1, 0) for name in offered[place])]
