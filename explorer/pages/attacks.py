"""*Attacks*: can anybody tell what was forgotten? Two questions, asked of retrained models too, and U-LiRA live."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from explorer import pipeline
from explorer.contents import attacks as asked_attacks
from explorer.contents import pieces
from explorer.contents import tradeoff as contents_tradeoff
from explorer.contents.attacks import Asked
from explorer.contents.requests import told
from explorer.contents.tables import attacks as attack_tables
from explorer.figures.roc import Line, roc
from explorer.figures.tradeoff import Axis, Path, tradeoff
from explorer.pages.frame import piece
from explorer.pages.frame.binding import act, controlled, current, on_change
from explorer.pages.frame.mode import mode
from explorer.pages.frame.progress import followed, progress, soon, waiting, watched
from explorer.pages.parts import attack_cards, live_attack, opening, pairs, said, score_figures, sweep
from explorer.pages.parts.chart import chart
from explorer.records import Band, ModelScores
from explorer.session.changes import with_part
from explorer.session.tab import Tab
from explorer.spec import Spec
from explorer.spec.catalog import CATALOG
from explorer.view import STATISTICS, View

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
#: What the attacks ask where rows are corrected, by kind of request.
CORRECTED = {
    "correct_labels": "The rows are asked about with the wrong labels that the original saw: a model that has "
    "unlearned these fits them worse than unseen points, so the goal lies far below .5.",
    "erase_feature": "The rows are asked about with the feature that the original saw.",
}
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
    "Streisand effect), below it surer. The floor is what a new seed alone does, and is at least .5. Its attacker must "
    "have both models; it is a check for those who unlearn, who can retrain."
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
MORE = "more"  # of the job
MORE_LOOK = "● lies within the retrained models (or no farther than one of them is from another), ○ outside."


def show() -> None:
    """Draw the page."""
    tab = current()
    opening.memorise(tab)
    view = tab.view
    with st.container(key="page"):
        opening.links(view)
        said.attack()
        said.spelled(view)
        known = asked_attacks.methods(view)
        if not known:
            st.info("No panel holds a method: add one on the left.", icon=":material/info:")
            return
        job = tab.jobs.job(
            "attacks",
            tuple(known.items()),
            lambda tick: tab.desk.stream(view.base, asked_attacks.asking, view, tick=tick),
        )
        soon(job, lambda partial: partial.complete, 0.2)

        def draw(tab: Tab) -> None:
            asked, old = _latest(tab, job.partial, view)
            if asked is None:
                waiting()
            else:
                with st.container(key="attacks_old" if old else "attacks_now"):
                    _asked(view, asked)

        was_finished = job.finished
        # A control of the page changes the view; what stands below depends on it too.
        followed(job, "attacks", draw, stale=lambda now: now != view)
        asked: Asked | None = job.partial
        if was_finished and asked is not None:
            _closer(tab, view, asked)
        sweep.show(tab, tab.view)


def _latest(tab: Tab, now: Asked | None, view: View) -> tuple[Asked | None, bool]:
    """Return what to show, and whether it is from before the last change and about to be replaced.

    The result before stays until every method has an answer, if it is of the same models.
    """
    models = (view.base.key(*pipeline.REQUEST_PARTS), tuple(asked_attacks.methods(view)))
    before, kept = tab.shown.get("asked", (None, None))
    ready = now is not None and (now.complete or {*now.numbers, *now.refused} >= set(asked_attacks.methods(view)))
    if ready or before != models:
        tab.shown["asked"] = (models, now)
        return now, False
    return kept or now, kept is not None


# --- all methods --------------------------------------------------------------------------------------------------


def _asked(view: View, asked: Asked) -> None:
    opening.exposed(asked.exposure)
    for name, reason in asked.refused.items():
        said = reason if reason.startswith(_title(name)) else f"{_title(name)}: {reason}"
        st.warning(said, icon=":material/block:")
    numbers = {name: (_title(name), one) for name, one in asked.numbers.items()}
    if not numbers:
        st.html('<div class="ue-curves-waiting" aria-hidden="true"></div>')
        return
    kind = view.base.request.kind
    st.markdown(told("## Question A: can forgotten points be told from points nobody saw?", kind))
    _choose(view)
    statistic = view.looks.attacks.statistic
    st.segmented_control(
        "Number", STATISTICS, default=statistic, required=True, key=controlled("statistic", statistic),
        format_func=attack_tables.STATISTICS.__getitem__, label_visibility="collapsed",
        **on_change("statistic", lambda view, name: view.looking("attacks", statistic=name), STATISTICS),
    )  # fmt: skip
    st.html(told(attack_tables.question_a(numbers, statistic), kind))
    st.caption(told(" ".join(_careful(view)), kind))
    some = next(iter(asked.numbers.values()))
    attack_cards.show(some.a.get("retrained", {}))
    for name, reason in some.left_out.items():
        st.caption(f"{CATALOG.attacks[name].title} was not asked: {reason}.")
    too_much = attack_tables.streisand(numbers)
    if too_much:
        st.warning(told(too_much, kind), icon=":material/visibility:")
    if some.b:
        st.markdown("## Question B: can the unlearned model be told from a retrained one?")
        st.caption(told(QUESTION_B, kind))
        st.html(told(attack_tables.question_b(numbers), kind))
        st.caption(SAME_ANSWERS)
    if "export" not in view.hidden:
        st.download_button(
            "Attacks as CSV", attack_tables.as_csv(numbers), "attacks.csv", "text/csv", icon=":material/download:",
            on_click="ignore", type="tertiary",
        )  # fmt: skip


def _title(name: str) -> str:
    return CATALOG.methods[name.partition(":")[2]].title


def _careful(view: View) -> list[str]:
    """Return the sentences about errors in reading the table that are possible here."""
    sentences, choose, statistic = [GOAL], view.base.request.choose, view.looks.attacks.statistic
    if statistic == "auc":
        sentences.append(INTERVAL)
    if statistic.startswith("tpr"):
        sentences.append("A dash: too few unseen points for so small a rate.")
    if statistic == "balanced_accuracy":
        sentences.append("The threshold is chosen on one half of the points and judged on the other.")
    kind = view.base.request.kind
    if kind != "forget":
        sentences.append(CORRECTED[kind])
    elif choose == "class":
        sentences.append(CLASS)
    if choose in HARD:
        sentences.append(HARD[choose])
    return [*sentences, AVERAGE]


def _choose(view: View) -> None:
    every, chosen = asked_attacks.every(), asked_attacks.chosen(view)
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
    chosen = [name for name in asked_attacks.every() if name in names]
    return with_part(view, "evaluation", attacks=None if chosen == asked_attacks.quick() or not chosen else chosen)


# --- one method ---------------------------------------------------------------------------------------------------


def _closer(tab: Tab, view: View, asked: Asked) -> None:
    name = asked_attacks.focus(view)
    if name not in asked.numbers:
        return
    spec = asked_attacks.methods(view)[name]
    st.markdown(f"## One attack, and {_title(name)} closely")
    st.caption("Choose the method on the left, under *Methods side by side*.")
    attacks = list(asked.numbers[name].a.get("unlearned", {}))
    if attacks:
        attack = next((one for one in (view.looks.attacks.attack, "loss") if one in attacks), attacks[0])
        st.selectbox(
            "Attack", attacks, index=attacks.index(attack), key=controlled("attack", attack),
            format_func=lambda key: CATALOG.attacks[key].title,
            **on_change("attack", lambda view, name: view.looking("attacks", attack=name), attacks),
        )  # fmt: skip
        with st.container(key="stacks_closely"):  # one under the other where there is little room
            left, right = st.columns(2, gap="large")
            with left:
                _roc(spec, attack, asked, name)
            with right:
                _against_accuracy(view, attack, asked)
    live_attack.show(tab, spec, _title(name))
    _more(tab, spec, _title(name))
    pairs.show(tab, spec, _title(name))


def _more(tab: Tab, spec: Spec, title: str) -> None:
    """Draw the further scores of the method in focus: work of its own, so that another focus asks nothing else anew."""
    st.markdown("## More scores and distances")
    content = asked_attacks.scores_key(spec)
    job = tab.jobs.job(MORE, content, lambda tick: tab.desk.stream(spec, asked_attacks.scoring, spec, tick=tick))
    soon(job, lambda found: found is not None)

    def draw() -> None:
        progress(job, MORE, tab=tab)
        found: ModelScores | None = job.partial
        if found is not None:
            st.html(told(attack_tables.more(found, title), spec.request.kind))
            st.caption(MORE_LOOK)
            score_figures.show(found, title, piece.of_run(pieces.sets, spec).forget)

    watched(job, MORE, draw)


def _roc(spec: Spec, attack: str, asked: Asked, name: str) -> None:
    judged = asked.numbers[name].a["unlearned"][attack]
    lines = []
    for role, found in piece.of_run(pipeline.roc_curves, spec, attack).items():
        for index, one in enumerate(found):
            title = {"original": "Original", "unlearned": _title(name), "retrained": f"Retrained {index + 1}"}[role]
            lines.append(Line(title, role, one.fpr, one.tpr, float(np.trapezoid(one.tpr, one.fpr))))
    figure = roc(lines, others=int(judged["others"].mean), members=int(judged["members"].mean), mode=mode())
    chart(figure, "attacks:roc")
    st.caption(ROC_LOOK)


def _against_accuracy(view: View, attack: str, asked: Asked) -> None:
    """Draw the attack's AUC against test accuracy of every method. Where the attack learns nothing, draw the path."""
    paths, known = [], asked_attacks.methods(view)
    cheap = CATALOG.attacks[attack].fits is None
    for name, numbers in asked.numbers.items():
        band = numbers.a.get("unlearned", {}).get(attack)
        if band is None:
            continue
        if cheap:
            lines = piece.of_run(pipeline.curves, known[name])
            step, y = lines["step"].astype(np.int64), lines["test"]
            x = piece.of_run(pipeline.attack_path, known[name], attack)
        else:
            step, x = np.array([1]), np.array([band["auc"].values[0]])
            y = np.array([asked.compared[name].accuracy["unlearned"]["test"].values[0]])
        paths.append(Path(name, _title(name), step, x, y))
    first = next(iter(asked.numbers))
    some, accuracy = asked.numbers[first].a, asked.compared[first].accuracy
    star = (_auc(some, "retrained", attack), accuracy["retrained"]["test"])
    original = (_auc(some, "original", attack).values[0], accuracy["original"]["test"].values[0])
    across = Axis(f"{CATALOG.attacks[attack].title}, AUC of question A", "", "match")
    figure = tradeoff(paths, star, original, x=across, y=contents_tradeoff.axis("test"), mode=mode(), height=420)
    chart(figure, "attacks:plane")
    st.caption(PLANE_LOOK)


def _auc(numbers: Any, role: str, attack: str) -> Band:
    return numbers[role][attack]["auc"]
