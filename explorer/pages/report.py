"""*Report*: what was done about a request to delete, on at most two pages of paper, from the picture at hand."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.contents.report import made, page
from explorer.contents.report.parts import Report
from explorer.contents.words import method_title
from explorer.experiments.cifar import files as recorded
from explorer.experiments.cifar import own
from explorer.pages.controls import report as buttons
from explorer.pages.controls import sidebar as of_points
from explorer.pages.frame.binding import controlled, current, on_change, publish, rerun
from explorer.pages.frame.progress import soon, status, watched
from explorer.session import store
from explorer.session.tab import Tab
from explorer.view import ABOUT, View

KEY = "report"  # of the job, and of the page
TITLES = {"points": "Points of a plane", "images": "Photographs (recorded)"}
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
        st.segmented_control(
            "About", ABOUT, default=now, required=True, key=controlled("about", now), label_visibility="collapsed",
            format_func=TITLES.__getitem__,
            **on_change("about", lambda view, about: view.looking("report", about=about), ABOUT),
        )  # fmt: skip
        if now == "images":
            _which(view)
        try:
            content = made.content(view)
        except made.NoReport as error:
            st.info(f"{_sentence(str(error))} Add one on the left.", icon=":material/info:")
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


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _which(view: View) -> None:
    """Draw the choice of recorded runs and of one of their methods."""
    from explorer.contents.recorded.runs import at_first, open_runs, places

    found = places(recorded.SHIPPED, own.own_root(store.store()))
    if not found:
        st.info("No recorded runs are here: `python -m explorer record` makes them.", icon=":material/folder_off:")
        return
    wished = view.looks.images
    name = wished.folder if wished.folder in found else at_first(found)
    with st.container(horizontal=True, gap="small", key="report_which"):
        st.selectbox(
            "Recorded runs", list(found), index=list(found).index(name), key=controlled("report_folder", name),
            format_func=lambda one: open_runs(one, found[one]).title(),
            **on_change(
                "report_folder", lambda view, name: view.looking("images", folder=name, runs=(), shown="", cut=0), found
            ),
        )  # fmt: skip
        methods = list(open_runs(name, found[name]).methods)
        shown = made.choice_of(view, open_runs(name, found[name])).shown
        if methods:
            st.selectbox(
                "Method", methods, index=methods.index(shown), key=controlled(f"report_shown:{name}", shown),
                format_func=method_title,
                **on_change(
                    f"report_shown:{name}", lambda view, key: view.looking("images", runs=(key,), shown=key), methods
                ),
            )  # fmt: skip


def _drawn(tab: Tab, report: Report | None) -> None:
    if report is None:
        st.html('<div class="ue-waiting" aria-hidden="true"></div>')
        return
    files = tab.kept("report_files", id(report), lambda: {kind: made.written(report, kind) for kind in made.KINDS})
    if "export" not in tab.view.hidden:
        with st.container(horizontal=True, gap="small", key="take_away"):
            buttons.files(files)
        st.caption("The page prints to at most two sheets A4: open the file, and print it from the browser.")
    framed = tab.kept("report_page", id(report), partial(page.page, report, alone=False))
    st.iframe(framed, height="content", alt="The report")


def sidebar(tab: Tab) -> None:
    """Draw the controls of points of a plane; of recorded runs they stand on the page."""
    if tab.view.looks.report.about == "points":
        of_points.sidebar(tab)
