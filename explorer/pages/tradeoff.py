"""*Trade-off*: forgetting against utility, each method's whole path; click a dot and the player stands at that step."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from explorer.contents import tradeoff as plane
from explorer.contents.picture import Picture
from explorer.contents.requests import told
from explorer.contents.tables import formats
from explorer.contents.tables.cells import reads
from explorer.contents.tables.numbers import readings
from explorer.contents.tradeoff import AUC, COST, TITLES
from explorer.figures.tradeoff import tradeoff
from explorer.pages.frame import piece
from explorer.pages.frame.binding import controlled, current, on_change
from explorer.pages.frame.mode import mode
from explorer.pages.frame.width import width
from explorer.pages.parts import facts, opening, said, sweep
from explorer.pages.parts.chart import chart
from explorer.pages.parts.stage import Shown, stage
from explorer.session.same import Same
from explorer.view import ACROSS, UP, View

LOOK = (
    "Look at which dots come near the star, and whether a path passes it and goes on. The rings are where "
    "the player above stands; click a dot and it goes to that step."
)
NOT_SHOWN = "What the plane does not show: whether the model says what a retrained one says, point by point."
#: What goes wrong in reading a number, said where that number is on an axis.
CAREFUL = {
    "forget": "Forget accuracy 0 is not the goal: models that never saw the points get many of them right.",
    "retain": "Retain accuracy is a mean: damage to a few points hardly shows in it, nor does that points to keep may "
    "have become easier to attack.",
    "test": "Test accuracy says what is kept, not what is gone: models that differ at every forget point can share it.",
    AUC: "AUC .5 is not the goal: retrained's own value is. Below it, the points are forgotten more than if they had "
    "never been seen, and that gives them away too.",
    COST: "Cost counts what a method prepares, not the search for its knobs. A method's passes are spread evenly over "
    "its steps.",
    "forget_agreement": "The floor of a distance is how far two retrained models are from each other; the star stands "
    "there.",
}
MEANS = (
    "Large print: of retrained the mean over its models; of all others the model on screen, as under the panels and on "
    "the paths. Small print: the range over the retrained models, or over five originals and the runs from them; for "
    "distances, retrained's line is the floor."
)
ONE_STAR = "One retrained model is not the reference: the shaded box is the range over seeds."
TUNED = (
    "How each row was tuned stands below its name. An oracle asked the retrained models, which nobody who has to "
    "unlearn can: where to stop, or, by hand, which knob looks best beside them. The other rewound rows asked only "
    "points that nobody trained on. Defaults are our choice for these toys, made with retrained models at hand (random "
    "labels: by measuring who forgets too much or too little); a preset's note says where its values come from."
)
CAMERA = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "select2d"]}


def show() -> None:
    """Draw the page."""
    tab = current()
    opening.memorise(tab)
    with st.container(key="page"):
        opening.links(tab.view)
        stage(tab, partial(_below, wide=width("width:plane")), curves=True, exposure=True)
        sweep.show(tab, tab.view, always=True)


def _below(view: View, picture: Picture, *, wide: int) -> None:
    said.spelled(view)
    facts.facts(picture)
    opening.exposed(picture.exposure)
    left, right = st.columns(2)
    (x, y), kind = view.looks.tradeoff.plane, view.base.request.kind

    def title(name: str) -> str:
        return told(TITLES[name], kind)

    left.selectbox(
        "Across", ACROSS, index=ACROSS.index(x), format_func=title, key=controlled("plane:x", x),
        help=told(f"How much is gone. {reads(x)}", kind), **on_change("plane:x", plane.with_across, ACROSS),
    )  # fmt: skip
    ups = [name for name in UP if name != x]
    right.selectbox(
        "Up", ups, index=ups.index(y), format_func=title, key=controlled(f"plane:y:{x}", y),
        help=told(f"What is kept; or, over cost, how much is gone. {reads(y)}", kind),
        **on_change(f"plane:y:{x}", plane.with_up, ups),
    )  # fmt: skip
    _draw(view, picture, x, y, wide)
    if "numbers" not in view.hidden and picture.complete:
        _table(view, picture)


def _draw(view: View, picture: Picture, x: str, y: str, wide: int) -> None:
    tab = current()
    made_of, figure = tab.shown.get("plane", (None, None))
    now = (picture.scene_key, x, y, mode(), wide, Same(picture))
    if now != made_of:
        try:
            found = piece.of_memo(plane.plane, view.base, view, plane.numbers_of(picture), x, y)
        except ValueError as error:
            st.warning(str(error), icon=":material/info:")
            return
        if found is None:
            # Every method is computed anew: the plane that was there stays, where it is of the same models.
            figure = figure if made_of and made_of[:-1] == now[:-1] else None
        else:
            figure = tradeoff(
                found.paths, found.retrained, found.original, x=found.x, y=found.y, marks=found.marks, mode=mode(),
                width=wide,
            )  # fmt: skip
        tab.shown["plane"] = (now, figure)
        tab.shown["plane:picture"] = picture
    if figure is None:
        st.html('<div class="ue-plane-waiting" aria-hidden="true"></div>')
        return
    st.caption(LOOK)
    chart(figure, "plane", config=CAMERA, on_click=_clicked)
    sentences = [CAREFUL[name] for name in (x, y) if name in CAREFUL]
    if x in plane.DISTANCES and x not in CAREFUL:
        sentences.append(CAREFUL["forget_agreement"])
    st.caption(told(" ".join([*sentences, ONE_STAR, NOT_SHOWN]), view.base.request.kind))


def _clicked() -> None:
    """Let the player stand at the step of the dot that was clicked."""
    tab = current()
    event: Any = st.session_state.get("plane")
    picture = tab.shown.get("plane:picture")
    points = [point for point in event.selection.points if point.get("customdata")] if event else []
    if not points or not isinstance(picture, Picture):
        return
    name, step = points[0]["customdata"][0], int(points[0]["customdata"][1])
    if name not in picture.panels:
        return
    tab.put_step(plane.progress(picture, name, step))
    shown = tab.shown.get(tab.view.page)
    if isinstance(shown, Shown):
        shown.made_of = None  # the step is part of the player's bytes


def _table(view: View, picture: Picture) -> None:
    made_of, rows = current().shown.get("plane:table", (None, []))
    if made_of != Same(picture):
        rows = piece.of_memo(plane.rows, view.base, view, plane.numbers_of(picture))
        current().shown["plane:table"] = (Same(picture), rows)
    if not rows:
        return
    kind = view.base.request.kind
    st.html(told(formats.as_html(rows, plane.COLUMNS), kind))
    st.html(told(readings(plane.COLUMNS), kind))
    st.caption(f"{MEANS} {TUNED}")
    if "export" in view.hidden:
        return
    seeds = view.base.evaluation.retrained_seeds
    caption = (
        f"Forgetting and utility. Mean and range over {seeds} retrained models, and over the runs from 5 originals."
    )
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Table as CSV", formats.as_csv(rows, plane.COLUMNS), "tradeoff.csv", "text/csv", type="tertiary",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Table as LaTeX", formats.as_latex(rows, plane.COLUMNS, caption=caption), "tradeoff.tex", "text/plain",
            type="tertiary", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
