"""Draw the section *Sweep a knob*: what one knob does over its whole range, or two knobs together.

A click on the button beside a knob's name opens it on the present page. Its knobs are part of the View. That it runs is
not: it takes seconds, so after another change it waits for a click.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import streamlit as st

from explorer.contents import sweep
from explorer.contents.requests import told
from explorer.contents.sweep import Swept
from explorer.pages.frame.binding import act, controlled, current, on_change
from explorer.pages.frame.progress import progress, waiting, watched
from explorer.pages.frame.sweep_request import GO, REVEAL, RUNNING, choose
from explorer.pages.frame.width import width
from explorer.pages.parts import sweep_figures
from explorer.session.store import store_of
from explorer.session.tab import Tab
from explorer.spec import Spec
from explorer.view import SWEPT, Panel, View

_SCROLL = """
export default function ({ parentElement, data }) {
  if (!data) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const section = (parentElement.host || parentElement).closest(".st-key-sweep");
  section.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
}
"""


def show(tab: Tab, view: View, *, always: bool = False) -> None:
    """Draw the section for the method in focus.

    Args:
        tab: the browser tab.
        view: its view.
        always: draw it also before a knob is chosen.
    """
    panel = view.acting()
    if panel is None or panel.method is None or "knobs" in view.hidden or not (always or view.looks.sweep.sweep):
        return
    infos = sweep.knobs_of(panel.name)
    if not infos:
        return
    knobs = tuple(name for name in view.looks.sweep.sweep if name in infos) or (next(iter(infos)),)
    spec = view.base.with_method(panel.method)
    content = (sweep.bare(spec, knobs).key(), knobs)
    with st.container(key="sweep"):
        st.markdown(f"## Sweep a knob: {panel.title}")
        _controls(view, panel, knobs, close=not always)
        wide = width("width:sweep")
        asked = tab.shown.pop(GO, False)
        if asked or (view.looks.sweep.sweep and RUNNING not in tab.shown):  # a link that names a sweep shows it
            tab.shown[RUNNING] = content
        if tab.shown.get(RUNNING) != content:
            runs = int(np.prod([len(values) for values in sweep.span(panel.name, knobs)]))
            st.button(
                f"Run it over its range ({runs} runs)", icon=":material/play_arrow:", key="sweep:start",
                on_click=choose, args=(knobs,), help="Known results are reused.",
            )  # fmt: skip
            return
        with st.container(key="sweep_result"):
            _run(tab, spec, knobs, content, wide)
        _reveal()


def _reveal() -> None:
    """Scroll to the section in the run after the click."""
    component = st.components.v2.component("explorer_reveal", js=_SCROLL)  # type: ignore[attr-defined]
    component(key="reveal", data=bool(current().shown.pop(REVEAL, False)))


def _controls(view: View, panel: Panel, knobs: tuple[str, ...], *, close: bool) -> None:
    infos, name = sweep.knobs_of(panel.name), panel.name
    first, second = knobs[0], knobs[1] if len(knobs) > 1 else None
    others = [None, *(knob for knob in infos if knob != first)]

    def title(knob: str | None) -> str:
        return infos[knob].title if knob else "by itself"

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        key = f"sweep:one:{name}"
        st.selectbox(
            "Knob", list(infos), index=list(infos).index(first), key=controlled(key, first), format_func=title,
            **_chosen(key, lambda knob: (knob,), infos),
        )  # fmt: skip
        key = f"sweep:two:{name}:{first}"
        st.selectbox(
            "Against", others, index=others.index(second), key=controlled(key, second), format_func=title,
            help="Two knobs make a heat map.", placeholder="by itself",
            **_chosen(key, lambda knob: (first, knob) if knob else (first,), others),
        )  # fmt: skip
        if close:
            st.button(
                "Close", icon=":material/close:", key="sweep:close", type="tertiary",
                on_click=lambda: act(lambda view: view.looking("sweep", sweep=())),
            )  # fmt: skip
    if len(knobs) == 1:
        chosen = list(view.looks.sweep.numbers)
        st.multiselect(
            "Numbers", SWEPT, default=chosen, key=controlled("sweep:numbers", chosen),
            format_func=lambda one: told(sweep.TITLES[one], view.base.request.kind),
            **on_change("sweep:numbers", _with_numbers),
        )  # fmt: skip
    else:
        number = view.looks.sweep.numbers[-1]
        st.selectbox(
            "Number", SWEPT, index=SWEPT.index(number), key=controlled("sweep:number", number),
            format_func=lambda one: told(sweep.TITLES[one], view.base.request.kind),
            **on_change("sweep:number", lambda view, one: _with_numbers(view, [*view.looks.sweep.numbers, one]), SWEPT),
        )  # fmt: skip


def _chosen(key: str, knobs: Any, among: Collection[Any]) -> dict[str, Any]:
    """Return the arguments that let a widget choose knobs and run them."""

    def make(view: View, value: Any) -> View:
        current().shown[GO] = True
        return view.looking("sweep", sweep=knobs(value))

    return on_change(key, make, among)


def _with_numbers(view: View, names: list[str]) -> View:
    """Return the view with other numbers to draw. Each stands once, at its last place; at least one stays."""
    kept = tuple(name for at, name in enumerate(names) if name not in names[at + 1 :])
    return view.looking("sweep", numbers=kept or view.looks.sweep.numbers[:1])


def _run(tab: Tab, spec: Spec, knobs: tuple[str, ...], content: object, wide: int) -> None:
    run = sweep.bare(spec, knobs)
    job = tab.jobs.job("sweep", content, lambda tick: sweep.sweeping(run, knobs, store_of(run), tab.desk, tick))

    def draw() -> None:
        progress(job, "sweep", tab=tab)
        swept: Swept | None = job.partial
        if swept is None:
            waiting()
        else:
            sweep_figures.draw(swept, spec, current().view, wide, (content, job.version))

    watched(job, "sweep", draw)
