"""*Report*: what was done about a request to delete, on at most two pages of paper, from the picture at hand."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.contents.report import made, page
from explorer.contents.report.parts import Report
from explorer.contents.words import method_title
from explorer.pages.controls import report as buttons
from explorer.pages.controls import sidebar as of_points
from explorer.pages.frame.binding import controlled, current, on_change, publish, rerun
from explorer.pages.frame.progress import soon, status, waiting, watched
from explorer.pages.parts import about
from explorer.session.same import Same
from explorer.session.tab import Tab
from explorer.view import View

KEY = "report"  # of the job, and of the page
WHAT = (
    "For somebody who answers for a request to delete: what was done, what an onlooker can still find out, and what it "
    "cost, each with its number and with what the number is held against."
)


def show() -> None:
    """Draw the page."""
    tab = current()
    view = tab.view
    with st.container(key="page"):
        st.html(f'<p class="ue-said">{WHAT}</p>')
        now = view.looks.report.about
        about.switch("about", now, lambda view, one: view.looking("report", about=one))
        if now == "images" and not _which(view):
            return
        try:
            content = made.content(view)
        except made.NoReport as error:
            st.info(f"{about.sentence(str(error))} Add one on the left.", icon=":material/info:")
            return
        job = tab.jobs.job(KEY, content, lambda tick: tab.desk.stream(view.base, made.reporting, view, tick=tick))
        soon(job, lambda partial: partial is not None)

        def draw() -> None:
            if made.content(current().view) != content:
                rerun()
            status(current(), job)
            _drawn(current(), job.partial)
            publish()

        watched(job, KEY, draw)


def _which(view: View) -> bool:
    """Draw the choice of recorded runs and of one of their methods; return whether the runs can be read."""
    row = st.container(horizontal=True, gap="small", key="report_which")
    opened = about.runs(
        "report_folder", view.looks.images.folder,
        lambda view, name: view.looking("images", folder=name, runs=(), shown="", cut=0), into=row,
    )  # fmt: skip
    if opened is None:
        return False
    methods, shown, key = list(opened.methods), made.choice_of(view, opened).shown, f"report_shown:{opened.name}"
    if methods:
        row.selectbox(
            "Method", methods, index=methods.index(shown), key=controlled(key, shown), format_func=method_title,
            **on_change(key, lambda view, name: view.looking("images", runs=(name,), shown=name), methods),
        )  # fmt: skip
    return True


def _drawn(tab: Tab, report: Report | None) -> None:
    if report is None:
        waiting()
        return
    files = tab.kept("report_files", Same(report), lambda: {kind: made.written(report, kind) for kind in made.KINDS})
    if "export" not in tab.view.hidden:
        with st.container(horizontal=True, gap="small", key="take_away"):
            buttons.files(files)
        st.caption("The page prints to at most two sheets A4: open the file, and print it from the browser.")
    framed = tab.kept("report_page", Same(report), partial(page.page, report, alone=False))
    st.iframe(framed, height="content", alt="The report")


def sidebar(tab: Tab) -> None:
    """Draw the controls of points of a plane; of recorded runs they stand on the page."""
    if tab.view.looks.report.about == "points":
        of_points.sidebar(tab)
