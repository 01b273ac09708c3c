"""Bring points of one's own: the uploader, the file's first rows, and which of its columns are meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from explorer import pipeline, public
from explorer.pages.controls.give import give
from explorer.pages.frame.binding import controlled, current, on_change
from explorer.session.own_points import Given, keep
from explorer.view import View

FIRST_ROWS = 5
HELP = (
    "A CSV file with two columns of numbers and a label of 2 to 10 classes; further columns do no harm. Delimiter, "
    "decimal mark, encoding and columns are guessed; columns that cannot be guessed are asked for. It stays in this "
    "tab."
)
ENDINGS = ("csv", "tsv", "txt")
LET_GO = "To choose other columns of it, give the file again: the text of older files is not kept."
ASKED = "csv:asked"  # in `Tab.shown`: the file whose columns are still asked for
_TITLES = ("First input (x1)", "Second input (x2)", "Label")
Use = Callable[[View, str], View]  # the view on the points of a SHA-256


@dataclass(frozen=True)
class _Asked:
    """A file of which the guessed columns are not the points that are wanted.

    Attributes:
        where: the uploader that took it, and which data were on screen there.
        wanted: SHA-256 of the points; "" where any will do.
        name: of the file.
        table: its text.
        columns: those chosen so far; "" for one that is not.
        why: one sentence, what is wrong with them.
    """

    where: tuple[str, ...]
    wanted: str
    name: str
    table: pipeline.Table
    columns: pipeline.Columns
    why: str


def _most() -> int:
    """Return the megabytes that a file may have."""
    return (public.FILE if public.is_public() else pipeline.CSV_BYTES) // 1_000_000


def given_last() -> str | None:
    """Return the SHA-256 of the points that this tab was given last."""
    return next(reversed(current().given), None)


def controls(use: Use) -> None:
    """Draw the uploader, and how the points on screen were read where they come from a file."""
    data = current().view.base.data
    sha256 = str(getattr(data.options, "sha256", ""))
    if _uploader("Bring your own points", ("upload", data.name, sha256), "", use):
        return
    given = current().given.get(sha256)
    if given is not None:
        _columns(given, use)


def give_again(sha256: str, use: Use) -> None:
    """Draw an uploader for the file whose points have a name.

    Args:
        sha256: the name; "" where any file will do.
        use: shows points.
    """
    _uploader("Give the file again" if sha256 else "Give a CSV file", ("again", sha256), sha256, use)


def _uploader(label: str, where: tuple[str, ...], wanted: str, use: Use) -> bool:
    """Draw an uploader, and ask for the columns of its file where the guess fails; say whether it asks.

    Args:
        label: what it is for.
        where: its name on the page, and which data are on screen: with others the columns are not asked for any more.
        wanted: SHA-256 of the points; "" where any will do.
        use: shows points.
    """

    def take(name: str, content: bytes) -> None:
        table, tab = pipeline.csv_table(content), current()
        tab.shown.pop(ASKED, None)
        try:
            points = pipeline.csv_points_named(table, wanted) if wanted else pipeline.csv_points(table)
        except ValueError as error:
            if not pipeline.csv_choosable(table):
                raise
            tab.shown[ASKED] = _Asked(where, wanted, name, table, _guessed(table), str(error))
        else:
            tab.change(_taken(tab.view, Given(name, table, points), wanted, use))

    give(label, where[0], ENDINGS, take, help_=HELP, most=_most())
    asked: _Asked | None = current().shown.get(ASKED)
    if asked is None or asked.where != where:
        return False
    _ask(asked, use)
    return True


def _taken(view: View, given: Given, wanted: str, use: Use) -> View:
    """Keep points, and return the view on them; where these very ones were wanted the view shows them already."""
    sha256 = keep(current().given, given)
    return view if wanted else use(view, sha256)


def _guessed(table: pipeline.Table) -> pipeline.Columns:
    try:
        return pipeline.csv_guess(table)
    except ValueError:
        return pipeline.Columns("", "", "")


def _ask(asked: _Asked, use: Use) -> None:
    """Say what is wrong with the columns that were guessed or chosen, and let others be chosen."""
    said = f"{asked.name}: {asked.why}. Choose its columns."
    st.html(f'<p class="ue-refused">{escape(said)}</p>')
    st.html(_first_rows(asked.table))

    def chosen(view: View, place: int, name: str) -> View:
        return _answered(view, replace(asked, columns=asked.columns.changed(place, name)), use)

    _choosers(asked.table, asked.columns, "ask", chosen)


def _answered(view: View, asked: _Asked, use: Use) -> View:
    """Take the columns that were chosen, or say what is wrong with them; as long as one is missing, the view stays."""
    tab = current()
    tab.shown[ASKED] = asked
    if not all(asked.columns):
        return view
    try:
        points = pipeline.csv_points(asked.table, asked.columns)
        if asked.wanted and points.sha256 != asked.wanted:
            raise ValueError(pipeline.CSV_OTHER)
    except ValueError as error:
        tab.shown[ASKED] = replace(asked, why=str(error))
        return view
    del tab.shown[ASKED]
    return _taken(view, Given(asked.name, asked.table, points), asked.wanted, use)


def _columns(given: Given, use: Use) -> None:
    """Show how a file was read, and let its columns be chosen."""
    points, table = given.points, given.table
    said = [f"{given.name}: {len(points.split):,} points of {len(points.names)} classes.", *points.notes]
    st.html(f'<p class="ue-read">{escape(" ".join(said))}</p>')
    if table is None:
        st.caption(LET_GO)
        return
    st.html(_first_rows(table))

    def chosen(view: View, place: int, name: str) -> View:
        other = pipeline.csv_points(table, points.columns.changed(place, name))
        return use(view, keep(current().given, replace(given, points=other)))

    _choosers(table, points.columns, "csv", chosen)


def _choosers(
    table: pipeline.Table, columns: pipeline.Columns, key: str, chosen: Callable[[View, int, str], View]
) -> None:
    """Draw the choice of both inputs and the label.

    Args:
        table: the file.
        columns: those chosen so far; "" for one that is not.
        key: what the keys of the widgets start with.
        chosen: the view where the column in a place is another one.
    """
    numbers = [name for name in table.names if table.of_numbers(name)]
    for place, (title, name) in enumerate(zip(_TITLES, columns, strict=True)):
        offered = [one for one in table.names if place == 2 or one in numbers or one == name]
        at = f"{key}:{place}"
        st.selectbox(
            title, offered, index=offered.index(name) if name else None, key=controlled(at, name or None),
            placeholder="Choose a column",
            **on_change(at, lambda view, name, place=place: chosen(view, place, name), offered),
        )  # fmt: skip


def _first_rows(table: pipeline.Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.names)
    rows = ["".join(f"<td>{escape(cell)}</td>" for cell in cells) for _, cells in table.rows[:FIRST_ROWS]]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        '<div class="ue-rows" tabindex="0" role="region" aria-label="First rows of the file">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
