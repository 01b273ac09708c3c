"""Lay out what a stream of requests does: a row a method, and its cost beside that of retraining at every request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from explorer.contents.tables import cells
from explorer.figures.numerals import number
from explorer.records import Drift

Drifts = Mapping[str, Drift]
HEADS = (
    ("Drift at the end", "request by request"), ("Drift at the end", "all at once"), ("Breaks at request", ""),
    ("Retain accuracy at the end", "retrained"), ("Cost, request by request", "× retraining each time"),
    ("Cost, all at once", "the same unit"),
)  # fmt: skip


def table(drifts: Drifts, titles: Mapping[str, str]) -> str:
    """Return the table as HTML: retrained and the untouched original first; "" where there are no numbers.

    Args:
        drifts: panel name -> numbers.
        titles: panel name -> title, in order.
    """
    if not titles:
        return ""
    first = drifts[next(iter(titles))]
    body = _reference("Retrained (same seed)", first, "paired", "1") + _reference("Original", first, "original", "0")
    body += "".join(_row(title, drifts[name]) for name, title in titles.items())
    heads = [cells.head(title, small) for title, small in HEADS]
    return cells.table(heads, body)


def _reference(title: str, found: Drift, role: str, cost: str) -> str:
    kept = number(float(found.accuracy["paired"]["retain"][-1])) if role == "paired" else "–"
    values = (number(float(found.area[role][-1])), "–", "–", kept, cost, "–")
    return cells.row(title, "", "".join(f"<td>{value}</td>" for value in values))


def _row(title: str, found: Drift) -> str:
    whole, goal = float(found.retraining.sum()), float(found.accuracy["paired"]["retain"][-1])
    prepared = f"{number(found.prepared / whole)} of it prepared once" if found.prepared else ""
    each = (
        (number(float(found.area["unlearned"][-1])), ""),
        (number(found.at_once["disagreement_area"]), ""),
        (str(found.breaks_at) if found.breaks_at else "never", ""),
        (number(float(found.accuracy["unlearned"]["retain"][-1])), number(goal)),
        (number((float(found.spent.sum()) + found.prepared) / whole), prepared),
        (number(found.spent_at_once / whole), ""),
    )
    return cells.row(title, found.trouble, "".join(cells.marked("", value, small) for value, small in each))


def as_csv(drifts: Drifts, titles: Mapping[str, str]) -> str:
    """Return every number over time as CSV, full precision; an empty cell where a number is not defined.

    A row after so many requests holds areas only where they are measured.
    """
    heads = (
        "panel", "method", "requests", "disagreement_area", "disagreement_area_retrained", "disagreement_area_original",
        "retain", "retain_retrained", "forget", "forget_retrained", "test", "test_retrained", "example_gradients",
        "example_gradients_retrain", "breaks_at", "disagreement_area_at_once",
    )  # fmt: skip
    return cells.csv_text([heads, *_lines(drifts, titles)])


def _lines(drifts: Drifts, titles: Mapping[str, str]) -> Iterable[tuple[str, ...]]:
    for name, title in titles.items():
        found = drifts[name]
        at = {int(time): place for place, time in enumerate(found.times)}
        for t in range(len(found.spent) + 1):
            areas = (
                cells.full(float(found.area[role][at[t]])) if t in at else ""
                for role in ("unlearned", "paired", "original")
            )
            rates = (
                cells.full(float(found.accuracy[role][one][t]))
                for one in ("retain", "forget", "test")
                for role in ("unlearned", "paired")
            )
            spent = (found.spent[t - 1], found.retraining[t - 1]) if t else (found.prepared, 0.0)
            once = cells.full(found.at_once["disagreement_area"]) if t == len(found.spent) else ""
            costs = (cells.full(float(value)) for value in spent)
            yield (name, title, str(t), *areas, *rates, *costs, str(found.breaks_at or ""), once)
