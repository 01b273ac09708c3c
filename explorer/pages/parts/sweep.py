"""Draw the section *Sweep a knob*: what one knob does over its whole range, or two knobs together.

A click on the button beside a knob's name opens it on the page where the user is. Which knobs it shows is part of the
View; that it runs is not: after another change it waits until it is asked, as it takes seconds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from explorer.contents import sweep
from explorer.contents.sweep import Swept
from explorer.contents.tables import numbers as numbers_table
from explorer.figures.multiples import Ground, Small, multiples
from explorer.figures.sweep import heat, knob_curves, names_of
from explorer.pages.frame.binding import act, controlled, current, on_change
from explorer.pages.frame.mode import mode
from explorer.pages.frame.progress import progress, watched
from explorer.pages.frame.store import store_of
from explorer.pages.frame.sweep_request import GO, REVEAL, RUNNING, choose
from explorer.pages.frame.width import width
from explorer.pages.parts.chart import chart
from explorer.session.tab import Tab
from explorer.spec import Spec
from explorer.view import SWEPT, Panel, View

PICTURES = (
    "The plane as this method leaves it, a picture a value, beside retrained's. Look at which of them end where "
    "retrained's boundary runs. × the model is broken: it diverged, or its retain accuracy is more than .1 below every "
    "retrained model's."
)
LOOK = (
    "Look at how wide a range of the knob keeps the curves in retrained's band (shaded; for distances, the floor), and "
    "how far that is from the cliff, beyond which the model is broken. The grey band is the range over the runs from "
    "the originals, where a number has one; runs between two values are not shown."
)
LOOK_HEAT = (
    "Look at how many dotted cells lie together: there the number is in retrained's range, or no farther than one "
    "retrained model is from another. × the model is broken. The runs between two values are not shown."
)
TUNED = "A knob chosen by this picture was tuned against the retrained models, which is an oracle's advantage."
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
        always: also where no knob has been chosen yet.
    """
    panel = _panel(view)
    if panel is None or panel.method is None or "knobs" in view.hidden or not (always or view.sweep):
        return
    infos = sweep.knobs_of(panel.name)
    if not infos:
        return
    knobs = tuple(name for name in view.sweep if name in infos) or (next(iter(infos)),)
    spec = view.base.with_method(panel.method)
    content = (sweep.bare(spec, knobs).key(), knobs)
    with st.container(key="sweep"):
        st.markdown(f"#### Sweep a knob: {panel.title}")
        _controls(view, panel, knobs, close=not always)
        wide = width("width:sweep")
        asked = tab.shown.pop(GO, False)
        if asked or (view.sweep and RUNNING not in tab.shown):  # a link that names a sweep shows it
            tab.shown[RUNNING] = content
        if tab.shown.get(RUNNING) != content:
            runs = int(np.prod([len(values) for values in sweep.span(panel.name, knobs)]))
            st.button(
                f"Run it over its range ({runs} runs)", icon=":material/play_arrow:", key="sweep:start",
                on_click=choose, args=(knobs,), help="What is known is not run again.",
            )  # fmt: skip
            return
        with st.container(key="sweep_result"):
            _run(tab, spec, knobs, content, wide)
        _reveal()


def _panel(view: View) -> Panel | None:
    """Return the panel whose method is swept: the one in focus, or the first that has one."""
    return next((one for one in (view.panels[view.focus], *view.panels) if one.method), None)


def _reveal() -> None:
    """Bring the section into sight in the run after it was asked for."""
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
                on_click=lambda: act(lambda view: replace(view, sweep=())),
            )  # fmt: skip
    if len(knobs) == 1:
        chosen = list(view.numbers)
        st.multiselect(
            "Numbers", SWEPT, default=chosen, key=controlled("sweep:numbers", chosen),
            format_func=sweep.TITLES.__getitem__, **on_change("sweep:numbers", _with_numbers),
        )  # fmt: skip
    else:
        number = view.numbers[-1]
        st.selectbox(
            "Number", SWEPT, index=SWEPT.index(number), key=controlled("sweep:number", number),
            format_func=sweep.TITLES.__getitem__,
            **on_change("sweep:number", lambda view, one: _with_numbers(view, [*view.numbers, one]), SWEPT),
        )  # fmt: skip


def _chosen(key: str, knobs: Any, among: Collection[Any]) -> dict[str, Any]:
    """Return the arguments that let a widget choose knobs and run them."""

    def make(view: View, value: Any) -> View:
        current().shown[GO] = True
        return replace(view, sweep=knobs(value))

    return on_change(key, make, among)


def _with_numbers(view: View, names: list[str]) -> View:
    """Return the view with other numbers drawn, each once, at its last place; at least one stays."""
    kept = tuple(name for at, name in enumerate(names) if name not in names[at + 1 :])
    return replace(view, numbers=kept or view.numbers[:1])


def _run(tab: Tab, spec: Spec, knobs: tuple[str, ...], content: object, wide: int) -> None:
    run = sweep.bare(spec, knobs)
    job = tab.jobs.job("sweep", content, lambda tick: sweep.sweeping(run, knobs, store_of(run), tick))

    def draw() -> None:
        progress(job, "sweep")
        swept: Swept | None = job.partial
        if swept is None:
            st.html('<div class="ue-waiting" aria-hidden="true"></div>')
        else:
            _draw(swept, spec, current().view, wide, (content, job.version))

    watched(job, "sweep", draw)


def _draw(swept: Swept, spec: Spec, view: View, wide: int, now: object) -> None:
    for error in dict.fromkeys(swept.errors):
        st.caption(f":material/info: {error}")
    if len(swept.knobs) == 1:
        _figure("pictures", _pictures, (now, wide, mode()), swept, wide)
        st.caption(PICTURES)
        _figure("curves", _curves, (now, view.numbers, spec, wide, mode()), swept, spec, view.numbers, wide)
        st.html(numbers_table.readings({number: sweep.TITLES[number] for number in view.numbers}))
        st.caption(f"{LOOK} {TUNED}")
        return
    number = view.numbers[-1]
    _figure("heat", _heat, (now, number, mode()), swept, number)
    floor = sweep.reference(swept, number)
    known = f" Retrained, or the floor: {floor.low:.3f} to {floor.high:.3f}." if np.isfinite(floor.mean) else ""
    st.caption(f"**{sweep.TITLES[number]}.** {numbers_table.reads(number)}{known}")
    st.caption(f"{LOOK_HEAT} {TUNED}")


def _figure(name: str, make: Any, made_of: object, *given: Any) -> None:
    """Draw a figure, made anew only where something in it has changed."""
    kept = current().shown
    if kept.get(f"sweep:{name}", (None,))[0] != made_of:
        kept[f"sweep:{name}"] = (made_of, make(*given))
    figure = kept[f"sweep:{name}"][1]
    chart(figure, f"sweep:{name}")


def _pictures(swept: Swept, wide: int) -> Any:
    scene, broken = swept.scene, sweep.broken(swept)
    assert scene is not None
    ground = Ground(scene.plane, scene.size, scene.x[scene.forget], scene.paired, scene.names)
    values = [
        Small(title, swept.pictures.get(index), broken[index]) for index, title in enumerate(names_of(swept.values[0]))
    ]
    knob = sweep.knobs_of(swept.method)[swept.knobs[0]].title
    return multiples(knob, [Small("Retrained", scene.paired, own=False), *values], ground, width=wide, mode=mode())


def _curves(swept: Swept, spec: Spec, numbers: tuple[str, ...], wide: int) -> Any:
    assert spec.method is not None
    name = swept.knobs[0]
    info = sweep.knobs_of(swept.method)[name]
    return knob_curves(
        info.title, swept.values[0], {number: sweep.bands(swept, number) for number in numbers},
        {number: sweep.reference(swept, number) for number in numbers},
        titles=sweep.MARKED, broken=sweep.broken(swept), log=info.log, here=getattr(spec.method.knobs, name),
        width=wide, mode=mode(),
    )  # fmt: skip


def _heat(swept: Swept, number: str) -> Any:
    infos, (first, second) = sweep.knobs_of(swept.method), swept.knobs
    broken = np.array(sweep.broken(swept)).reshape(len(swept.values[0]), len(swept.values[1]))
    return heat(
        (infos[second].title, swept.values[1]), (infos[first].title, swept.values[0]), sweep.table(swept, number),
        broken, title=sweep.MARKED[number], near=sweep.near(swept, number), mode=mode(),
    )  # fmt: skip
