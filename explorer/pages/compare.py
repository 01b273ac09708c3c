"""*Compare*: a poster, data sets or requests down, methods across, retrained first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from explorer.contents import poster_rows
from explorer.contents.poster import Poster, as_csv, posters
from explorer.figures.poster import poster
from explorer.pages.frame.binding import controlled, current, on_change
from explorer.pages.frame.mode import mode
from explorer.pages.frame.progress import followed, soon, waiting
from explorer.pages.frame.width import width
from explorer.pages.parts import presets, said
from explorer.pages.parts.chart import chart
from explorer.session.jobs import Job
from explorer.session.own_points import Given
from explorer.session.store import kept_with
from explorer.session.tab import Tab
from explorer.view import MAX_ROWS, Row, View

PROJECTOR = 1.3  # type on a projector

LOOK = (
    "In each row, look at whether a method's regions and its solid line end where the retrained model's do, not at who "
    "forgets most; ● marks a score within the range of the retrained models, ○ one outside."
)
NOT_SHOWN = (
    "What the poster does not show: the way there (see *Watch*), other seeds of a method, and whether an attacker "
    "could still tell which points were used."
)
SCORES = (
    "**forget**, **retain**: accuracy on the points to forget and on the others. **differs**: disagreement area, the "
    "share of the plane on which the answer is not the retrained models' (first column: from one retrained model to "
    "another)."
)
CAMERA = {
    "displaylogo": False,
    "displayModeBar": True,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "unlearning_poster"},
}


@dataclass
class _Shown:
    """What this browser tab has on screen, and what it was made of."""

    poster: Poster | None = None
    figure: Any = None  # a plotly figure; figures make it, the page only shows it
    made_of: object = None


def show() -> None:
    """Draw the page."""
    tab = current()
    view = tab.view
    with st.container(key="page"):
        if "request" not in view.hidden:
            _choose(view)
        presets.preset_sentence(view)
        said.spelled(view)
        wide = width("width:compare")
        content = (view.base, poster_rows.rows_of(view), poster_rows.columns(view))
        job = tab.jobs.job("compare", content, lambda tick: tab.desk.stream(kept_with(view), posters, view, tick=tick))
        soon(job, lambda partial: len(partial.scores) > 0, 0.3)
        followed(job, "poster", lambda tab: _draw(_update(tab, job, view, wide), view))


def _choose(view: View) -> None:
    given = current().given
    every = poster_rows.choices(view, given)
    rows = list(poster_rows.rows_of(view))
    st.multiselect(
        "Rows: data sets, or requests on the data set of this page", every, max_selections=MAX_ROWS,
        default=rows, key=controlled("rows", rows), format_func=lambda row: _name(row, view, given),
        placeholder="None chosen: your data and four data sets",
        help=f"At most {MAX_ROWS}. The columns are the methods chosen on the left.", **on_change("rows", _with_rows),
    )  # fmt: skip


def _name(row: Row, view: View, given: Mapping[str, Given]) -> str:
    if row.part == "data":
        file = given.get(str(row.value.as_json().get("sha256", "")))
        own = f"{file.name} ({', '.join(file.points.columns)})" if file else ""
        return f"Data: {own or poster_rows.title(row, view.base)}"
    return f"Request: {poster_rows.title(row, view.base)}"


def _with_rows(view: View, rows: list[Any]) -> View:
    """Return the view with other rows, without those that a late browser names as text: they are not offered now."""
    chosen = tuple(row for row in rows if isinstance(row, Row))
    return replace(view, rows=() if chosen == poster_rows.default_rows(view) else chosen)


def _update(tab: Tab, job: Job, view: View, wide: int) -> _Shown:
    """Return the poster as far as it is ready. Its figure is kept until something in it changes."""
    shown: _Shown = tab.shown.setdefault("compare", _Shown())
    made_of = (job, job.version, wide, mode(), view.layout)
    if made_of != shown.made_of and job.partial is not None:
        ready: Poster = job.partial
        shown.poster, shown.made_of = ready, made_of
        scale = PROJECTOR if view.layout == "projector" else 1.0
        shown.figure = poster(ready.columns, ready.rows, mode=mode(), width=wide, scale=scale)
    return shown


def _draw(shown: _Shown, view: View) -> None:
    if shown.poster is None or shown.figure is None:
        waiting()
        return
    st.caption(f"{LOOK} {SCORES}")
    chart(shown.figure, "poster_chart", config=CAMERA)
    st.caption(NOT_SHOWN)
    for note in shown.poster.notes:
        st.caption(f":material/info: {note}")
    if "export" not in view.hidden and shown.poster.scores:
        st.download_button(
            "Scores as CSV", as_csv(shown.poster), "poster.csv", "text/csv", icon=":material/download:",
            on_click="ignore", type="tertiary",
        )  # fmt: skip
