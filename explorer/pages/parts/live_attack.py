"""Draw the section *U-LiRA, live*: the attack on each point, over models that saw it and models that did not."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import pipeline
from explorer.contents import attacks as asked_attacks
from explorer.contents import live_attack, pieces
from explorer.contents.attacks import live_key
from explorer.contents.live_attack import Live
from explorer.contents.tables import attacks as attack_tables
from explorer.contents.tables.cells import number
from explorer.figures.exposure import World, maps, worlds
from explorer.figures.roc import Line, roc
from explorer.pages.frame import piece
from explorer.pages.frame.binding import act, controlled, current, on_change, publish
from explorer.pages.frame.mode import mode
from explorer.pages.frame.progress import progress, waiting, watched
from explorer.pages.frame.width import width
from explorer.pages.parts import attack_cards
from explorer.pages.parts.chart import chart
from explorer.session.tab import Tab
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import SHADOW_MODELS

LIVE = (
    "**U-LiRA, live.** Models are trained on random halves of the data, each then forgets its share of the forget "
    "set by this method. For every point: can models that saw it (and forgot it) be told from models that never did?"
)
LIVE_LOOK = (
    "Look at whether the ringed points (to forget) stand out as little as in the retrained models, and whether other "
    "points stand out more than before: forgetting some may expose those that stay. Click a point. A cross cannot be "
    "judged: every model of a half saw it, or none."
)
PAIRS = ("pairs, point seen", "pairs, never seen")
ROC_MODELS = (
    "Look at the left end: how many pairs are found while hardly any false one is, and whether the curve after the "
    "method has come down to retrained's. It pools all points; which of them are exposed stands in the maps above."
)
LIVE_PAIRS = (
    "All attacks on the very same pairs of a model and a forgotten point. Where there is something to find, U-LiRA "
    "finds more than one rule for all points; retrained models show no such difference. Higher = easier to tell; the "
    "goal is retrained's column. Small print: 95 % interval over other draws of the models, a little too narrow for "
    "few models. The pairs of all forgotten points are pooled, so a number is not the mean of the map's. Attacks that "
    "are fitted first (regressions, SVC, trees) are not asked here."
)
LIVE_UNSEEN = (
    "Question A again, on the models on screen: these attacks need no model that saw the point, so they can be "
    "asked about unseen points too. The goal is retrained's own value."
)
TITLES = {"original": "Before (original)", "unlearned": "After the method", "retrained": "Retrained"}


def show(tab: Tab, spec: Spec, title: str) -> None:
    """Draw the live attack on one method: the offer to run it, then its progress and what it finds."""
    st.markdown(f"## How exposed each point is: {title}")
    reason = pipeline.why_no_shadows(spec)
    if reason:
        st.info(f"Not live. {reason}.", icon=":material/block:")
        return
    st.caption(LIVE)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        models = tab.view.looks.attacks.shadow_models
        st.segmented_control(
            "Shadow models", SHADOW_MODELS, default=models, required=True, key=controlled("shadow_models", models),
            **on_change("shadow_models", lambda view, n: view.looking("attacks", shadow_models=n), SHADOW_MODELS),
        )  # fmt: skip
        content = live_key(tab.view)
        started = tab.shown.get("u_lira") == content
        if started:
            st.button("Start anew", on_click=lambda: tab.jobs.forget("u_lira"), help="Known results are reused.")
        else:
            st.button("Start", type="primary", on_click=_start_live, icon=":material/play_arrow:")
            about = piece.of_memo(live_attack.seconds, spec, spec, models)
            st.caption(f"About {max(about, 1):.0f} s of work here; known results are reused.")
    if not started:
        return
    wide = width("width:attacks")
    job = tab.jobs.job(
        "u_lira", content, lambda tick: tab.desk.stream(spec, live_attack.attacking, spec, models, tick=tick)
    )

    def draw() -> None:
        progress(job, "u_lira")
        live: Live | None = job.partial
        if live is not None:
            _exposed(current(), live, wide)
        elif not job.finished:
            waiting()
        publish()  # a point may have been clicked

    watched(job, "u_lira", draw)


def _start_live() -> None:
    """Ask for the live attack on the present view: the click may come before the page has drawn the last change."""
    tab = current()
    tab.shown["u_lira"] = live_key(tab.view)


def _exposed(tab: Tab, live: Live, wide: int) -> None:
    if live.shadows.trouble:
        st.warning(live.shadows.trouble, icon=":material/warning:")
    made = piece.of_run(pieces.sets, live.spec)
    row = tab.view.looks.attacks.point
    if row is None or row >= len(made.before):  # of other data
        row = live_attack.most_exposed(live, made.forget)
    figure = maps(
        made.before.x, made.before.y, made.forget, live.exposed, titles=TITLES, chosen=row, width=wide, mode=mode()
    )  # fmt: skip
    st.caption(LIVE_LOOK)
    chart(figure, "attacks:maps", on_click=_clicked)
    _point(live, row, forgotten=bool(np.isin(row, made.forget)))
    st.html(attack_tables.same_pairs(live.aucs, live.intervals, TITLES))
    st.caption(LIVE_PAIRS)
    attack_cards.show(asked_attacks.per_point(), label="What the attacks over many models look at, and need")
    _over_models(live, tab.view.looks.attacks.shadow_attack, made.forget)
    if live.unseen is not None and live.unseen.a:
        st.html(attack_tables.question_a({"": (TITLES["unlearned"], live.unseen)}, "auc"))
        st.caption(LIVE_UNSEEN)
    if "export" not in tab.view.hidden:
        st.download_button(
            "Points as CSV", attack_tables.points_as_csv(made.before.y, made.forget, live.exposed), "u_lira.csv",
            "text/csv", icon=":material/download:", on_click="ignore", type="tertiary",
        )  # fmt: skip


def _over_models(live: Live, attack: str, forget: NDArray[np.integer]) -> None:
    """Draw the ROC curves of one attack over many models, a curve a role."""
    known = list(live.curves)
    if attack not in known:
        return  # the retrained models are not ready
    st.selectbox(
        "Attack over many models", known, index=known.index(attack), key=controlled("shadow_attack", attack),
        format_func=lambda name: CATALOG.attacks[name].title,
        **on_change("shadow_attack", lambda view, name: view.looking("attacks", shadow_attack=name), known),
    )  # fmt: skip
    lines = [
        Line(TITLES[role], role, one.fpr, one.tpr, live.aucs[role][attack]) for role, one in live.curves[attack].items()
    ]
    inside, outside = live.pairs(forget)
    figure = roc(lines, others=outside, members=inside, judged=PAIRS, mode=mode())
    chart(figure, "attacks:roc:models")
    st.caption(ROC_MODELS)


def _clicked() -> None:
    event: Any = st.session_state.get("attacks:maps")
    points = [point for point in event.selection.points if point.get("customdata")] if event else []
    if points:
        row = int(points[0]["customdata"][0])
        act(lambda view: view.looking("attacks", point=row))


def _point(live: Live, row: int, *, forgotten: bool) -> None:
    both, shared = [], False
    for title, after in (("Before", False), ("After the method", True)):
        found = pipeline.point_worlds(live.shadows, live.labels, row, unlearned=after)
        shared = found.shared
        both.append(World(title, found.inside, found.outside, found.inside_normal, found.outside_normal))
    figure = worlds(both, mode=mode())
    areas = ", ".join(f"{TITLES[role].lower()} {number(float(live.exposed[role][row]))}" for role in live.exposed)
    kind = "to forget" if forgotten else "to keep"
    st.markdown(f"**Point {row}** ({kind}). Its U-LiRA AUC: {areas}.")
    chart(figure, "attacks:worlds")
    st.caption(
        "One point over many models: the farther apart the two fitted normal distributions, the surer an attacker is "
        f"that it was used. AUC of one point, from {len(live.shadows.seeds)} models: small differences are chance."
        + (" With so few models all points share one standard deviation a curve, as in the attack." if shared else "")
    )
