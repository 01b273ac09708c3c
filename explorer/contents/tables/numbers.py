"""Lay out the numbers: each with retrained's value and band, the floor, the method's own spread, and how to read it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from explorer.pipeline import METRICS
from explorer.records import Band, Comparison


@dataclass(frozen=True)
class Row:
    """One number of the table; what it says of itself stands in `pipeline.METRICS` and nowhere else.

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

    @property
    def more_is_closer(self) -> bool:
        """Return whether larger means closer to retrained, for distances."""
        return METRICS[self.key].better == "higher"


ROWS = tuple(
    Row(key)
    for key in (
        "forget", "retain", "test", "forget_agreement", "activation_distance", "js_divergence", "disagreement_area",
        "change_precision", "change_recall",
    )
)  # fmt: skip

HOW_TO_READ = (
    "A number is good when it lies where the retrained models lie. Accuracies: compare with retrained's band. "
    "Distances: compare with the floor, which is how far two retrained models are from each other. Small print: the "
    "same method from five original models."
)
NOT_SHOWN = "What this table does not show: whether an attacker could still tell that the points were used."


def reads(key: str) -> str:
    """Return how to read a number: one sentence, its unit and its direction."""
    reading = METRICS[key]
    unit = f" Unit: {reading.unit}." if reading.unit not in ("", "share", "share of the plane") else ""
    return f"{reading.sentence}{unit} {reading.direction.capitalize()}."


def head(key: str, title: str) -> str:
    """Return the head of a column as HTML: its direction below its title, and how to read it where one points at it."""
    said = escape(reads(key), quote=True)
    return f'<th scope="col" title="{said}">{escape(title)}<small>{METRICS[key].mark}</small></th>'


def readings(titles: Mapping[str, str]) -> str:
    """Return how to read several numbers as HTML, folded up: key -> the title that it has in sight."""
    lines = "".join(f"<dt>{escape(title)}</dt><dd>{escape(reads(key))}</dd>" for key, title in titles.items())
    return f'<details class="ue-reads"><summary>How to read each number</summary><dl>{lines}</dl></details>'


def reference_text(row: Row, numbers: Comparison) -> str:
    """Return what stands in the column of the retrained models."""
    band = numbers.accuracy["retrained"].get(row.key) if row.accuracy else numbers.floor.get(row.key)
    return spread_text(band)


def value_text(row: Row, numbers: Comparison) -> str:
    """Return the number of the model on screen."""
    if row.accuracy:
        return number(_first(numbers.accuracy["unlearned"].get(row.key)))
    band = numbers.to_retrained.get(row.key)
    return number(band.mean if band else math.nan)


def original_text(row: Row, numbers: Comparison) -> str:
    """Return the number of the original on screen."""
    if row.accuracy:
        return number(_first(numbers.accuracy["original"].get(row.key)))
    band = numbers.untouched.get(row.key)
    return number(band.mean if band else math.nan)


def own_spread(row: Row, numbers: Comparison) -> str:
    """Return the range of the method's number over the originals, or "" while only one is known."""
    band = numbers.accuracy["unlearned"].get(row.key) if row.accuracy else numbers.spread.get(row.key)
    if band is None or len(band.finite) < 2:
        return ""
    return f"{number(band.low)}–{number(band.high)}"


def verdict(row: Row, numbers: Comparison) -> str:
    """Return "in" where the model on screen lies within retrained's band or floor, "out" where not, "" if undefined."""
    if row.accuracy:
        value, band = _first(numbers.accuracy["unlearned"].get(row.key)), numbers.accuracy["retrained"].get(row.key)
        if band is None or not band.finite or math.isnan(value):
            return ""
        return "in" if band.low <= value <= band.high else "out"
    measured, floor = numbers.to_retrained.get(row.key), numbers.floor.get(row.key)
    if not measured or not floor or math.isnan(measured.mean) or not floor.finite:
        return ""
    return "in" if (measured.mean >= floor.low if row.more_is_closer else measured.mean <= floor.high) else "out"


def table(numbers: Mapping[str, tuple[str, Comparison]], *, stale: Collection[str] = ()) -> str:
    """Return the table as HTML.

    Args:
        numbers: panel name -> (title, its numbers), in order.
        stale: names of panels whose numbers are being computed anew; they are drawn pale.
    """
    if not numbers:
        return ""
    some = next(iter(numbers.values()))[1]
    head = "".join(
        f'<th scope="col"{_pale(name in stale)}>{escape(title)}</th>' for name, (title, _) in numbers.items()
    )
    rows = [
        f'<tr class="ue-kind"><td colspan="{3 + len(numbers)}">{title}</td></tr>'
        + "".join(_row(row, some, numbers, stale) for row in rows)
        for title, rows in (
            ("Accuracy, and the band of the retrained models", [row for row in ROWS if row.accuracy]),
            (
                "Distance to the retrained models, and the floor from one of them to another",
                [row for row in ROWS if not row.accuracy],
            ),
        )
    ]  # fmt: skip
    return (
        '<div class="ue-numbers"><table><thead><tr><th scope="col"></th><th scope="col">Retrained</th>'
        f'<th scope="col">Original</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _pale(stale: bool) -> str:
    return ' class="ue-stale"' if stale else ""


def _row(row: Row, some: Comparison, numbers: Mapping[str, tuple[str, Comparison]], stale: Collection[str]) -> str:
    cells = "".join(_cell(row, one, name in stale) for name, (_, one) in numbers.items())
    return (
        f'<tr><th scope="row">{escape(row.title)}<small>{escape(reads(row.key))}</small></th>'
        f"<td>{reference_text(row, some)}</td><td>{original_text(row, some)}</td>{cells}</tr>"
    )


def _cell(row: Row, numbers: Comparison, stale: bool) -> str:
    spread = own_spread(row, numbers)
    kind = verdict(row, numbers)
    mark = {"in": '<b title="within the retrained models">●</b>', "out": '<b title="outside">○</b>'}.get(kind, "")
    name = "stale" if stale else kind or "none"
    return f'<td class="ue-{name}">{mark}{value_text(row, numbers)}<small>{spread or "&nbsp;"}</small></td>'


def spread_text(band: Band | None) -> str:
    """Return mean and range of a band as HTML."""
    if band is None or not band.finite:
        return "–"
    return f"{number(band.mean)}<small>{number(band.low)}{' to ' if band.low < 0 else '–'}{number(band.high)}</small>"


def number(value: float) -> str:
    """Return a number in three digits, a dash where it is not defined."""
    if math.isnan(value):
        return "–"
    said = f"{abs(value):.3f}".removeprefix("0") if 0 < abs(value) < 1 else f"{abs(value):.3g}"
    return f"−{said}" if value < 0 else said


def _first(band: Band | None) -> float:
    return band.values[0] if band and band.values else math.nan


def as_csv(numbers: Mapping[str, tuple[str, Comparison]]) -> str:
    """Return the table as CSV, full precision; an empty cell where a number is not defined."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = (
        "value",
        "retrained_or_floor_mean",
        "retrained_or_floor_min",
        "retrained_or_floor_max",
        "own_min",
        "own_max",
        "original",
    )
    writer.writerow(("panel", "method", "number", *columns))  # fmt: skip
    for name, (title, one) in numbers.items():
        for row in ROWS:
            writer.writerow((name, title, row.key, *(_plain(value) for value in _values(row, one))))
    return out.getvalue()


def _values(row: Row, numbers: Comparison) -> Sequence[float]:
    nothing = Band(())
    if row.accuracy:
        own = numbers.accuracy["unlearned"].get(row.key, nothing)
        reference, original = (
            numbers.accuracy["retrained"].get(row.key, nothing),
            _first(numbers.accuracy["original"].get(row.key)),
        )
        value = _first(own)
    else:
        own, reference = numbers.spread.get(row.key, nothing), numbers.floor.get(row.key, nothing)
        value, original = numbers.to_retrained.get(row.key, nothing).mean, numbers.untouched.get(row.key, nothing).mean
    return value, reference.mean, reference.low, reference.high, own.low, own.high, original


def _plain(value: float) -> str:
    return "" if math.isnan(value) else repr(float(value))
