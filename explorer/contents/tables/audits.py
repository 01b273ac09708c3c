"""Lay out what an audit finds: every number beside retrained's band, with a sentence on how to read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from explorer.contents.tables import cells
from explorer.contents.tables.cells import NOTHING, number, spread_text
from explorer.records import Band
from explorer.spec.catalog import CATALOG

RETRAINED = "retrained"
Numbers = Mapping[str, Mapping[str, Band]]  # panel name, or "retrained" -> field -> Band


def table(audit: str, numbers: Numbers, titles: Mapping[str, str]) -> str:
    """Return the table as HTML: fields down, retrained and every method across; "" where there are no numbers.

    Args:
        audit: its key.
        numbers: what it found.
        titles: panel name -> head of its column.
    """
    if RETRAINED not in numbers:
        return ""
    body = "".join(_row(audit, name, numbers, titles) for name in CATALOG.audits[audit].fields)
    models = max(len(band.values) for band in numbers[RETRAINED].values())
    heads = [cells.head("Retrained", cells.mean_of(models))]
    return cells.table([*heads, *(cells.head(title, cells.ON_SCREEN) for title in titles.values())], body)


def _row(audit: str, name: str, numbers: Numbers, titles: Mapping[str, str]) -> str:
    field, retrained = CATALOG.audits[audit].fields[name], numbers[RETRAINED].get(name, NOTHING)
    each = ""
    for panel in titles:
        value = cells.first(numbers[panel].get(name, NOTHING))
        each += cells.marked("" if field.shared else cells.within(value, retrained), _text(value))
    return cells.row(field.title, field.reads, f"<td>{spread_text(retrained)}</td>{each}")


def _text(value: float) -> str:
    return "–" if value != value else number(value)


def as_csv(audit: str, numbers: Numbers, titles: Mapping[str, str]) -> str:
    """Return the table as CSV, full precision; an empty cell where a number is not defined."""
    heads = ("panel", "method", "audit", "number", "value", "retrained_mean", "retrained_min", "retrained_max")
    return cells.csv_text([heads, *_lines(audit, numbers, titles)])


def _lines(audit: str, numbers: Numbers, titles: Mapping[str, str]) -> Iterable[tuple[str, ...]]:
    for panel, title in titles.items():
        for name in CATALOG.audits[audit].fields:
            band = numbers[RETRAINED].get(name, NOTHING)
            values = (cells.first(numbers[panel].get(name, NOTHING)), band.mean, band.low, band.high)
            yield (panel, title, audit, name, *(cells.full(value) for value in values))
