"""Points of one's own, for the pages, which do not know the room of data.

`csv_table` reads what stands in a file, `csv_guess` says which of its columns are meant, `csv_points` reads the points
of the guessed or the named columns, and `keep_csv` keeps them under the SHA-256 by which a Spec names them.
"""

from __future__ import annotations

from itertools import islice

from explorer.data.csv import FILES, CsvOptions
from explorer.data.csv_columns import Columns, choices, guess
from explorer.data.csv_table import MAX_BYTES as CSV_BYTES
from explorer.data.csv_table import Table, read_table
from explorer.data.parse_csv import MIN_ROWS, Points, points_of
from explorer.knobs import shorten
from explorer.spec import Named

CHOICES = 200  # ways to choose columns that are tried
CSV_OTHER = "it holds other points than the link names"
ROWS = 200_000  # that are read for it, in all; about a second

csv_table, csv_points, csv_guess, remember_csv = read_table, points_of, guess, FILES.remember


def keep_csv(points: Points) -> str:
    """Keep points for the Specs that name them, and return their SHA-256."""
    return FILES.keep(points, points.sha256)


def recall_csv(sha256: str) -> Points:
    """Return the points that are kept under a SHA-256.

    Raises:
        ValueError: if none are.
    """
    return FILES.recall(sha256)


def read_as(data: Named) -> tuple[str, ...]:
    """Return in sentences how the file of a data set was read; none where it is no file, or none at hand."""
    sha256 = data.options.sha256 if isinstance(data.options, CsvOptions) else None
    if not sha256 or not FILES.holds(sha256):
        return ()
    points = FILES.recall(sha256)
    x1, x2, label = (shorten(name) for name in points.columns)
    return (f"The inputs are the columns {x1} and {x2}, the label is {label}.", *points.notes)


def csv_choosable(table: Table) -> bool:
    """Say whether other columns than the guessed ones may hold points: there are rows and columns enough."""
    numbers = sum(table.of_numbers(name) for name in table.names)
    another = numbers > 2 or (numbers == 2 and len(table.names) > 3)  # input or label
    return another and len(table.rows) >= MIN_ROWS


def csv_points_named(table: Table, sha256: str) -> Points:
    """Return the points of a table that have a name, whichever columns they are; the likeliest ones are tried.

    Raises:
        ValueError: one sentence, if none of them has that name.
    """
    for columns in islice(choices(table), max(1, min(CHOICES, ROWS // max(1, len(table.rows))))):
        try:
            points = points_of(table, columns)
        except ValueError:
            continue
        if points.sha256 == sha256:
            return points
    raise ValueError(CSV_OTHER)


__all__ = [
    "CSV_BYTES", "CSV_OTHER", "Columns", "Points", "Table", "csv_choosable", "csv_guess", "csv_points",
    "csv_points_named", "csv_table", "keep_csv", "read_as", "recall_csv", "remember_csv",
]  # fmt: skip
