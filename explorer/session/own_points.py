"""Points of one's own in a session: what a tab keeps of the files that it was given, and which ones a View names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from explorer.spec import Named, Spec
from explorer.view import View

if TYPE_CHECKING:
    from explorer.pipeline import Points, Table

KEPT = 64  # points that one tab keeps; those given first go
CELLS = 500_000  # of the texts that one tab keeps beside the last one, which it always keeps


@dataclass(frozen=True)
class Given:
    """A CSV file that a tab was given, and the points that were read of it.

    Attributes:
        name: of the file.
        table: its text, from which other columns can be read; None where it was let go.
        points: of the columns that were chosen.
    """

    name: str
    table: Table | None
    points: Points


def keep(given: dict[str, Given], one: Given) -> str:
    """Add points to those that a tab was given, as the last, and return their SHA-256.

    Args:
        given: by SHA-256; of files given long ago it keeps the points, and lets the text go.
        one: what is added.
    """
    from explorer import pipeline

    sha256 = pipeline.keep_csv(one.points)
    given.pop(sha256, None)
    given[sha256] = one
    while len(given) > KEPT:
        del given[next(iter(given))]
    _let_go(given)
    return sha256


def _let_go(given: dict[str, Given]) -> None:
    """Let texts go from the oldest on, so that those beside the last one have at most CELLS cells."""
    last = next(reversed(given.values())).table
    kept, cells = [last], 0
    for sha256, one in reversed(list(given.items())):
        if one.table is None or any(one.table is table for table in kept):
            continue  # other columns of a file share its text
        cells += len(one.table.rows) * len(one.table.names)
        if cells <= CELLS:
            kept.append(one.table)
        else:
            given[sha256] = replace(one, table=None)


def named_in(*shown: object) -> Iterator[str]:
    """Yield the SHA-256 of all points of one's own that Views and Specs name; "" where one names no file.

    Args:
        shown: the Views and Specs, possibly among other things.
    """
    for one in shown:
        if isinstance(one, View):
            yield from named_in(one.base)
            yield from (_sha256(row.value) for row in one.rows if _is_own(row.value))
        elif isinstance(one, Spec) and _is_own(one.data):
            yield _sha256(one.data)


def _is_own(value: object) -> bool:
    return isinstance(value, Named) and value.name == "csv"


def _sha256(value: object) -> str:
    return str(getattr(getattr(value, "options", None), "sha256", None) or "")
