"""Draw the card of a step: what it says, what it asks and tells, its task with its knobs."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from explorer.contents.glossary import marked
from explorer.contents.lessons import shown
from explorer.contents.lessons.staged import Staged
from explorer.knobs import knob_infos
from explorer.lessons import Guess, Look, Place, Try, answered, standing
from explorer.pages.controls import knobs
from explorer.pages.parts import equation, lectern
from explorer.pages.parts.lesson import asked, steps
from explorer.service import under
from explorer.spec.catalog import CATALOG
from explorer.view import View


def show(place: Place, view: View, found: Staged | None) -> None:
    """Draw what a step says, asks or sets as a task."""
    step = place.step
    assert step is not None
    seen = set[str]()  # a term can be pointed at once a step
    if isinstance(step, Look):
        st.html(f'<p class="ue-say">{marked(step.say, seen=seen)}</p>')
    elif isinstance(step, Guess):
        st.html(f'<p class="ue-say ue-ask">{marked(step.ask, seen=seen)}</p>')
        if place.locked and lectern.room() is not None:
            lectern.ask(found)
        elif place.locked:
            asked.show(place, step)
        elif found is not None and found.complete:
            _told(place, step, view, found, seen)
        else:
            st.html('<p class="ue-say">…</p>')
    elif isinstance(step, Try):
        _task(place, step, view, found, seen)
    if step.equation and not place.locked:
        equation.of_method(step.equation, with_names=False)


def _told(place: Place, step: Guess, view: View, found: Staged, seen: set[str]) -> None:
    counted = lectern.tally(place, found)
    if counted is not None:
        lectern.told(place, view, found, counted)
    said = escape(shown.outcome(step, view, place.answer, found))
    good = shown.right(step, place.answer, found)
    st.html(
        f'<p class="ue-say ue-told{" ue-right" if good else ""}" role="status"><b>{said}</b></p>'
        f'<p class="ue-say">{marked(step.why, seen=seen)}</p>'
    )


def _task(place: Place, step: Try, view: View, found: Staged | None, seen: set[str]) -> None:
    done = found is not None and shown.is_done(step, found)
    st.html(f'<p class="ue-say ue-ask">{marked(step.ask, seen=seen)}</p>')
    for name in step.knobs:
        method, _, knob = name.partition(".")
        index = next(index for index, panel in enumerate(view.panels) if panel.name == method)
        group = view.panels[index].knobs
        assert group is not None
        knobs.one(
            knob_infos(type(group))[knob], getattr(group, knob), f"try:{place.key}:{place.at}:{name}",
            lambda seen, value, name=name: _with_knob(seen, name, value), place=("panels", index, "knobs", knob),
        )  # fmt: skip
    if done:
        st.html(f'<p class="ue-say ue-told ue-right" role="status"><b>Done.</b> {marked(step.why, seen=seen)}</p>')
        _whole_range(step, view)
    else:
        st.html(f'<p class="ue-say ue-late">{marked(step.hint, seen=seen)}</p>')
        with st.container(key="lesson_late"):
            st.button(
                "Show me", key="lesson:show", type="tertiary", icon=":material/lightbulb:",
                on_click=lambda: steps.answer(dict(step.answer)),
            )  # fmt: skip


def _whole_range(step: Try, view: View) -> None:
    """Draw a link to the first knob over its whole range: pictures, curves, and where the method breaks."""
    method, _, knob = step.knobs[0].partition(".")
    index = next(index for index, panel in enumerate(view.panels) if panel.name == method)
    swept = replace(view.outside(), page="method", focus=index).looking("sweep", sweep=(knob,))
    title = knob_infos(CATALOG.methods[method].knobs)[knob].title
    there = under(st.get_option("server.baseUrlPath"), f"/{swept.page}?{urlencode(swept.to_query())}")
    st.link_button(f"{title} over its whole range", there, icon=":material/stacked_line_chart:", type="tertiary")


def _with_knob(view: View, name: str, value: Any) -> View:
    """Return the View with one knob of the Try at hand set."""
    place = steps.here(view)
    step = place.step
    if not isinstance(step, Try):
        return view
    seen = standing(step, place.answer)
    values = dict[str, float]()
    for one in step.knobs:
        method, _, knob = one.partition(".")
        group = next(panel.knobs for panel in seen.panels if panel.name == method)
        values[one] = float(value if one == name else getattr(group, knob))
    standing(step, values)  # a value that is not allowed is refused here, with its sentence
    return answered(view, place, values)
