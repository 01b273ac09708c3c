"""*Quiz*: you are the attacker. Half of twenty points were in the training set; say which, and see who does better."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from explorer.contents import quiz as contents
from explorer.contents.glossary import marked
from explorer.contents.recorded.runs import at_first, choice
from explorer.contents.words import method_title
from explorer.pages.controls import sidebar as of_points
from explorer.pages.frame.binding import act, current
from explorer.pages.frame.progress import followed, soon, waiting
from explorer.pages.parts import about, opening
from explorer.pages.parts import quiz as parts
from explorer.records import Quiz
from explorer.session.tab import Tab
from explorer.view import QUESTIONS, TURNS, View
from explorer.view.looks import MAX_DRAWS

KEY = "quiz"
WHAT = (
    f"You make a membership inference attack. Of {QUESTIONS} {{what}}, half were in the model's training set. You see "
    "what an attacker sees: what the model answers. Keys: Y and N."
)
SHOW = "Show what the attacks reach, without me"
_SEEN = "quiz:shown"  # turns that were left to the attacks, with what they were of; not kept in the address


def show() -> None:
    """Draw the page."""
    tab = current()
    opening.memorise(tab)
    view = tab.view
    with st.container(key="page"):
        asks = view.looks.quiz.asks
        what = "points" if asks == "points" else "images"
        st.html(f'<p class="ue-said">{marked(WHAT.format(what=what))}</p>')
        about.switch("asks", asks, lambda view, asks: _afresh(view.looking("quiz", asks=asks)))
        (_of_images if asks == "images" else _of_points)(tab)


def _afresh(view: View, draw: int = 0) -> View:
    """Return the view at the beginning of a round."""
    return view.looking("quiz", turn=TURNS[0], draw=draw, of_original="", of_unlearned="", of_retrained="")


# --- whose points -----------------------------------------------------------------------------------------------------


def _of_points(tab: Tab) -> None:
    view = tab.view
    try:
        spec, key = contents.spec_of(view), contents.key_of(view)
    except ValueError as error:
        st.info(f"{about.sentence(str(error))} Add one on the left.", icon=":material/info:")
        return
    assert spec.method is not None
    title = method_title(spec.method.name)
    job = tab.jobs.job(KEY, key, lambda tick: tab.desk.stream(view.base, contents.quizzing, view, tick=tick))
    soon(job, lambda found: found is not None)

    def draw(tab: Tab) -> None:
        if job.partial is None:
            waiting()
        else:
            _round(tab, job.partial, title, view.base.request.choose, key, waits=not job.finished)

    followed(job, KEY, draw, stale=lambda now: now != view)  # an answer changes it; the card depends on it


def _of_images(tab: Tab) -> None:
    view, wished = tab.view, tab.view.looks.images
    opened = about.runs(
        "quiz_folder", wished.folder,
        lambda view, name: _afresh(view.looking("images", folder=name, runs=(), shown="", cut=0)),
        first=_first_by_chance,
    )  # fmt: skip
    if opened is None:
        return
    chosen = choice(opened, wished.runs, wished.shown, wished.cut, method_title)
    draw = view.looks.quiz.draw
    try:
        quiz = tab.kept(
            "quiz:images", (opened, chosen.shown, draw), lambda: contents.of_images(opened, chosen.shown, draw)
        )
    except ValueError as error:
        st.info(about.sentence(str(error)), icon=":material/info:")
        return
    choose = str((opened.scene.spec.get("request") or {}).get("choose", "random"))
    _round(tab, quiz, method_title(chosen.shown), choose, (opened.name, chosen.shown, draw))


def _first_by_chance(found: Mapping[str, Path]) -> str:
    """Return the runs on which the quiz opens: those in which something was learnt by heart, and chosen by chance."""
    return next((name for name in found if name.endswith("-memorise-random")), at_first(found))


# --- a round ----------------------------------------------------------------------------------------------------------


def _round(
    tab: Tab, quiz: Quiz, title: str, choose: str, key: tuple[object, ...], *, waits: bool = False
) -> None:  # fmt: skip
    view = tab.view
    turn, draw = view.looks.quiz.turn, view.looks.quiz.draw
    said = contents.answers_of(view)
    seen = tab.shown.setdefault(_SEEN, set[object]())
    careful = contents.caution(turn, choose)
    st.html(f'<h2 class="ue-head">You attack {contents.asked_of(turn, title)}</h2>')
    if len(said) < QUESTIONS and (key, turn) not in seen:
        parts.question(quiz, turn, said, draw, _answer, f"quiz:{turn}")
        if not said:
            st.button(SHOW, key="quiz:show", type="tertiary", on_click=lambda: seen.add((key, turn)))
        return
    parts.reached(quiz, turn, said if len(said) == QUESTIONS else "", draw, careful)
    if waits:
        st.caption("LiRA is still being trained; it joins when it is ready.")
    _on(view, turn, title)


def _answer(said: str) -> None:
    act(lambda view: contents.answered(view, said))


def _on(view: View, turn: str, title: str) -> None:
    """Draw the ways on: the same points under the next model, what was reached before, other points."""
    with st.container(horizontal=True, gap="small", key="quiz_ways"):
        for other in TURNS:
            if other != turn:
                done = len(contents.answers_of(view, other)) == QUESTIONS
                label = f"The same {QUESTIONS} under {contents.asked_of(other, title)}"
                st.button(
                    label, key=f"quiz:turn:{other}", type="tertiary" if done else "secondary",
                    on_click=lambda other=other: act(lambda view: view.looking("quiz", turn=other)),
                )  # fmt: skip
        st.button(
            f"{QUESTIONS} others", key="quiz:others", type="tertiary", icon=":material/casino:",
            on_click=lambda: act(lambda view: _afresh(view, (view.looks.quiz.draw + 1) % MAX_DRAWS)),
        )  # fmt: skip


def sidebar(tab: Tab) -> None:
    """Draw the controls of points of a plane; of recorded runs they stand on the page."""
    if tab.view.looks.quiz.asks == "points":
        of_points.sidebar(tab)
