"""Write the table behind a figure as CSV, LaTeX and HTML: every number with its band.

A cell is a Band. Not defined is an empty cell in CSV and a dash elsewhere, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from explorer.contents.tables import cells
from explorer.contents.tables.cells import NOTHING, number, spread_text
from explorer.contents.tables.numbers import head
from explorer.records import Band, defined


@dataclass(frozen=True)
class Row:
    """One model or method.

    Attributes:
        name: as shown.
        values: column -> Band over seeds.
        tuned: how its knobs were chosen, for instance "defaults".
        on_screen: the first value of each Band is of the model on screen: the page's table shows it, not the mean.
    """

    name: str
    values: Mapping[str, Band]
    tuned: str
    on_screen: bool = False


def as_csv(rows: Sequence[Row], columns: Mapping[str, str]) -> str:
    """Return one line a row: mean, smallest, largest and number of seeds of each column, in full precision.

    Args:
        rows: the models, retrained among them.
        columns: key -> title; the keys head the file.
    """
    heads = ("model", *(f"{key}_{part}" for key in columns for part in ("mean", "min", "max", "n")), "tuned_how")
    return cells.csv_text([heads, *((row.name, *_in_full(row, columns), row.tuned) for row in rows)])


def _in_full(row: Row, columns: Iterable[str]) -> list[str]:
    found = [cell for key in columns for cell in row.values.get(key, NOTHING).as_json().values()]
    return ["" if cell is None else repr(cell) for cell in found]


def as_html(rows: Sequence[Row], columns: Mapping[str, str]) -> str:
    """Return the table for the page: mean and range of each cell, or the number of the model on screen and the range.

    A number of one model has no range.

    Args:
        rows: the models, retrained among them.
        columns: key of METRICS -> title.
    """
    body = "".join(
        cells.row(row.name, row.tuned, "".join(f"<td>{_shown(row, key)}</td>" for key in columns)) for row in rows
    )
    return cells.table([head(*column) for column in columns.items()], body, classes="ue-numbers ue-wide")


def _shown(row: Row, key: str) -> str:
    band = row.values.get(key, NOTHING)
    if len(band.finite) == 1:
        return number(band.mean)
    return f"{number(cells.first(band))}<small>{cells.spread(band)}</small>" if row.on_screen else spread_text(band)


def as_latex(rows: Sequence[Row], columns: Mapping[str, str], *, caption: str) -> str:
    """Return a LaTeX table (booktabs) with mean and range of each cell.

    Args:
        rows: the models, retrained among them.
        columns: key -> title.
        caption: what the table shows and over how many seeds.
    """
    head = " & ".join(["Model", *(_escape(title) for title in columns.values()), "Tuned how"])
    body = [
        " & ".join([_escape(row.name), *(_cell(row.values.get(key, NOTHING)) for key in columns), _escape(row.tuned)])
        for row in rows
    ]
    lines = [
        r"\begin{table}", r"\centering", rf"\caption{{{_escape(caption)}}}",
        rf"\begin{{tabular}}{{l{'r' * len(columns)}l}}", r"\toprule", rf"{head} \\", r"\midrule",
        *(rf"{line} \\" for line in body), r"\bottomrule", r"\end{tabular}", r"\end{table}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _cell(band: Band) -> str:
    if defined(band.mean) is None:
        return "--"
    if len(band.finite) == 1:
        return f"{band.mean:.3f}"
    return rf"{band.mean:.3f} {{\small [{band.low:.3f}, {band.high:.3f}]}}"


_SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in text)
