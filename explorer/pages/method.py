"""*Method*: one method large, its numbers step by step with a cursor in step with the player, and its card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import streamlit as st

from explorer.contents.glossary import marked
from explorer.contents.picture import Picture, panel_names
from explorer.contents.requests import told
from explorer.contents.tables import numbers as numbers_table
from explorer.contents.tables import overview
from explorer.experiments.overview_table import rows
from explorer.figures.curves import curves
from explorer.figures.jit_sigmoid import SIGNS, jit_sigmoid
from explorer.pages.frame.binding import current
from explorer.pages.frame.mode import mode
from explorer.pages.parts import certificate, claims, correction, equation, facts, said, sweep
from explorer.pages.parts.chart import chart
from explorer.pages.parts.stage import stage
from explorer.records import Band, Comparison
from explorer.records.read_off import STEP
from explorer.spec.catalog import CATALOG
from explorer.view import Panel, View

TITLES = {
    "Reads": "What it reads",
    "Watch": "What to look for",
    "Fails": "Where it fails",
    "Differs": "How our file differs",
    "Source": "Source",
}
KINDS = {
    "exact": "exact: ends as a retrained model would",
    "certified": "certified: a proof says how near it ends",
    "approximate": "approximate: no guarantee; compare with retrained",
}


def show() -> None:
    """Draw the page."""
    tab = current()
    view = tab.view
    panel = view.panels[view.focus]
    with st.container(key="page"):
        if panel.method is None:
            st.info(
                f"The {panel.name} model is what methods are compared with. Choose a method from the table below, or "
                "another panel on the left.",
                icon=":material/info:",
            )
        stage(tab, _below, only=view.focus, curves=True)
        sweep.show(tab, tab.view)
        if "card" not in view.hidden:
            with st.expander(overview.TITLE, expanded=panel.method is None, key="overview"):
                st.caption(f"{overview.HOW_TO_READ} {overview.NOT_SHOWN}")
                st.html(overview.html(rows()))


def _below(view: View, picture: Picture) -> None:
    said.spelled(view)
    facts.facts(picture)
    panel, name = view.panels[0], panel_names(view)[0]
    if panel.method is None:
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        if "numbers" not in view.hidden:
            _curves(name, panel, picture, view.base.request.kind)
    with right:
        if "card" not in view.hidden:
            card(panel)
    if CATALOG.methods[panel.name].certificate is not None and name in picture.numbers:
        certificate.show(view.specs()[0], name, panel.title)
    if view.base.request.kind != "forget" and name in picture.numbers and picture.scene is not None:
        correction.show(view.specs()[0], panel.title, picture.scene.names)
    if "numbers" not in view.hidden and name in picture.numbers:
        titled = {name: (panel.title, picture.numbers[name])}
        st.html(told(numbers_table.table(titled, stale=picture.stale), view.base.request.kind))
        st.caption(f"{numbers_table.HOW_TO_READ} {numbers_table.NOT_SHOWN}")


def _curves(name: str, panel: Panel, picture: Picture, kind: str) -> None:
    numbers, lines = picture.numbers.get(name), picture.curves.get(name)
    if numbers is None or lines is None:
        st.html('<div class="ue-curves-waiting" aria-hidden="true"></div>')
        return
    straight = picture.panels[name].straight
    figure = curves(
        name, lines, bands(numbers), title=panel.title, straight=straight, mode=mode(),
        words=lambda text: told(text, kind),
    )  # fmt: skip
    chart(figure, "curves")
    st.caption(
        "Look at whether a curve enters retrained's band and stays. The curves do not say where on the plane it "
        "happens; the picture above does, and the cursor stands at the same step."
    )


def bands(numbers: Comparison) -> dict[str, Band]:
    """Return the band behind each curve: retrained's accuracies, and the floor of each distance."""
    return {**numbers.accuracy["retrained"], **numbers.floor}


def card(panel: Panel) -> None:
    """Draw the card from a method's docstring and declaration. On its own card a method needs no explaining."""
    method, text, seen = CATALOG.methods[panel.name], CATALOG.card(panel.name), {"method"}
    with st.container(border=True, key="card"):
        st.header(method.title, anchor=False)
        badges = "".join(
            f'<span class="ue-badge">{escape(badge)}</span>' for badge in (KINDS[method.kind], *method.badges)
        )
        st.html(f'<div class="ue-badges">{badges}</div>')
        for paragraph in text.idea.split("\n\n"):
            st.html(f"<p>{marked(' '.join(paragraph.split()), seen=seen)}</p>")
        if text.equation:
            equation.of_method(panel.name)
        for heading, title in TITLES.items():
            if heading in text.sections:
                words = text.sections[heading]
                st.html(f"<h3>{title}</h3><p>{escape(words) if heading == 'Source' else marked(words, seen=seen)}</p>")
        declared = ", ".join(sorted(method.reads)) or "nothing"
        st.html(f"<h3>Checked</h3><p>It is handed only: {escape(declared)}. Touching anything else stops the run.</p>")
        if method.demonstration:
            DEMONSTRATIONS[method.demonstration]()
        claims.on_card(panel.name)
        if method.bibtex:
            with st.expander("BibTeX"):
                st.code(method.bibtex, language="bibtex", wrap_lines=True)


def _one_sigmoid() -> None:
    st.html("<h3>One sigmoid, one step (the paper's Figure 3)</h3>")
    sign = st.radio("Direction of the step", list(SIGNS), format_func=SIGNS.__getitem__, key="card:one_sigmoid:sign")
    step = st.slider("Step", 0.0, 10.0, STEP, 0.1, key="card:one_sigmoid:step", help="4.8 fits the published picture.")
    figure = jit_sigmoid(step, sign, mode())
    chart(figure, "card:one_sigmoid")
    st.caption(
        "Each of 17 points is forgotten by itself, from the dashed sigmoid. Look at where the black points go, and on "
        "which side of a point its grey curve crosses one half: up the loss the boundary comes to the point, down the "
        "loss, as it is stated, it moves away. It does not show more than one step, or a network."
    )


#: What a card shows beside its text, by the name that a method declares; its controls are not part of the View.
DEMONSTRATIONS: Mapping[str, Callable[[], None]] = {"one_sigmoid": _one_sigmoid}
