"""*Attacks*: can anybody tell what was forgotten? Two questions, asked of retrained models too, and U-LiRA live."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer import pipeline
from explorer.catalog import CATALOG
from explorer.figures.exposure import World, maps, worlds
from explorer.figures.layout import alt_text
from explorer.figures.roc import Line, roc
from explorer.figures.tradeoff import Axis, Path, tradeoff
from explorer.pages import _attack_tables, _attacks, _more_figures, _opening, _plane, _sweep_section
from explorer.pages._attacks import Asked, Live
from explorer.pages._memo import memo, store_of
from explorer.pages._progress import progress, status, watched
from explorer.pages._state import Tab, with_part
from explorer.pages._tab import act, controlled, current, on_change, publish
from explorer.pages._width import width
from explorer.pages._words import mode
from explorer.records import Band, PairNumbers
from explorer.spec import Spec
from explorer.view import SHADOW_MODELS, STATISTICS, View

PATIENCE = 0.2
CONFIG = {"displaylogo": False, "displayModeBar": False}

GOAL = (
    "AUC .5 is not the goal: **retrained's own value is**. ● marks a method whose model on screen lies in the range of "
    "the retrained models, ○ one outside; small print: the range over seeds, for a method over the runs from the "
    "originals."
)
INTERVAL = (
    "95 %: what chance in the judged points alone leaves open, for the model on screen; few forgotten points, wide "
    "interval."
)
CLASS = (
    "A whole class is forgotten: forgotten and unseen points of that class differ under every model that never saw "
    "it, so retrained's AUC may lie far from .5."
)
AVERAGE = (
    "These attacks use one rule for all points and overestimate protection: an average hides the few points that are "
    "surely exposed. The live attack below judges each point by itself."
)
#: How hard the chosen points are to forget, by chooser.
HARD = {
    "random": "Random points are the easiest to forget; outliers and points next to the boundary are harder.",
    **dict.fromkeys(
        ("memorised", "outliers", "boundary", "mislabelled"),
        "Such points are the hardest to forget: a method that looks perfect on random points may fail here.",
    ),
}
QUESTION_B = (
    "Each forgotten point under the unlearned model against each under a retrained one: the share of pairs in which "
    "the unlearned model is *less* sure. .5 is no difference, above it less sure than retrained (towards 1: the "
    "Streisand effect), below it surer. The floor is what a new seed alone does, and is at least .5."
)
SAME_ANSWERS = "Answers like retrained's do not mean that the representations below them have changed."
ROC_LOOK = (
    "Look at the left end: how many forgotten points are found while hardly any unseen one is called a member, and "
    "whether the unlearned model's curve lies among the retrained ones'. It does not show which points they are."
)
PLANE_LOOK = (
    "Attack against accuracy: each method's path from the original, every recorded step a dot. The goal is the star, "
    "not the left edge."
)
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
    "goal is retrained's column; small print: 95 % interval, had other models been drawn (a little too narrow for few "
    "models). The pairs of all forgotten points are pooled, so a number is not the mean of the map's. Attacks that are "
    "fitted first (regressions, SVC, trees) are not asked here."
)
LIVE_UNSEEN = (
    "Question A again, on the models on screen: these two attacks need no model that saw the point, so they can be "
    "asked about unseen points too. The goal is retrained's own value."
)
TITLES = {"original": "Before (original)", "unlearned": "After the method", "retrained": "Retrained"}


def show() -> None:
    """Draw the page."""
    tab = current()
    _opening.memorise(tab)
    view = tab.view
    with st.container(key="page"):
        _opening.links(view)
        known = _attacks.methods(view)
        if not known:
            st.info("No panel holds a method: add one on the left.", icon=":material/info:")
            return
        job = tab.jobs.job("attacks", tuple(known.items()), lambda tick: _attacks.asking(view, memo(view.base), tick))
        job.wait(lambda partial: partial.complete, PATIENCE)

        def draw() -> None:
            if current().view != view:
                st.rerun()  # a control of the page changed it; what stands below depends on it too
            status(current(), job)
            asked, old = _latest(current(), job.partial, view)
            if asked is not None:
                with st.container(key="attacks_old" if old else "attacks_now"):
                    _asked(view, asked)
            publish()

        was_finished = job.finished
        watched(job, "attacks", draw)
        asked: Asked | None = job.partial
        if was_finished and asked is not None:
            _closer(tab, view, asked)
        _sweep_section.show(tab, tab.view)


def _latest(tab: Tab, now: Asked | None, view: View) -> tuple[Asked | None, bool]:
    """Return what to show, and whether it is from before the last change and about to be replaced.

    What was there stays until every method has an answer, where it is of the same models.
    """
    models = (view.base.key("data", "request", "model", "training", "seed"), tuple(_attacks.methods(view)))
    before, kept = tab.shown.get("asked", (None, None))
    ready = now is not None and (now.complete or {*now.numbers, *now.refused} >= set(_attacks.methods(view)))
    if ready or before != models:
        tab.shown["asked"] = (models, now)
        return now, False
    return kept or now, kept is not None


# --- all methods --------------------------------------------------------------------------------------------------


def _asked(view: View, asked: Asked) -> None:
    _opening.exposed(asked.exposure)
    for name, reason in asked.refused.items():
        st.warning(f"{_title(name)}: {reason}", icon=":material/block:")
    numbers = {name: (_title(name), one) for name, one in asked.numbers.items()}
    if not numbers:
        st.html('<div class="ue-curves-waiting" aria-hidden="true"></div>')
        return
    st.markdown("#### Question A: can forgotten points be told from points nobody saw?")
    _choose(view)
    st.segmented_control(
        "Number", STATISTICS, default=view.statistic, required=True, key=controlled("statistic", view.statistic),
        format_func=_attack_tables.STATISTICS.__getitem__, label_visibility="collapsed",
        **on_change("statistic", lambda view, name: replace(view, statistic=name), STATISTICS),
    )  # fmt: skip
    st.html(_attack_tables.question_a(numbers, view.statistic))
    st.caption(" ".join(_careful(view)))
    some = next(iter(asked.numbers.values()))
    for name, reason in some.left_out.items():
        st.caption(f"{CATALOG.attacks[name].title} was not asked: {reason}.")
    said = _attack_tables.streisand(numbers)
    if said:
        st.warning(said, icon=":material/visibility:")
    if some.b:
        st.markdown("#### Question B: can the unlearned model be told from a retrained one?")
        st.caption(QUESTION_B)
        st.html(_attack_tables.question_b(numbers))
        st.caption(SAME_ANSWERS)
    if "export" not in view.hidden:
        st.download_button(
            "Attacks as CSV", _attack_tables.as_csv(numbers), "attacks.csv", "text/csv", icon=":material/download:",
            on_click="ignore", type="tertiary",
        )  # fmt: skip


def _title(name: str) -> str:
    return CATALOG.methods[name.partition(":")[2]].title


def _careful(view: View) -> list[str]:
    """Return what goes wrong in reading the table, as far as it can go wrong here."""
    sentences, choose = [GOAL], view.base.request.choose
    if view.statistic == "auc":
        sentences.append(INTERVAL)
    if view.statistic.startswith("tpr"):
        sentences.append("A dash: too few unseen points for so small a rate.")
    if view.statistic == "balanced_accuracy":
        sentences.append("The threshold is chosen on one half of the points and judged on the other.")
    if choose == "class":
        sentences.append(CLASS)
    if choose in HARD:
        sentences.append(HARD[choose])
    return [*sentences, AVERAGE]


def _choose(view: View) -> None:
    every, chosen = _attacks.every(), _attacks.chosen(view)
    left, right = st.container(key="stacks_attacks").columns([5, 1], vertical_alignment="bottom")
    left.multiselect(
        "Attacks", every, default=chosen, key=controlled("attacks", chosen),
        format_func=lambda name: CATALOG.attacks[name].title, **on_change("attacks", _with_attacks),
    )  # fmt: skip
    right.button(
        "All attacks", disabled=chosen == every, on_click=lambda: act(lambda view: _with_attacks(view, every)),
        help="Boosted trees and the SVC too; they take seconds a method.",
    )  # fmt: skip


def _with_attacks(view: View, names: list[str]) -> View:
    chosen = [name for name in _attacks.every() if name in names]
    return with_part(view, "evaluation", attacks=None if chosen == _attacks.quick() or not chosen else chosen)


# --- one method ---------------------------------------------------------------------------------------------------


def _closer(tab: Tab, view: View, asked: Asked) -> None:
    name = _attacks.focus(view)
    if name not in asked.numbers:
        return
    spec = _attacks.methods(view)[name]
    st.markdown(f"#### One attack, and {_title(name)} closely")
    st.caption("Choose the method on the left, under *Methods side by side*.")
    attacks = list(asked.numbers[name].a.get("unlearned", {}))
    if attacks:
        attack = next((one for one in (view.attack, "loss") if one in attacks), attacks[0])
        st.selectbox(
            "Attack", attacks, index=attacks.index(attack), key=controlled("attack", attack),
            format_func=lambda key: CATALOG.attacks[key].title,
            **on_change("attack", lambda view, name: replace(view, attack=name), attacks),
        )  # fmt: skip
        with st.container(key="stacks_closely"):  # one under the other where there is little room
            left, right = st.columns(2, gap="large")
            with left:
                _roc(spec, attack, asked, name)
            with right:
                _against_accuracy(view, attack, asked)
    _live(tab, spec, _title(name))
    if name in asked.more:
        st.markdown("#### More scores and distances")
        st.html(_attack_tables.more(asked.more[name], _title(name)))
        st.caption("● lies within the retrained models (or no farther than one of them is from another), ○ outside.")
        _more_figures.show(asked.more[name], _title(name), pipeline.sets(spec, memo(spec)).forget)
    _pairs(tab, spec, _title(name))


def _roc(spec: Spec, attack: str, asked: Asked, name: str) -> None:
    said = asked.numbers[name].a["unlearned"][attack]
    lines = []
    for role, found in pipeline.roc_curves(spec, attack, memo(spec)).items():
        for index, one in enumerate(found):
            title = {"original": "Original", "unlearned": _title(name), "retrained": f"Retrained {index + 1}"}[role]
            lines.append(Line(title, role, one.fpr, one.tpr, float(np.trapezoid(one.tpr, one.fpr))))
    figure = roc(lines, others=int(said["others"].mean), members=int(said["members"].mean), mode=mode())
    _chart(figure, "attacks:roc")
    st.caption(ROC_LOOK)


def _against_accuracy(view: View, attack: str, asked: Asked) -> None:
    """Draw the attack's AUC against test accuracy, for every method; the whole path where the attack learns nothing."""
    paths, known = [], _attacks.methods(view)
    cheap = CATALOG.attacks[attack].fits is None
    for name, numbers in asked.numbers.items():
        said = numbers.a.get("unlearned", {}).get(attack)
        if said is None:
            continue
        if cheap:
            lines = pipeline.curves(known[name], memo(view.base))
            step, y = lines["step"].astype(np.int64), lines["test"]
            x = pipeline.attack_path(known[name], attack, memo(view.base))
        else:
            step, x = np.array([1]), np.array([said["auc"].values[0]])
            y = np.array([asked.compared[name].accuracy["unlearned"]["test"].values[0]])
        paths.append(Path(name, _title(name), step, x, y))
    first = next(iter(asked.numbers))
    some, accuracy = asked.numbers[first].a, asked.compared[first].accuracy
    star = (_auc(some, "retrained", attack), accuracy["retrained"]["test"])
    original = (_auc(some, "original", attack).values[0], accuracy["original"]["test"].values[0])
    across = Axis(f"{CATALOG.attacks[attack].title}, AUC of question A", "", "match")
    figure = tradeoff(paths, star, original, x=across, y=_plane.axis("test"), mode=mode(), height=420)
    _chart(figure, "attacks:plane")
    st.caption(PLANE_LOOK)


def _auc(numbers: Any, role: str, attack: str) -> Band:
    return numbers[role][attack]["auc"]


def _chart(figure: Any, key: str) -> None:
    st.plotly_chart(figure, theme=None, key=key, config=CONFIG)
    _described(figure)


def _described(figure: Any) -> None:
    st.html(f'<p style="position:absolute;clip-path:inset(50%)">{escape(alt_text(figure))}</p>')


# --- live ---------------------------------------------------------------------------------------------------------


def _live(tab: Tab, spec: Spec, title: str) -> None:
    st.markdown(f"#### How exposed each point is: {title}")
    reason = pipeline.not_live(spec)
    if reason:
        st.info(f"Not live. {reason}.", icon=":material/block:")
        return
    st.caption(LIVE)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        models = tab.view.shadow_models
        st.segmented_control(
            "Shadow models", SHADOW_MODELS, default=models, required=True, key=controlled("shadow_models", models),
            **on_change("shadow_models", lambda view, count: replace(view, shadow_models=count), SHADOW_MODELS),
        )  # fmt: skip
        content = _attacks.live_key(tab.view)
        started = tab.shown.get("u_lira") == content
        if started:
            st.button("Start anew", on_click=lambda: tab.jobs.forget("u_lira"), help="What is known is not made again.")
        else:
            st.button("Start", type="primary", on_click=_start_live, icon=":material/play_arrow:")
            about = _attacks.seconds(spec, models, memo(spec))
            st.caption(f"About {max(about, 1):.0f} s of work here; what is already known is not made again.")
    if not started:
        return
    wide = width("width:attacks")
    job = tab.jobs.job("u_lira", content, lambda tick: _attacks.attacking(spec, models, store_of(spec), tick))

    def draw() -> None:
        progress(job, "u_lira")
        live: Live | None = job.partial
        if live is not None:
            _exposed(current(), live, wide)
        elif not job.finished:
            st.html('<div class="ue-waiting" aria-hidden="true"></div>')
        publish()  # a point may have been clicked

    watched(job, "u_lira", draw)


def _start_live() -> None:
    """Want the live attack on what the view is by now: the click may come before the page has heard of a change."""
    tab = current()
    tab.shown["u_lira"] = _attacks.live_key(tab.view)


def _exposed(tab: Tab, live: Live, wide: int) -> None:
    if live.shadows.trouble:
        st.warning(live.shadows.trouble, icon=":material/warning:")
    made = pipeline.sets(live.spec, memo(live.spec))
    row = tab.view.point
    if row is None or row >= len(made.before):  # of other data
        row = _attacks.most_exposed(live, made.forget)
    figure = maps(
        made.before.x, made.before.y, made.forget, live.exposed, titles=TITLES, chosen=row, width=wide, mode=mode()
    )  # fmt: skip
    st.caption(LIVE_LOOK)
    st.plotly_chart(
        figure, theme=None, key="attacks:maps", config=CONFIG, on_select=_clicked, selection_mode="points"
    )  # fmt: skip
    _described(figure)
    _point(live, row, forgotten=bool(np.isin(row, made.forget)))
    st.html(_attack_tables.same_pairs(live.aucs, live.intervals, TITLES))
    st.caption(LIVE_PAIRS)
    _over_models(live, tab.view.shadow_attack, made.forget)
    if live.unseen is not None and live.unseen.a:
        st.html(_attack_tables.question_a({"": (TITLES["unlearned"], live.unseen)}, "auc"))
        st.caption(LIVE_UNSEEN)
    if "export" not in tab.view.hidden:
        st.download_button(
            "Points as CSV", _attack_tables.points_as_csv(made.before.y, made.forget, live.exposed), "u_lira.csv",
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
        **on_change("shadow_attack", lambda view, name: replace(view, shadow_attack=name), known),
    )  # fmt: skip
    lines = [
        Line(TITLES[role], role, one.fpr, one.tpr, live.aucs[role][attack]) for role, one in live.curves[attack].items()
    ]
    inside, outside = live.pairs(forget)
    figure = roc(lines, others=outside, members=inside, judged=PAIRS, mode=mode())
    _chart(figure, "attacks:roc:models")
    st.caption(ROC_MODELS)


def _clicked() -> None:
    event: Any = st.session_state.get("attacks:maps")
    points = [point for point in event.selection.points if point.get("customdata")] if event else []
    if points:
        row = int(points[0]["customdata"][0])
        act(lambda view: replace(view, point=row))


def _point(live: Live, row: int, *, forgotten: bool) -> None:
    both, shared = [], False
    for title, after in (("Before", False), ("After the method", True)):
        found = pipeline.point_worlds(live.shadows, live.labels, row, unlearned=after)
        shared = found.shared
        both.append(World(title, found.inside, found.outside, found.inside_normal, found.outside_normal))
    figure = worlds(both, mode=mode())
    said = ", ".join(
        f"{TITLES[role].lower()} {_attack_tables.number(float(live.exposed[role][row]))}" for role in live.exposed
    )
    kind = "to forget" if forgotten else "to keep"
    st.markdown(f"**Point {row}** ({kind}). Its U-LiRA AUC: {said}.")
    _chart(figure, "attacks:worlds")
    st.caption(
        "One point over many models: the farther apart the two fitted normal distributions, the surer an attacker is "
        f"that it was used. AUC of one point, from {len(live.shadows.seeds)} models: small differences are chance."
        + (" With so few models all points share one standard deviation a curve, as in the attack." if shared else "")
    )


# --- many models --------------------------------------------------------------------------------------------------


def _pairs(tab: Tab, spec: Spec, title: str) -> None:
    if pipeline.not_live(spec):
        return
    content = _attacks.run_key(tab.view)
    started = tab.shown.get("pairs") == content
    if not started:
        st.button(
            f"KLoM and forgetting quality, over {pipeline.PAIRS} models", key="pairs:start",
            on_click=_start_pairs, help="About twenty seconds.",
        )  # fmt: skip
        return
    job = tab.jobs.job("pairs", content, lambda tick: _attacks.pairing(spec, memo(spec), tick))

    def draw() -> None:
        progress(job, "pairs")
        numbers: PairNumbers | None = job.partial
        if numbers is not None:
            st.html(_attack_tables.pairs(numbers, title))
            st.caption(
                f"{numbers.models} unlearned against as many retrained models, and for the floor retrained against as "
                f"many others. Perfectly told apart, so without a finite bound: {numbers.infinite:.0%} of the forget "
                f"points (floor {numbers.infinite_floor:.0%}); so many models cannot show a finite one above "
                f"{numbers.cap:.1f}. {numbers.discarded} points have no usable threshold."
            )
            if numbers.trouble:
                st.warning(numbers.trouble, icon=":material/warning:")

    watched(job, "pairs", draw)


def _start_pairs() -> None:
    tab = current()
    tab.shown["pairs"] = _attacks.run_key(tab.view)
