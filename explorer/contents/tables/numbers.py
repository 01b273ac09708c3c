"""Lay out the numbers: each beside retrained's band or the floor, with its own spread and how to read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape

from explorer.contents.tables import cells
from explorer.contents.tables.cells import NOTHING, Verdict, number, reads, spread_text
from explorer.pipeline import METRICS
from explorer.records import Band, Comparison

Named = Mapping[str, tuple[str, Comparison]]  # panel name -> (title, numbers)


@dataclass(frozen=True)
class Row:
    """One number of the table; its words stand in `pipeline.METRICS`.

    Attributes:
        key: its name in `Comparison` and in METRICS.
    """

    key: str

    @property
    def title(self) -> str:
        """Return the name on screen."""
        return METRICS[self.key].title

    @property
    def accuracy(self) -> bool:
        """Return whether it is an accuracy (retrained has a value of its own) or a distance to retrained."""
        return METRICS[self.key].better == "match"


ROWS = tuple(
    Row(key)
    for key in (
        "forget", "retain", "test", "forget_agreement", "activation_distance", "js_divergence", "disagreement_area",
        "change_precision", "change_recall",
    )
)  # fmt: skip

HOW_TO_READ = (
    "A number is good when it lies where the retrained models lie. Accuracies: compare with retrained's band. "
    "Distances: compare with the floor, which is how far two retrained models are from each other. Large print: of "
    "retrained the mean over its models, of all others the model on screen, as under the panels at their end. Small "
    "print: ranges; of a method from five original models."
)
NOT_SHOWN = "What this table does not show: whether an attacker could still tell that the points were used."


def head(key: str, title: str) -> str:
    """Return the head of a column: its direction below its title, how to read it as a tooltip."""
    said = escape(reads(key), quote=True)
    return f'<th scope="col" title="{said}">{escape(title)}<small>{METRICS[key].mark}</small></th>'


def readings(titles: Mapping[str, str]) -> str:
    """Return how to read several numbers as HTML, folded up.

    Args:
        titles: key of METRICS -> title on screen.
    """
    return cells.readings({title: reads(key) for key, title in titles.items()})


@dataclass(frozen=True)
class Values:
    """What stands in a row for one method.

    Attributes:
        value: of the model on screen; of a distance the mean over the retrained models.
        reference: retrained's band, or the floor of a distance.
        original: as `value`, of the original on screen.
        own: the method's number over several originals.
    """

    value: float
    reference: Band
    original: float
    own: Band


def values(row: Row, numbers: Comparison) -> Values:
    """Return what stands in a row for one method; not defined is NaN or a Band without values."""
    if row.accuracy:
        original, own, retrained = (
            numbers.accuracy[role].get(row.key, NOTHING) for role in ("original", "unlearned", "retrained")
        )
        return Values(cells.first(own), retrained, cells.first(original), own)
    measured, untouched = (at.get(row.key, NOTHING).mean for at in (numbers.to_retrained, numbers.untouched))
    return Values(measured, numbers.floor.get(row.key, NOTHING), untouched, numbers.spread.get(row.key, NOTHING))


def verdict(row: Row, numbers: Comparison) -> Verdict:
    """Return "in" where the model on screen lies within retrained's band or floor, "out" where not, "" if undefined."""
    found = values(row, numbers)
    if row.accuracy:
        return cells.within(found.value, found.reference)
    return cells.near(found.value, found.reference, row.key)


def table(numbers: Named, *, stale: Collection[str] = ()) -> str:
    """Return the table as HTML.

    Args:
        numbers: panel name -> (title, its numbers), in order.
        stale: names of panels whose numbers are computed anew at the moment; they are drawn pale.
    """
    if not numbers:
        return ""
    parts = (
        ("Accuracy, and the band of the retrained models", True),
        ("Distance to the retrained models, and the floor from one of them to another", False),
    )
    body = "".join(
        cells.kind(title, 3 + len(numbers))
        + "".join(_row(row, numbers, stale) for row in ROWS if row.accuracy == accuracy)
        for title, accuracy in parts
    )
    heads = [cells.head(title, cells.ON_SCREEN, stale=name in stale) for name, (title, _) in numbers.items()]
    models = len(next(iter(numbers.values()))[1].accuracy["retrained"]["retain"].values)
    references = [cells.head("Retrained", cells.mean_of(models)), cells.head("Original", cells.ON_SCREEN)]
    return cells.table([*references, *heads], body)


def _row(row: Row, numbers: Named, stale: Collection[str]) -> str:
    some = values(row, next(iter(numbers.values()))[1])
    each = "".join(_cell(row, one, name in stale) for name, (_, one) in numbers.items())
    references = f"<td>{spread_text(some.reference)}</td><td>{number(some.original)}</td>"
    return cells.row(row.title, reads(row.key), references + each)


def _cell(row: Row, numbers: Comparison, stale: bool) -> str:
    found = values(row, numbers)
    return cells.marked(verdict(row, numbers), number(found.value), cells.spread(found.own), stale=stale)


def as_csv(numbers: Named) -> str:
    """Return the table as CSV, full precision; an empty cell where a number is not defined."""
    columns = (
        "value", "retrained_or_floor_mean", "retrained_or_floor_min", "retrained_or_floor_max", "own_min", "own_max",
        "original",
    )  # fmt: skip
    return cells.csv_text([("panel", "method", "number", *columns), *_lines(numbers)])


def _lines(numbers: Named) -> Iterable[tuple[str, ...]]:
    for name, (title, one) in numbers.items():
        for row in ROWS:
            found = values(row, one)
            reference = (found.reference.mean, found.reference.low, found.reference.high)
            line = (found.value, *reference, found.own.low, found.own.high, found.original)
            yield (name, title, row.key, *(cells.full(value) for value in line))
