"""Offer the report on what was done about a request to delete, as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from explorer.contents.report import made
from explorer.contents.report.parts import Report
from explorer.pages.frame.binding import current
from explorer.session.desk import Desk, silent
from explorer.view import View

_TITLES = {"html": "Report", "md": "Report as Markdown"}
_TYPES = {"html": "text/html", "md": "text/markdown"}
_HELP = {
    "html": "What was done about the request to delete, for who answers for it: at most two pages on paper.",
    "md": "The same words and numbers as text.",
}


def offer(view: View) -> None:
    """Draw the buttons that make the report of a picture; nothing where it holds no method, or the report is there."""
    if view.page in ("report", "start", "lessons"):
        return
    try:
        made.content(view)
    except made.NoReport:
        return
    asked = partial(_asked, current().desk, view)
    files({kind: partial(made.made, asked, kind) for kind in made.KINDS})


def _asked(desk: Desk, view: View) -> Report:
    """Return the report of a picture; a worker makes it."""
    return list(desk.stream(view.base, made.reporting, view, tick=silent))[-1]


def files(contents: Mapping[str, bytes | Callable[[], bytes]]) -> None:
    """Draw a button for each kind of file."""
    for kind, content in contents.items():
        st.download_button(
            _TITLES[kind], content, f"report.{kind}", _TYPES[kind], icon=":material/description:", on_click="ignore",
            key=f"report:{kind}", width="stretch" if callable(content) else "content", help=_HELP[kind],
        )  # fmt: skip
