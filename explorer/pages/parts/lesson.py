"""Draw one step of a lesson: a card that says, asks or sets a task, and the picture beside it.

The place in the lesson is in the View (`explorer.lessons`), and so in the address. A fragment mounts the player; the
card is drawn by the run that a click begins anyway, so nothing runs twice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from explorer.contents.glossary import marked
from explorer.contents.lessons import shown
from explorer.contents.lessons.handout import handout
from explorer.contents.lessons.staged import Staged, staged
from explorer.knobs import knob_infos
from explorer.lessons import (
    SKIPPED,
    Choice,
    Guess,
    Line,
    Look,
    Number,
    Order,
    Place,
    Try,
    answered,
    first_of,
    lessons,
    moved,
    standing,
)
from explorer.pages.controls import knobs
from explorer.pages.frame import clock, live, player
from explorer.pages.frame.binding import act, current, publish
from explorer.pages.frame.progress import status, watched
from explorer.session.jobs import Job
from explorer.session.tab import Tab
from explorer.view import View

KEY = "lessons"  # of the job, and of the page
AUTO = "lesson:auto"  # whether it plays by itself; not kept in the address
WAIT = 8.0  # seconds that a step stays at least, where it plays by itself
WORDS_A_SECOND = 3.0  # read at ease
PATIENCE = 0.4  # seconds a run waits for the picture, so that a quick one shows in the same run


def show(tab: Tab, place: Place) -> None:
    """Draw the step at which one stands, or the end of the lesson."""
    tab.slid.clear()
    step = place.step
    if step is None:
        tab.shown[AUTO] = False
        _end(place)
        return
    view = standing(step, place.answer)
    content = (place.key, place.at, view.base.key(), view.specs(), step.others)
    job = tab.jobs.job(KEY, content, lambda tick: staged(step, view, tab.desk, tick))
    job.wait(lambda found: found.complete, PATIENCE)
    with st.container(key="lesson_two"):  # side by side where the window is wide; see style.css
        with st.container(key="lesson_card"):
            _card(place, view, job.partial)
        with st.container(key="lesson_picture", gap="small"):
            _picture(place, view, job)
    live.tell(tab, view)
    if tab.shown.get(AUTO):
        _play_on(place, job.partial)


# --- the picture ------------------------------------------------------------------------------------------------------


def _picture(place: Place, view: View, job: Job) -> None:
    seen = current().view.looks.lesson

    def draw() -> None:
        tab = current()
        if tab.view.looks.lesson != seen:
            st.rerun()  # a guess on the picture; the card depends on it too
        status(tab, job)
        made = _bytes(tab, place, view, job)
        if made is None:
            st.html('<div class="ue-waiting" aria-hidden="true"></div>')
        else:
            player.mount(made, key="player:lesson", on_guess=_sketched)
        publish()

    watched(job, "lesson", draw)


def _bytes(tab: Tab, place: Place, view: View, job: Job) -> bytes | None:
    """Return the player's bytes; of the same step as before until all of it is ready."""
    found: Staged | None = job.partial
    step, held = (place.key, place.at), tab.shown.get("lesson")
    if found is None or not (found.complete or held is None or held[0] != step):
        return held[1] if held is not None and held[0] == step else None
    made = tab.kept("lesson_bytes", (id(job), job.version, place), lambda: shown.blob(place, view, found))
    tab.shown["lesson"] = (step, made)
    return made


def _sketched(value: dict[str, Any]) -> None:
    """Take what was guessed on the picture."""
    place = here()
    step = place.step
    if not isinstance(step, Guess) or not place.locked:
        return
    if isinstance(step.kind, Line):
        guess: Any = tuple((float(u), float(v)) for u, v in value.get("line", ()))
    else:
        guess = tuple(int(row) for row in value.get("index", ()))
    _answer(guess)


# --- the card ---------------------------------------------------------------------------------------------------------


def _card(place: Place, view: View, found: Staged | None) -> None:
    step, lesson = place.step, place.lesson
    assert step is not None and lesson is not None
    _head(place)
    if isinstance(step, Look):
        st.html(f'<p class="ue-say">{marked(step.say)}</p>')
    elif isinstance(step, Guess):
        st.html(f'<p class="ue-say ue-ask">{marked(step.ask)}</p>')
        if place.locked:
            _ask(place, step)
        elif found is not None and found.complete:
            _told(place, step, view, found)
        else:
            st.html('<p class="ue-say">…</p>')
    else:
        _task(place, step, view, found)
    _ways(place)


def _head(place: Place) -> None:
    assert place.lesson is not None
    count = len(place.lesson.steps)
    share = 100 * (place.at + 1) / (count + 1)
    st.html(
        f'<h2 class="ue-lesson">{escape(place.lesson.title)}</h2>'
        f'<div class="ue-place" role="img" aria-label="Step {place.at + 1} of {count}">'
        f'<i style="width:{share:.0f}%"></i></div>'
    )


def _ask(place: Place, step: Guess) -> None:
    kind, where = step.kind, f"guess:{place.key}:{place.at}"
    if isinstance(kind, Choice):
        with st.container(horizontal=True, gap="small", key="lesson_choices"):
            for number, option in enumerate(kind.options):
                st.button(option, key=f"{where}:{number}", on_click=_answer, args=(number,))
    elif isinstance(kind, Number):
        _ask_number(kind, where)
    elif isinstance(kind, Order):
        _ask_order(kind, step, where)
    else:
        how = "Draw it with the mouse or a finger." if isinstance(kind, Line) else "Click points, or draw around them."
        keys = (
            "By keyboard: the arrows move a cross, Enter sets a place of the line."
            if isinstance(kind, Line)
            else "By keyboard: up and down walk from point to point, Enter chooses one."
        )
        st.caption(how, help=keys)


def _ask_number(kind: Number, where: str) -> None:
    whole = float(kind.step).is_integer()
    number: Callable[[float], Any] = int if whole else float
    with st.form(where, border=False):
        st.slider(
            "Your guess", number(kind.low), number(kind.high), number((kind.low + kind.high) / 2),
            step=number(kind.step), key=f"{where}:number", format=None if whole else "%g",
            label_visibility="collapsed",
        )  # fmt: skip
        st.form_submit_button("That is my guess", type="primary", on_click=lambda: _answer_of(f"{where}:number"))


def _answer_of(key: str) -> None:
    _answer(float(st.session_state[key]))


def _ask_order(kind: Order, step: Guess, where: str) -> None:
    titles = {panel.name: panel.title for panel in step.picture.panels}
    chosen: list[str] = current().shown.setdefault(where, [])

    def choose(name: str) -> None:
        if name in chosen:
            chosen.remove(name)
        else:
            chosen.append(name)
        if len(chosen) == len(kind.panels):
            _answer(tuple(chosen))
            chosen.clear()

    st.caption(f"Click them in your order, {kind.first} first.")
    for name in kind.panels:
        rank = f"{chosen.index(name) + 1}. " if name in chosen else ""
        st.button(
            f"{rank}{titles[name]}", key=f"{where}:{name}", on_click=choose, args=(name,), width="stretch",
            type="primary" if rank else "secondary",
        )  # fmt: skip


def _told(place: Place, step: Guess, view: View, found: Staged) -> None:
    said = escape(shown.outcome(step, view, place.answer, found))
    good = shown.right(step, place.answer, found)
    st.html(
        f'<p class="ue-say ue-told{" ue-right" if good else ""}" role="status"><b>{said}</b></p>'
        f'<p class="ue-say">{marked(step.why)}</p>'
    )


def _task(place: Place, step: Try, view: View, found: Staged | None) -> None:
    done = found is not None and shown.is_done(step, found)
    st.html(f'<p class="ue-say ue-ask">{marked(step.ask)}</p>')
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
        st.html(f'<p class="ue-say ue-told ue-right" role="status"><b>Done.</b> {marked(step.why)}</p>')
    else:
        st.html(f'<p class="ue-say ue-late">{marked(step.hint)}</p>')
        with st.container(key="lesson_late"):
            st.button(
                "Show me", key="lesson:show", type="tertiary", icon=":material/lightbulb:",
                on_click=lambda: _answer(dict(step.answer)),
            )  # fmt: skip


def _with_knob(view: View, name: str, value: Any) -> View:
    """Return the View with one knob of the Try at hand set."""
    place = here(view)
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


# --- by itself --------------------------------------------------------------------------------------------------------


def _play_on(place: Place, found: Staged | None) -> None:
    """Let the lesson go on by itself: a guess is revealed as skipped, a task shows itself."""
    step = place.step
    assert step is not None
    done = place.locked is False and not (isinstance(step, Try) and place.answer is None)
    if found is None or not found.complete:
        return  # the run that draws all of it begins the while
    said = step.say if isinstance(step, Look) else step.why if done else ""
    seconds = max(WAIT, len(said.split()) / WORDS_A_SECOND)
    clock.due("lesson:clock", seconds, f"{place.key}:{place.at}:{done}", _due)


def _due(where: str) -> None:
    place = here()
    step = place.step
    done = where.endswith(":True")
    if step is None or not current().shown.get(AUTO) or not where.startswith(f"{place.key}:{place.at}:"):
        return
    if done:
        _go(place.at + 1)
    elif isinstance(step, Try):
        _answer(dict(step.answer))
    else:
        _answer(SKIPPED)


def _auto(on: bool) -> None:
    current().shown[AUTO] = on


# --- from step to step ------------------------------------------------------------------------------------------------


def _ways(place: Place) -> None:
    step = place.step
    with st.container(horizontal=True, gap="small", key="lesson_ways"):
        st.button(
            "Back", key="lesson:back", type="tertiary", icon=":material/arrow_back:", on_click=_go, args=(place.at - 1,)
        )
        if place.locked:
            st.button("Skip", key="lesson:skip", type="tertiary", on_click=_answer, args=(SKIPPED,))
        else:
            st.button(
                "Next", key="lesson:next", type="secondary" if isinstance(step, Try) else "primary",
                on_click=_go, args=(place.at + 1,),
            )  # fmt: skip
        playing = bool(current().shown.get(AUTO))
        if playing or place.at == 0:
            st.button(
                "Stop playing" if playing else "Play all", key="lesson:auto", type="tertiary",
                icon=":material/stop:" if playing else ":material/slideshow:", on_click=_auto, args=(not playing,),
                help="The lesson goes on by itself, without a guess of yours.",
            )  # fmt: skip


def _end(place: Place) -> None:
    assert place.lesson is not None
    known = list(lessons())
    following = known[known.index(place.key) + 1 :][:1]
    with st.container(key="lesson_end"):
        st.html(
            f'<h2 class="ue-lesson">{escape(place.lesson.title)}</h2>'
            f'<p class="ue-say">You can now say:</p><p class="ue-start">{marked(place.lesson.goal)}</p>'
        )
        with st.container(horizontal=True, gap="small", key="lesson_ways"):
            st.button(
                "Back", key="lesson:back", type="tertiary", icon=":material/arrow_back:", on_click=_go,
                args=(place.at - 1,),
            )  # fmt: skip
            paper = partial(handout, place.key, place.lesson, current().desk)
            st.download_button(
                "Handout", paper, f"{place.key}.html", "text/html", icon=":material/print:", on_click="ignore",
                type="tertiary", help="The whole lesson on paper, answers on the last page.",
            )  # fmt: skip
            st.button("All lessons", key="lesson:all", on_click=lambda: act(lambda view: first_of(view, "")))
            for key in following:
                st.button(
                    f"Next: {lessons()[key].title}", key="lesson:following", type="primary",
                    on_click=lambda key=key: act(lambda view: first_of(view, key)),
                )  # fmt: skip


def here(view: View | None = None) -> Place:
    """Return the place of a View, of the tab's own unless another is given."""
    from explorer.lessons import place_of

    return place_of(view or current().view, lessons())


def _answer(value: Any) -> None:
    """Keep the answer of the step at hand."""
    act(lambda view: answered(view, here(view), value))


def _go(at: int) -> None:
    """Go to another step; before the first is the list of lessons."""
    act(lambda view: moved(view, at) if at >= 0 else first_of(view, ""))
