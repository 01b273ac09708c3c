"""What all tables are made of: the text of a number, cells with marks, rows, HTML and CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Literal

from explorer.figures.numerals import as_printed, number, span
from explorer.pipeline import METRICS
from explorer.records import Band

Verdict = Literal["in", "out", ""]  # "" where it is not defined
NOTHING = Band(())
ON_SCREEN = "model on screen"
_MARKS = {"in": '<b title="within the retrained models">●</b>', "out": '<b title="outside">○</b>', "": ""}


def spread(band: Band) -> str:
    """Return the range of a band, "" where fewer than two values are defined."""
    return span(band.low, band.high) if len(band.finite) > 1 else ""


def spread_text(band: Band) -> str:
    """Return mean and range of a band as HTML."""
    if not band.finite:
        return "–"
    return f"{number(band.mean)}<small>{span(band.low, band.high)}</small>"


def mean_of(models: int) -> str:
    """Return what the head of retrained's column says of its numbers."""
    return f"mean of {models}, range" if models > 1 else "one model"


def first(band: Band) -> float:
    """Return the number of the model on screen, NaN where there is none."""
    return band.values[0] if band.values else math.nan


def reads(key: str) -> str:
    """Return how to read a number of METRICS: one sentence, its unit and its direction."""
    reading = METRICS[key]
    unit = f" Unit: {reading.unit}." if reading.unit not in ("", "share", "share of the plane") else ""
    return f"{reading.sentence}{unit} {reading.direction.capitalize()}."


def within(value: float, band: Band) -> Verdict:
    """Return whether a number of one model lies in retrained's band, as both are printed."""
    if not band.finite or math.isnan(value):
        return ""
    return "in" if as_printed(band.low) <= as_printed(value) <= as_printed(band.high) else "out"


def near(distance: float, floor: Band, key: str) -> Verdict:
    """Return whether a distance to retrained lies in the floor, as both are printed, for a key of METRICS."""
    if not floor.finite or math.isnan(distance):
        return ""
    shown = as_printed(distance)
    close = shown >= as_printed(floor.low) if METRICS[key].better == "higher" else shown <= as_printed(floor.high)
    return "in" if close else "out"


# --- HTML ---------------------------------------------------------------------------------------------------------


def marked(verdict: Verdict, value: str, *small: str, stale: bool = False) -> str:
    """Return a cell with its mark and small lines; a stale one is drawn pale."""
    name = "stale" if stale else verdict or "none"
    lines = "".join(f"<small>{line}</small>" for line in small if line) or "<small>&nbsp;</small>"
    return f'<td class="ue-{name}">{_MARKS[verdict]}{value}{lines}</td>'


def head(title: str, small: str = "", *, stale: bool = False, said: str = "") -> str:
    """Return the head of a column; `said` is shown where the pointer rests on it."""
    pale = ' class="ue-stale"' if stale else ""
    hover = f' title="{escape(said, quote=True)}"' if said else ""
    return f'<th scope="col"{pale}{hover}>{escape(title)}{_small(small)}</th>'


def readings(said: Mapping[str, str]) -> str:
    """Return how to read several numbers as HTML, folded up: title on screen -> sentence."""
    lines = "".join(f"<dt>{escape(title)}</dt><dd>{escape(sentence)}</dd>" for title, sentence in said.items())
    return f'<details class="ue-reads"><summary>How to read each number</summary><dl>{lines}</dl></details>'


def row(title: str, small: str, cells: str, *, strong: bool = False, classes: str = "") -> str:
    """Return a row: what it is, how to read it, and its cells."""
    name = f"<strong>{escape(title)}</strong>" if strong else escape(title)
    named = f' class="{classes}"' if classes else ""
    return f'<tr{named}><th scope="row">{name}{_small(small)}</th>{cells}</tr>'


def kind(title: str, columns: int, small: str = "") -> str:
    """Return a row that heads those below it."""
    return f'<tr class="ue-kind"><td colspan="{columns}">{escape(title)}{_small(small)}</td></tr>'


def table(heads: Iterable[str], body: str, *, classes: str = "ue-numbers") -> str:
    """Return a table of heads of columns and rows; the first column has no head.

    It scrolls sideways where the page is too narrow for it, by the keyboard too.
    """
    return (
        f'<div class="{classes}" role="group" tabindex="0" aria-label="Table"><table>'
        f"<thead><tr><td></td>{''.join(heads)}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _small(text: str) -> str:
    return f"<small>{escape(text)}</small>" if text else ""


# --- CSV ----------------------------------------------------------------------------------------------------------


def csv_text(lines: Iterable[Sequence[Any]]) -> str:
    """Return lines as CSV; `Any` is text or a number."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def full(value: float) -> str:
    """Return a number in full precision, "" where it is not defined."""
    return "" if math.isnan(value) else repr(float(value))
