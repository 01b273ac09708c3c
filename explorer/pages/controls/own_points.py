"""Bring points of one's own: the uploader, the file's first rows, and which of its columns are meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from explorer import pipeline, public
from explorer.pages.controls.give import give
from explorer.pages.frame.binding import controlled, current, on_change
from explorer.session.tab import Given
from explorer.view import View

FIRST_ROWS = 5
HELP = (
    "A CSV file with two columns of numbers and a label of 2 to 10 classes; further columns do no harm. Delimiter, "
    "decimal mark, encoding and columns are guessed. It stays in this tab."
)
_TITLES = ("First input (x1)", "Second input (x2)", "Label")
Use = Callable[[View, str], View]  # the view on the points of a SHA-256


def _most() -> int:
    """Return the megabytes that a file may have."""
    return (public.FILE if public.is_public() else pipeline.CSV_BYTES) // 1_000_000


def given_last() -> str | None:
    """Return the SHA-256 of the points that this tab was given last."""
    return next(reversed(current().given), None)


def controls(use: Use) -> None:
    """Draw the uploader, and how the points on screen were read where they come from a file."""

    def take(name: str, content: bytes) -> None:
        table = pipeline.csv_table(content)
        sha256 = _keep(Given(name, table, pipeline.csv_points(table)))
        current().change(use(current().view, sha256))

    give("Bring your own points", "upload", ("csv", "tsv", "txt"), take, help_=HELP, most=_most())
    options = current().view.base.data.options
    given = current().given.get(str(getattr(options, "sha256", "")))
    if given is not None:
        _columns(given, use)


def give_again(sha256: str, use: Use) -> None:
    """Draw an uploader for the file whose points have a name.

    Args:
        sha256: the name; "" where any file will do.
        use: shows points.
    """

    def take(name: str, content: bytes) -> None:
        table = pipeline.csv_table(content)
        given = Given(name, table, pipeline.csv_points_named(table, sha256))
        if sha256 and given.points.sha256 != sha256:
            raise ValueError("it holds other points than the link names")
        found = _keep(given)
        if not sha256:
            current().change(use(current().view, found))

    give(
        "Give the file again" if sha256 else "Give a CSV file",
        "again",
        ("csv", "tsv", "txt"),
        take,
        help_=HELP,
        most=60,
    )


def _keep(given: Given) -> str:
    sha256 = pipeline.keep_csv(given.points)
    current().given.pop(sha256, None)
    current().given[sha256] = given
    return sha256


def _columns(given: Given, use: Use) -> None:
    """Show how a file was read, and let its columns be chosen."""
    points, table = given.points, given.table
    said = [f"{given.name}: {len(points.split):,} points of {len(points.names)} classes.", *points.notes]
    st.html(f'<p class="ue-read">{escape(" ".join(said))}</p>')
    st.html(_first_rows(table))
    for place, (title, name) in enumerate(zip(_TITLES, points.columns, strict=True)):
        offered = [one for one in table.names if place == 2 or table.of_numbers(one) or one == name]
        key = f"csv:{place}"
        st.selectbox(
            title, offered, index=offered.index(name), key=controlled(key, name),
            **on_change(key, lambda view, chosen, place=place: use(view, _with_column(given, place, chosen)), offered),
        )  # fmt: skip


def _with_column(given: Given, place: int, name: str) -> str:
    """Keep the points with another column in one place, and return their SHA-256; a column in use changes places."""
    columns: list[Any] = list(given.points.columns)
    if name in columns:
        columns[columns.index(name)] = columns[place]
    columns[place] = name
    return _keep(replace(given, points=pipeline.csv_points(given.table, pipeline.Columns(*columns))))


def _first_rows(table: pipeline.Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.names)
    rows = ["".join(f"<td>{escape(cell)}</td>" for cell in cells) for _, cells in table.rows[:FIRST_ROWS]]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        '<div class="ue-rows" tabindex="0" role="region" aria-label="First rows of the file">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
