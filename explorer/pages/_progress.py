"""Draw the line of progress of one job of a page, with its own way to cancel."""

from __future__ import annotations

import streamlit as st

from explorer.pages._jobs import Job
from explorer.pages._stage import _line


def progress(job: Job, key: str) -> None:
    """Draw how far a job is, or what went wrong, always in the same height.

    Args:
        job: the work.
        key: of the job, for the names of the widgets.
    """
    with st.container(horizontal=True, vertical_alignment="center", key=f"status:{key}", gap="small"):
        if job.error:
            _line(job.error, "warning")
        elif not job.finished:
            counted = job.total and not job.sentence[:1].isdigit()
            said = (f"{job.sentence} ({job.done} of {job.total})" if counted else job.sentence) or "Starting"
            _line(f"{said} …", "busy", job.done / job.total if job.total else 0.0)
            st.button("Cancel", key=f"cancel:{key}", type="tertiary", on_click=job.cancel)
        else:
            _line("Stopped; what was ready stays." if job.cancelled else "", "quiet")
