"""Keep a part of a page in step with a job, and draw the job's line of progress with its own way to cancel."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from explorer.pages.frame import news
from explorer.pages.frame.binding import current, opened, publish, rerun
from explorer.session.jobs import Job
from explorer.session.tab import Tab
from explorer.view import View

PATIENCE = 0.4  # seconds that a run waits for what it shows
LOOK = 0.04  # seconds of that after which it looks whether another run is wanted
STOPPING = "Stopping at the next step …"


def soon(job: Job, ready: Callable[[Any], bool], seconds: float = PATIENCE) -> bool:
    """Wait a moment for a job, so that a quick one shows in the same run; return whether it is ready.

    Args:
        job: the work.
        ready: takes a partial result; says whether it is enough.
        seconds: how long at most. Where the browser asks for another run meanwhile, this one ends here.
    """
    end = time.monotonic() + seconds
    while not (enough := job.wait(ready, min(LOOK, end - time.monotonic()))):
        if job.finished or time.monotonic() >= end:
            break
        opened()  # Streamlit ends a run where it is asked for something
    return enough


def watched(job: Job, key: str, draw: Callable[[], None]) -> None:
    """Draw what a job has found, again whenever it has found more, until it ends. Then draw the whole page once more.

    Args:
        job: the work.
        key: of the fragment in which it is drawn.
        draw: draws it; reads what it needs of the tab anew, as it is called again without the page around it.
    """
    was_finished = job.finished

    @st.fragment(key=key)
    def again() -> None:
        tab = current()
        drawn = tab.news.count(key)  # before the job is read: what is new from here on is told
        job.listen(tab.name, partial(tab.news.tell, key))
        ended = job.finished  # before the result is read: then that is the last one
        draw()
        if not ended:
            news.wait(tab, key, drawn)
        elif not was_finished:
            rerun()

    again()


def followed(job: Job, key: str, draw: Callable[[Tab], None], *, stale: Callable[[View], bool] | None = None) -> None:
    """Draw a page's work: its line of progress, what it has found, and then the address; see `watched`.

    Args:
        job: the work.
        key: of the fragment.
        draw: draws what the job has found for a tab.
        stale: takes the tab's view; says whether what stands around the fragment is another's, so that the whole page
            is run anew.
    """

    def again() -> None:
        tab = current()
        if stale is not None and stale(tab.view):
            rerun()
        status(tab, job)
        draw(tab)
        publish()

    watched(job, key, again)


def progress(job: Job, key: str, kept: str = "", *, tab: Tab | None = None) -> None:
    """Draw how far a job is, or what went wrong, always in the same height.

    Args:
        job: the work.
        key: of the job, for the names of the widgets.
        kept: what is not lost where it is cancelled; "" for what was ready, if anything was.
        tab: the browser tab, where the job can go on after it was cancelled: its page starts what is not there.
    """
    with st.container(horizontal=True, vertical_alignment="center", key=f"status:{key}", gap="small"):
        if job.error:
            _line(job.error, "warning")
        elif not job.finished and job.cancelled:
            _line(STOPPING, "busy", job.done / job.total if job.total else 0.0)
        elif not job.finished:
            counted = job.total and not job.sentence[:1].isdigit()
            said = (f"{job.sentence} ({job.done} of {job.total})" if counted else job.sentence) or "Starting"
            _line(f"{said} …", "busy", job.done / job.total if job.total else 0.0)
            st.button("Cancel", key=f"cancel:{key}", type="tertiary", on_click=job.cancel)
        else:
            ready = "what was ready stays" if job.partial is not None else "nothing was ready yet"
            _line(f"Stopped; {kept or ready}." if job.cancelled else "", "quiet")
            if job.cancelled and tab is not None:
                _go_on(tab, key, f"go_on:{key}")


def status(tab: Tab, job: Job, key: str = "") -> None:
    """Draw the line of progress, or what went wrong, always in the same height.

    Args:
        tab: the browser tab.
        job: the work.
        key: of the job; "" where it is the name of the page.
    """
    key = key or tab.view.page
    with st.container(horizontal=True, vertical_alignment="center", key="status", gap="small"):
        if job.error:
            _line(job.error, "warning")
        elif tab.notice:
            _line(tab.notice, "warning")
        elif not job.finished and job.cancelled:
            _line(STOPPING, "busy", job.done / job.total if job.total else 0.0)
        elif not job.finished:
            share = job.done / job.total if job.total else 0.0
            _line(f"{job.sentence} …" if job.sentence else "Computing …", "busy", share)
            st.button("Cancel", key="cancel", type="tertiary", on_click=job.cancel)
        elif job.cancelled:
            _line("Stopped; what was ready stays.", "quiet")
            _go_on(tab, key, "go_on")
        else:
            _line("", "quiet")


def _go_on(tab: Tab, key: str, name: str) -> None:
    """Draw the button that starts a cancelled job anew."""
    if st.button("Go on", key=name, type="tertiary", on_click=lambda: tab.jobs.forget(key)):
        rerun()  # the click runs this part alone, which holds the old job


def waiting() -> None:
    """Keep the place of what is not there yet; it says so while a line of progress stands on the page (style.css)."""
    st.html('<div class="ue-waiting" aria-hidden="true"></div>')


def _line(text: str, kind: str, share: float = 0.0) -> None:
    bar = f'<i style="width:{100 * share:.0f}%"></i>' if kind == "busy" else ""
    role = "alert" if kind == "warning" else "status"
    st.html(f'<div class="ue-line ue-{kind}" role="{role}"><span>{escape(text)}</span>{bar}</div>')
