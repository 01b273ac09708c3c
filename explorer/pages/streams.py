"""*Streams*: the same points, one request after another. Some methods hold, some shatter."""

from __future__ import annotations

import streamlit as st

from explorer.contents import streams as contents
from explorer.contents.streams import Streamed
from explorer.contents.tables import streams as tables
from explorer.pages.controls import stream as controls
from explorer.pages.frame import player
from explorer.pages.frame.binding import current
from explorer.pages.frame.progress import followed, soon, waiting
from explorer.pages.frame.width import width
from explorer.pages.parts import opening, presets, said, stream_figures
from explorer.pages.parts.stage import switched, take_away
from explorer.session.tab import Tab
from explorer.view import View

SENTENCE = (
    "Points go one batch after another. Each answer starts from the last one and is given that batch and what remains. "
    "Press Play: every frame is one request, and the dashed line is a model retrained on what remains by then."
)
KNOBS = (
    "Unless you move them, knobs are each method's defaults, which were chosen for one request of 80 points: that is "
    "part of what is seen here. Costs differ: a method that passes over all kept points does so again at every request "
    "(in twenty requests SCRUB does twenty times the work that it does at once)."
)
READ = (
    "Drift: mean disagreement area to models that are retrained on what remains, a share of the plane; the row "
    "Retrained is what one more such model has. A method breaks at the first request after which its retain accuracy "
    "is more than .05 below that of the model retrained from the same seed. Cost: passes over examples."
)
ANEW = (
    "What all requests share is prepared once, before the first. Amnesiac and unrolling SGD read the record of "
    "training, so they start from the original each time, with all points asked for by then. SISA retrains the shards "
    "that a request touches, slice by slice; its original is its own."
)


def show() -> None:
    """Draw the page."""
    tab = current()
    opening.on_preset(tab, opening.STREAM)
    view = tab.view
    with st.container(key="page"):
        if "presets" not in view.hidden:
            presets.of_group(view, "Streams")
        with st.container(key="stream_choice"):
            controls.order(view)
        wide = width("width:streams")
        job = tab.jobs.job(
            "streams", contents.work_key(view), lambda tick: contents.streaming(view, tab.desk, tick)
        )  # fmt: skip
        soon(job, lambda partial: partial.ready(view))
        followed(
            job, "streams", lambda tab: _drawn(tab, _latest(tab, job.partial, view), wide),
            stale=lambda now: contents.work_key(now) != contents.work_key(view),
        )  # fmt: skip
        said.spelled(view)
        opening.apart()  # below: above the picture there is no room on a small laptop


def _latest(tab: Tab, now: Streamed | None, view: View) -> Streamed | None:
    """Return what to show; until a panel is ready, what was there before, if it is of the same stream."""
    key = contents.scene_key(view)
    made_of, before = tab.shown.get("streamed", (None, None))
    if now is not None and (now.panels or made_of != key):
        tab.shown["streamed"] = (key, now)
        return now
    return before if made_of == key else None


def _drawn(tab: Tab, now: Streamed | None, wide: int) -> None:
    view = tab.view
    if now is None or not now.panels:
        waiting()
        return
    for name, why in now.refused.items():
        st.warning(f"{now.panels[name].title}: {why}", icon=":material/block:")
    shown = contents.blob(view, now)
    player.mount(shown, key="player:streams", on_step=tab.set_step, on_layers=switched)
    if "export" not in view.hidden:
        take_away(tab, shown, view.base.data.name)
    st.markdown(f"**{SENTENCE}**")  # below the picture: above it there is no room on a small laptop
    stream_figures.show(view, now, wide)
    st.caption(KNOBS)
    titles = contents.methods(view, now)
    if titles and now.complete and "numbers" not in view.hidden:
        st.html(tables.table(now.drifts, titles))
        st.caption(f"{READ} {ANEW}")
        if "export" not in view.hidden:
            st.download_button(
                "Numbers as CSV", tables.as_csv(now.drifts, titles), "stream.csv", "text/csv",
                icon=":material/download:", on_click="ignore", type="tertiary",
            )  # fmt: skip
