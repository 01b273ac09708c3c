"""Read a CSV as people have it: guess encoding, delimiter, decimal mark and header, and hold its cells as text.

Rows are counted as a spreadsheet does, from 1, header and blank rows included.

- Encoding: what a byte order mark says, else UTF-16 where every other byte is 0, else UTF-8, else Latin-1.
- Delimiter: of comma, semicolon and tab the one that gives most columns of numbers, then rows of most equal length.
- Decimal mark: the one of comma and point that more cells of numbers hold.
- Header: the first row, unless it holds a number in every column of numbers. Then columns are called by their place.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from explorer import public
from explorer.knobs import shorten

MAX_BYTES = 20_000_000
MAX_COLUMNS = 500
MAX_NAME = 40  # characters of a column's name
LOOKED_AT = 200  # rows from which delimiter, decimal mark and header are guessed
MOSTLY = 0.8  # share of cells that are numbers in a column of numbers
DELIMITERS = ",;\t"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_SEP = re.compile(r"\s*sep=([,;\t])\r?\n?", re.IGNORECASE)
_GAPS = {"", "na", "n/a", "nan", "null", "none", "?"}


@dataclass(frozen=True)
class Table:
    """The cells of a file.

    Attributes:
        names: one name a column, no two alike.
        rows: number in the file and one cell a column, without blanks around it; "" where the file holds none.
        comma: whether a comma is the decimal mark.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    comma: bool

    def column(self, name: str) -> Iterator[str]:
        """Yield the cells of a column."""
        place = self.names.index(name)
        return (cells[place] for _, cells in self.rows)

    def is_number(self, cell: str) -> bool:
        """Say whether a cell holds a number in the file's own way of writing."""
        return bool((_COMMA if self.comma else _POINT).fullmatch(cell))

    def of_numbers(self, name: str) -> bool:
        """Say whether nearly all cells of a column that hold something hold a number."""
        return _numbers(tuple(islice(self.column(name), LOOKED_AT)), (_COMMA if self.comma else _POINT,))


def is_gap(cell: str) -> bool:
    """Say whether a cell of an input holds nothing."""
    return cell.lower() in _GAPS


def most() -> int:
    """Return how many bytes a file may have."""
    return public.FILE if public.is_public() else MAX_BYTES


def too_large(size: int) -> str:
    """Return the sentence for a file of `size` bytes that is above the limit."""
    return f"the file must be at most {most() / 1e6:g} MB, got {size / 1e6:.1f} MB"


def read_table(content: bytes) -> Table:
    """Read the bytes of a file.

    Raises:
        ValueError: one sentence, if they are no table of text.
    """
    if len(content) > most():
        raise ValueError(too_large(len(content)))
    text = _decoded(content)
    said = _SEP.match(text)  # a first line with which Excel names the delimiter
    delimiter = said[1] if said else _delimiter(text)
    rows = list(_rows(text, delimiter, 1 if said else 0))
    if not rows:
        raise ValueError("the file is empty: expected one point a row: two numbers and a label")
    comma = _decimal_comma([cells for _, cells in rows[:LOOKED_AT]])
    headed = _has_header([cells for _, cells in rows[:LOOKED_AT]])
    header = rows[0][1] if headed else [""] * len(rows[0][1])
    if headed and rows[1:] and all(len(cells) == len(header) + 1 for _, cells in rows[1:]):
        header = ["", *header]  # R names no column of row names
    names = _names(header)
    full = [(row, _filled(row, cells, len(names))) for row, cells in rows[headed:]]
    return _without_empty(Table(names, tuple(full), comma))


def _decoded(content: bytes) -> str:
    if not content.strip():
        raise ValueError("the file is empty: expected one point a row: two numbers and a label")
    if content.startswith(b"PK\x03\x04"):
        raise ValueError("the file is a spreadsheet or an archive, not text: save it as CSV first")
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text.removeprefix("\ufeff")
    raise ValueError("the file is not text: expected a CSV")


def _encodings(content: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return (encoding,)
    if content[1::2].count(0) > 0.4 * len(content):
        return ("utf-16-le",)
    if content[::2].count(0) > 0.4 * len(content):
        return ("utf-16-be",)
    return ("utf-8", "cp1252", "latin-1")


def _delimiter(text: str) -> str:
    head = text[:50_000]
    return max(DELIMITERS, key=lambda delimiter: _fit(head, delimiter))


def _fit(head: str, delimiter: str) -> tuple[int, float, int]:
    """Return how well a delimiter fits: columns of numbers (2 are enough), share of rows of one length, that length."""
    try:
        found = list(islice(filter(_holds, csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)), LOOKED_AT))
    except csv.Error:
        return 0, 0.0, 0
    if not found:
        return 0, 0.0, 0
    width, times = Counter(len(cells) for cells in found).most_common(1)[0]
    body = [[cell.strip() for cell in cells] for cells in found[1:] if len(cells) == width]
    numbers = sum(_numbers(column, (_POINT, _COMMA)) for column in zip(*body, strict=True))
    return min(numbers, 2), times / len(found) if width > 1 else 0.0, width


def _holds(cells: list[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _numbers(cells: tuple[str, ...], kinds: tuple[re.Pattern[str], ...]) -> bool:
    given = [cell for cell in cells if not is_gap(cell)]
    fitting = sum(any(kind.fullmatch(cell) for kind in kinds) for cell in given)
    return bool(given) and fitting >= MOSTLY * len(given)


def _rows(text: str, delimiter: str, skip: int) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, start=1):
            if row > skip and _holds(cells):
                yield row, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise ValueError(f"row {row + 1}: expected cells between delimiters, found a broken cell ({error})") from None


def _decimal_comma(rows: list[list[str]]) -> bool:
    cells = [cell for row in rows for cell in row]
    commas = sum("," in cell and bool(_COMMA.fullmatch(cell)) for cell in cells)
    return commas > sum("." in cell and bool(_POINT.fullmatch(cell)) for cell in cells)


def _has_header(rows: list[list[str]]) -> bool:
    first, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    columns = list(zip(*body, strict=True)) if body else []
    numbers = [place for place, column in enumerate(columns) if _numbers(column, (_POINT, _COMMA))]
    return not (len(numbers) >= 2 and all(_POINT.fullmatch(first[k]) or _COMMA.fullmatch(first[k]) for k in numbers))


def _names(cells: list[str]) -> tuple[str, ...]:
    """Return a name for each column, by its place where the header holds none, numbered where two are alike."""
    if len(cells) > MAX_COLUMNS:
        raise ValueError(f"the file must have at most {MAX_COLUMNS} columns, found {len(cells)}")
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        plain = "".join(letter if letter.isprintable() else " " for letter in cell)
        name = shorten(plain, MAX_NAME) if plain.strip() else f"column {place}"
        again = next(k for k in range(1, len(cells) + 2) if (name if k == 1 else f"{name} ({k})") not in names)
        names.append(name if again == 1 else f"{name} ({again})")
    return tuple(names)


def _filled(row: int, cells: list[str], width: int) -> tuple[str, ...]:
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > width:
        raise ValueError(f"row {row}: expected {width} columns as in the first row, found {len(cells)}")
    return (*cells, *[""] * (width - len(cells)))


def _without_empty(table: Table) -> Table:
    """Return the table without the columns that hold nothing at all."""
    kept = [place for place in range(len(table.names)) if not table.rows or any(c[place] for _, c in table.rows)]
    if len(kept) == len(table.names):
        return table
    rows = tuple((row, tuple(cells[place] for place in kept)) for row, cells in table.rows)
    return Table(tuple(table.names[place] for place in kept), rows, table.comma)
