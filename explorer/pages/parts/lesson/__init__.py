"""Draw one step of a lesson: a card that says, asks or sets a task, and the picture beside it.

The place in the lesson is in the View (`explorer.lessons`), and so in the address. A fragment mounts the player; the
card is drawn by the run that a click begins anyway, so nothing runs twice.

    steps    where the tab stands, and how it goes on        ways     title, ways on, the end
    card     what a step says, tells, sets as a task         asked    what one guesses with
    picture  the player                                      attack   a round of the quiz
    alone    a lesson that plays by itself
"""

from __future__ import annotations

import streamlit as st

from explorer.contents.lessons.staged import staged
from explorer.lessons import Attack, Place, standing
from explorer.pages.frame import live
from explorer.pages.frame.progress import soon
from explorer.pages.parts import lectern
from explorer.pages.parts.lesson import alone, attack, card, picture, ways
from explorer.session.tab import Tab

KEY = "lessons"  # of the job, and of the page


def show(tab: Tab, place: Place) -> None:
    """Draw the step at which one stands, or the end of the lesson."""
    tab.slid.clear()
    step, found = place.step, None
    if step is None:
        alone.play(False)
        ways.end(place)
        return
    if isinstance(step, Attack):
        ways.head(place)
        attack.show(tab, place, step)
        ways.on(place)
    else:
        view = standing(step, place.answer)
        content = (place.key, place.at, view.base.key(), view.specs(), step.others)
        job = tab.jobs.job(KEY, content, lambda tick: staged(step, view, tab.desk, tick))
        soon(job, lambda found: found.complete)
        found = job.partial
        lectern.sync(place, view, found)
        with st.container(key="lesson_two"):  # side by side where the window is wide; see style.css
            with st.container(key="lesson_card"):
                ways.head(place)
                card.show(place, view, found)
                ways.on(place)
            with st.container(key="lesson_picture", gap="small"):
                picture.show(place, view, job)
        live.tell(tab, view)
    if alone.playing():
        alone.play_on(place, found)
