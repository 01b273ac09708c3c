"""Draw what stands around each step of a lesson: its title, the ways on, and its end."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from explorer.contents.glossary import marked
from explorer.contents.lessons.handout import handout
from explorer.lessons import SKIPPED, Place, Try, first_of, lessons
from explorer.pages.frame.binding import act, current
from explorer.pages.parts import lectern
from explorer.pages.parts.lesson import alone, steps


def head(place: Place) -> None:
    """Draw the title, and how far one has come."""
    assert place.lesson is not None
    count = len(place.lesson.steps)
    share = 100 * (place.at + 1) / (count + 1)
    st.html(
        f'<h2 class="ue-lesson">{escape(place.lesson.title)}</h2>'
        f'<div class="ue-place" role="img" aria-label="Step {place.at + 1} of {count}">'
        f'<i style="width:{share:.0f}%"></i></div>'
    )


def on(place: Place) -> None:
    """Draw the ways back and on, and those that take the whole lesson: by itself, or with a class."""
    step = place.step
    with st.container(horizontal=True, gap="small", key="lesson_ways"):
        st.button(
            "Back",
            key="lesson:back",
            type="tertiary",
            icon=":material/arrow_back:",
            on_click=steps.go,
            args=(place.at - 1,),
        )
        of_class = lectern.room() is not None
        if place.locked and not of_class:
            st.button("Skip", key="lesson:skip", type="tertiary", on_click=steps.answer, args=(SKIPPED,))
        elif not place.locked:
            st.button(
                "Next", key="lesson:next", type="secondary" if isinstance(step, Try) else "primary",
                on_click=steps.go, args=(place.at + 1,),
            )  # fmt: skip
        playing = alone.playing()
        if (playing or place.at == 0) and not of_class:
            st.button(
                "Stop playing" if playing else "Play all", key="lesson:auto", type="tertiary",
                icon=":material/stop:" if playing else ":material/slideshow:", on_click=alone.play, args=(not playing,),
                help="The lesson goes on by itself, without a guess of yours.",
            )  # fmt: skip
        if place.at == 0 and not playing and not of_class:
            lectern.opener()


def end(place: Place) -> None:
    """Draw the end of a lesson: what one can say now, the handout, and the next lesson."""
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
                "Back", key="lesson:back", type="tertiary", icon=":material/arrow_back:", on_click=steps.go,
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
