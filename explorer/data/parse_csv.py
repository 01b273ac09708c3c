"""Read the points of a CSV, or say in one sentence what is wrong: row, column, what was expected, what was found.

`csv_table.py` reads the cells, `csv_columns.py` guesses which columns are meant. Rows without a value in one of the
three columns are left out and counted. Of more than 5,000 points a sample is taken, the same one every time. Labels may
be numbers or words; classes are numbered in their natural order (2 before 10, "b2" before "b10").

`Points.table` is the file in one fixed form, whatever its encoding, delimiter, decimal mark, column names and further
columns were; its SHA-256 names the points.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from explorer import public
from explorer.data.csv_columns import MAX_CLASSES, MIN_CLASSES, Columns, check, guess
from explorer.data.csv_table import Table, is_gap, read_table
from explorer.knobs import shorten
from explorer.records import Split
from explorer.seeds import child_seed

MAX_ROWS, MIN_ROWS = 5000, 20
MIN_A_CLASS = 5
MAX_VALUE = 1e6
MAX_LABEL = 40
HEADER = ("x1", "x2", "label")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True)
class Points:
    """The points of a file.

    Attributes:
        split: x (n, 2) float32 and y (n,) int64, in the file's order.
        names: one name a class.
        columns: the columns they were read from.
        dropped: rows left out because a value is missing.
        of: rows from which the points are a sample; their own number where all were taken.
        table: bytes in UTF-8: the header x1,x2,label, then one row a point; numbers as the shortest decimals that give
            the 64-bit float back, equal numbers as labels spelt alike, lines ending in a line feed.
    """

    split: Split
    names: tuple[str, ...]
    columns: Columns
    dropped: int
    of: int
    table: bytes

    @cached_property
    def sha256(self) -> str:
        """Return the SHA-256 (hex) of the table, by which a Spec names the points."""
        return hashlib.sha256(self.table).hexdigest()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return one sentence for each thing that was done to the file."""
        said = list[str]()
        if self.dropped:
            rows = "1 row was" if self.dropped == 1 else f"{self.dropped:,} rows were"
            said.append(f"{rows} left out, because a value is missing.")
        if self.of > len(self.split):
            said.append(f"These are {len(self.split):,} of {self.of:,} points, drawn at random, some of each class.")
        return tuple(said)


def parse(content: bytes, columns: Columns | None = None) -> Points:
    """Read the bytes of a file.

    Args:
        content: the file.
        columns: which are read; guessed where None.

    Raises:
        ValueError: one sentence, if the file does not hold at least 20 points of 2 to 10 classes with at least 5 each.
    """
    table = read_table(content)
    return points_of(table, columns)


def points_of(table: Table, columns: Columns | None = None) -> Points:
    """Read the points of a table.

    Raises:
        ValueError: as `parse`.
    """
    columns = guess(table) if columns is None else check(table, columns)
    places = [table.names.index(name) for name in columns]
    numbers: list[tuple[float, float]] = []
    labels: list[str] = []
    for row, cells in table.rows:
        x1, x2, label = (cells[place] for place in places)
        if is_gap(x1) or is_gap(x2) or not label or _NOT_FINITE.fullmatch(label):
            continue
        numbers.append((_number(table, row, columns.x1, x1), _number(table, row, columns.x2, x2)))
        labels.append(_label(row, columns.label, label))
    if len(labels) < MIN_ROWS:
        raise ValueError(f"the file must hold at least {MIN_ROWS} points, found {len(labels)}")
    labels = _same_spelling(labels)
    names, y = _classes(labels, columns.label)
    chosen = _sample(y)
    x = np.array(numbers, dtype=np.float64)[chosen]
    _check_spread(x, columns)
    split = Split(x.astype(np.float32), y[chosen])
    written = _written(x, [labels[row] for row in chosen])
    return Points(split, names, columns, len(table.rows) - len(labels), len(labels), written)


def _number(table: Table, row: int, column: str, cell: str) -> float:
    where = f"row {row}, column {shorten(column)}"
    if _NOT_FINITE.fullmatch(cell):
        raise ValueError(f"{where}: expected a finite number, found {cell}")
    if not table.is_number(cell):
        example = "-1,5" if table.comma else "-1.5"
        raise ValueError(f"{where}: expected a number such as {example}, found {shorten(cell)}")
    value = float(cell.replace(",", "."))
    if not abs(value) <= MAX_VALUE:
        raise ValueError(f"{where}: expected a number in [-1e6, 1e6], found {shorten(cell)}")
    return value


def _label(row: int, column: str, cell: str) -> str:
    if len(cell) > MAX_LABEL or not cell.isprintable():
        rule = f"expected a name of at most {MAX_LABEL} printable characters"
        raise ValueError(f"row {row}, column {shorten(column)}: {rule}, found {shorten(cell)}")
    return cell


def _classes(labels: list[str], column: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the class names in natural order, and the class (n,) int64 of each label."""
    where, counts = f"column {shorten(column)}", Counter(labels)
    if not MIN_CLASSES <= len(counts) <= MAX_CLASSES:
        raise ValueError(f"{where}: expected {MIN_CLASSES} to {MAX_CLASSES} classes, found {len(counts)}")
    names = sorted(counts, key=_natural)
    for name in names:
        if counts[name] < MIN_A_CLASS:
            found = f"found {counts[name]} of {name}"
            raise ValueError(f"{where}: expected at least {MIN_A_CLASS} points of each class, {found}")
    number = {name: label for label, name in enumerate(names)}
    return tuple(names), np.array([number[label] for label in labels], dtype=np.int64)


def _same_spelling(labels: list[str]) -> list[str]:
    """Write numbers that are equal alike (1 and 1.0), where all labels are plain numbers."""
    if not all(_PLAIN.fullmatch(label) for label in set(labels)):
        return labels
    spelling = {label: _plain(Decimal(label)) for label in set(labels)}
    return [spelling[label] for label in labels]


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _natural(name: str) -> tuple[int, float, list[tuple[int, float, str]], str]:
    """Return a sorting key: numbers by value before words; in words, runs of digits by value."""
    if _NUMBER.fullmatch(name):
        return 0, float(name), [], name
    pieces = [piece for piece in re.split(r"([0-9]+)", name.casefold()) if piece]
    key = [(0, float(piece), "") if re.fullmatch("[0-9]+", piece) else (1, 0.0, piece) for piece in pieces]
    return 1, 0.0, key, name


def _sample(y: np.ndarray) -> np.ndarray:
    """Return ascending rows, at most 5,000: all, or a fixed random sample with at least 5 of each class."""
    most = public.POINTS if public.is_public() else MAX_ROWS
    if len(y) <= most:
        return np.arange(len(y))
    order = np.random.default_rng(child_seed(0, "sample")).permutation(len(y))
    first = np.concatenate([order[y[order] == label][:MIN_A_CLASS] for label in np.unique(y)])
    rest = order[~np.isin(order, first)]
    return np.sort(np.concatenate([first, rest[: most - len(first)]]))


def _check_spread(x: np.ndarray, columns: Columns) -> None:
    for column, values in zip(columns[:2], x.T, strict=True):
        if np.ptp(values) <= 1e-5 * np.abs(values).max() or np.ptp(values) < 1e-12:
            raise ValueError(f"column {column}: expected values that differ, found {values[0]:g} in every row")


def _written(x: np.ndarray, labels: list[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((repr(float(x1)), repr(float(x2)), label) for (x1, x2), label in zip(x, labels, strict=True))
    return out.getvalue().encode()
