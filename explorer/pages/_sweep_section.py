"""Draw the section *Sweep a knob* of the page *trade-off*."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from explorer.figures.layout import alt_text
from explorer.figures.sweep import heat, knob_curves
from explorer.pages import _sweeps
from explorer.pages._memo import store_of
from explorer.pages._progress import progress
from explorer.pages._state import Tab
from explorer.pages._sweeps import Swept
from explorer.pages._words import mode
from explorer.pipeline import METRICS
from explorer.view import View

POLL = 0.4
LOOK = (
    "Look at how wide a range of the knob keeps the curves in retrained's band (shaded; for distances, the floor), and "
    "how far that is from the cliff: beyond it the retain accuracy is more than .1 below every retrained model's, or "
    "the model diverged. The grey band is the range over the runs from the originals; runs between two values are not "
    "shown."
)
TUNED = "A knob chosen by this picture was tuned against the retrained models, which is an oracle's advantage."


def show(tab: Tab, view: View) -> None:
    """Draw the section for the method in focus."""
    panel = view.panels[view.focus]
    if panel.method is None:
        panel = next((one for one in view.panels if one.method), panel)
    if panel.method is None:
        return
    spec = view.base.with_method(panel.method)
    infos = _sweeps.knobs_of(panel.name)
    st.markdown(f"#### Sweep a knob: {panel.title}")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        first = st.selectbox(
            "Knob", list(infos), key=f"sweep:one:{panel.name}", format_func=lambda name: infos[name].title
        )
        others = [name for name in infos if name != first]
        second = st.selectbox(
            "Against", others, index=None, key=f"sweep:two:{panel.name}", placeholder="by itself",
            format_func=lambda name: infos[name].title, help="Two knobs make a heat map.",
        )  # fmt: skip
        if first is None:
            return
        knobs = (first, second) if second else (first,)
        content = (spec.key(), knobs)
        if tab.shown.get("sweep") != content:
            runs = _sweeps.ONE if len(knobs) == 1 else _sweeps.TWO**2
            st.button(
                f"Run it over its range ({runs} runs)", icon=":material/play_arrow:", key="sweep:start",
                on_click=lambda: tab.shown.update(sweep=content), help="What is known is not run again.",
            )  # fmt: skip
            return
    job = tab.jobs.job("sweep", content, lambda tick: _sweeps.sweeping(spec, knobs, store_of(spec), tick))
    was_finished = job.finished

    @st.fragment(run_every=None if was_finished else POLL, key="sweep")
    def draw() -> None:
        job.look()
        ended = job.finished
        progress(job, "sweep")
        swept: Swept | None = job.partial
        if swept is not None and swept.results:
            _draw(swept)
        if ended and not was_finished:
            st.rerun()  # once more, without the clock

    draw()


def _draw(swept: Swept) -> None:
    infos = knob_titles(swept.method)
    for error in dict.fromkeys(swept.errors):
        st.caption(f":material/info: {error}")
    if len(swept.knobs) == 1:
        name = swept.knobs[0]
        figure = knob_curves(
            infos[name], swept.values[0], {number: _sweeps.bands(swept, number) for number in _sweeps.NUMBERS},
            {number: _sweeps.reference(swept, number) for number in _sweeps.NUMBERS},
            titles={number: METRICS[number].title for number in _sweeps.NUMBERS}, broken=_sweeps.broken(swept),
            log=_sweeps.knobs_of(swept.method)[name].log, mode=mode(),
        )  # fmt: skip
    else:
        number = st.selectbox(
            "Number", _sweeps.NUMBERS, index=len(_sweeps.NUMBERS) - 1, key="sweep:number",
            format_func=lambda key: METRICS[key].title,
        )  # fmt: skip
        first, second = swept.knobs
        size = (len(swept.values[0]), len(swept.values[1]))
        figure = heat(
            (infos[second], swept.values[1]), (infos[first], swept.values[0]), _sweeps.table(swept, number),
            np.array(_sweeps.broken(swept)).reshape(size), title=METRICS[number].title, mode=mode(),
        )  # fmt: skip
        floor = _sweeps.reference(swept, number)
        st.caption(f"Retrained, or the floor: {floor.low:.3f} to {floor.high:.3f}. × the model is broken.")
    st.plotly_chart(figure, theme=None, key="sweep:figure", config={"displaylogo": False, "displayModeBar": False})
    st.html(f'<p style="position:absolute;clip-path:inset(50%)">{escape(alt_text(figure))}</p>')
    st.caption(f"{LOOK} {TUNED}" if len(swept.knobs) == 1 else TUNED)


def knob_titles(method: str) -> dict[str, str]:
    """Return the titles of a method's knobs by name."""
    return {name: info.title for name, info in _sweeps.knobs_of(method).items()}
