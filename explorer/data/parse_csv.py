"""Read a CSV of points, or say in one sentence what is wrong with it: row, column, what was expected, what was found.

Rows are counted as a spreadsheet does, from 1, header and blank rows included. Labels may be numbers or words; classes
are numbered in their natural order (2 before 10, "b2" before "b10").
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from explorer.knobs import shorten
from explorer.records import Split

MAX_BYTES = 5_000_000
MAX_ROWS, MIN_ROWS = 5000, 20
MAX_CLASSES, MIN_CLASSES = 10, 2
MIN_A_CLASS = 5
MAX_VALUE = 1e6
MAX_LABEL = 40
HEADER = ("x1", "x2", "label")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_NOTHING = {"", "na", "n/a", "null", "none"}


def parse(content: bytes) -> tuple[Split, tuple[str, ...]]:
    """Read the bytes of a file.

    Returns:
        The points, x (n, 2) float32 and y (n,) int64 in the file's order, and one name a class.

    Raises:
        ValueError: one sentence, if the file is not 20 to 5,000 points of 2 to 10 classes with at least 5 each.
    """
    if len(content) > MAX_BYTES:
        raise ValueError(too_large(len(content)))
    rows = _rows(_decoded(content))
    _check_header(*next(rows, (1, [])))
    numbers: list[tuple[float, float]] = []
    labels: list[str] = []
    for row, cells in rows:
        if len(labels) == MAX_ROWS:
            raise ValueError(f"row {row}: expected at most {MAX_ROWS:,} points, found more")
        numbers.append(_point(row, cells))
        labels.append(_label(row, cells[2]))
    if len(labels) < MIN_ROWS:
        raise ValueError(f"the file must hold at least {MIN_ROWS} points, found {len(labels)}")
    names, y = _classes(labels)
    x = np.array(numbers, dtype=np.float32)
    _check_spread(x)
    return Split(x, y), names


def too_large(size: int) -> str:
    """Return the sentence for a file of `size` bytes that is above the limit."""
    return f"the file must be at most {MAX_BYTES / 1e6:g} MB, got {size / 1e6:.1f} MB"


def _decoded(content: bytes) -> str:
    if not content.strip():
        raise ValueError("the file is empty: expected the columns x1,x2,label and one point a row")
    if b"\0" in content:
        raise ValueError("the file is not text: expected a CSV in UTF-8 with the columns x1,x2,label")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = 1 + content[: error.start].count(b"\n")
        raise ValueError(f"row {row}: expected text in UTF-8, found the byte 0x{content[error.start]:02x}") from None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if stripped not in ([], [""]):
                yield row, stripped
    except csv.Error as error:
        raise ValueError(f"row {row + 1}: expected x1,x2,label between commas, found a broken cell ({error})") from None


def _check_header(row: int, cells: list[str]) -> None:
    if tuple(cell.lower() for cell in cells) != HEADER:
        found = shorten(",".join(cells)) or "nothing"
        raise ValueError(f"row {row}: expected the header x1,x2,label, found {found}")


def _point(row: int, cells: list[str]) -> tuple[float, float]:
    if len(cells) > len(HEADER):
        raise ValueError(f"row {row}: expected 3 columns (x1,x2,label), found {len(cells)}")
    if len(cells) < len(HEADER):
        raise ValueError(f"row {row}, column {HEADER[len(cells)]}: expected a value, found nothing")
    return _number(row, "x1", cells[0]), _number(row, "x2", cells[1])


def _number(row: int, column: str, cell: str) -> float:
    where = f"row {row}, column {column}"
    if cell.lower() in _NOTHING:
        raise ValueError(f"{where}: expected a number, found {cell or 'nothing'}")
    if _NOT_FINITE.fullmatch(cell):
        raise ValueError(f"{where}: expected a finite number, found {cell}")
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{where}: expected a number such as -1.5, found {shorten(cell)}")
    value = float(cell)
    if not abs(value) <= MAX_VALUE:
        raise ValueError(f"{where}: expected a number in [-1e6, 1e6], found {shorten(cell)}")
    return value


def _label(row: int, cell: str) -> str:
    where = f"row {row}, column label"
    if not cell or _NOT_FINITE.fullmatch(cell):
        raise ValueError(f"{where}: expected the name or number of a class, found {cell or 'nothing'}")
    if len(cell) > MAX_LABEL or not cell.isprintable():
        raise ValueError(f"{where}: expected a name of at most {MAX_LABEL} printable characters, found {shorten(cell)}")
    return cell


def _classes(labels: list[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the class names in natural order, and the class (n,) int64 of each label."""
    labels = _same_spelling(labels)
    counts = Counter(labels)
    if not MIN_CLASSES <= len(counts) <= MAX_CLASSES:
        raise ValueError(f"column label: expected {MIN_CLASSES} to {MAX_CLASSES} classes, found {len(counts)}")
    names = sorted(counts, key=_natural)
    for name in names:
        if counts[name] < MIN_A_CLASS:
            raise ValueError(
                f"column label: expected at least {MIN_A_CLASS} points of each class, found {counts[name]} of {name}"
            )
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


def _check_spread(x: np.ndarray) -> None:
    for column, values in zip(HEADER, x.T.astype(np.float64), strict=False):
        if np.ptp(values) <= 1e-5 * np.abs(values).max() or np.ptp(values) < 1e-12:
            raise ValueError(f"column {column}: expected values that differ, found {values[0]:g} in every row")
