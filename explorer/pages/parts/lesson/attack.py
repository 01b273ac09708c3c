"""Draw a step that is a round of the quiz."""

from __future__ import annotations

import streamlit as st

from explorer.contents import quiz as quizzes
from explorer.contents.glossary import marked
from explorer.lessons import SKIPPED, Attack, Place
from explorer.pages.frame.binding import current, publish, rerun
from explorer.pages.frame.progress import soon, status, waiting, watched
from explorer.pages.parts import quiz
from explorer.pages.parts.lesson import steps
from explorer.session.tab import Tab

KEY = "lessons:attack"  # of the job


def show(tab: Tab, place: Place, step: Attack) -> None:
    """Draw a round of the quiz: its questions one by one, then what everybody reached."""
    view, said = step.picture, "" if place.answer in (None, SKIPPED) else str(place.answer)
    job = tab.jobs.job(
        KEY, (place.key, place.at),
        lambda tick: tab.desk.stream(view.base, quizzes.quizzing, view, tick=tick),
    )  # fmt: skip
    soon(job, lambda found: found is not None)
    st.html(f'<p class="ue-say">{marked(step.ask if place.locked else step.why)}</p>')
    seen = current().view.looks.lesson

    def draw() -> None:
        if current().view.looks.lesson != seen:
            rerun()
        status(current(), job, KEY)
        if job.partial is None:
            waiting()
        elif place.locked:
            quiz.question(job.partial, "original", said, 0, _one_more, f"attack:{place.key}:{place.at}")
        else:
            quiz.reached(job.partial, "original", said, 0, "", folded=True)
        publish()

    watched(job, "lesson:attack", draw)


def _one_more(said: str) -> None:
    """Keep one more answer of the quiz, or take the last one back."""
    so_far = steps.here().answer
    before = "" if so_far in (None, SKIPPED) else str(so_far)
    steps.answer(f"{before}{said}" if said else before[:-1])
