"""*Lessons*: the list of them, or the step of the one that is open."""

from __future__ import annotations

import streamlit as st

from explorer.contents import glossary
from explorer.lessons import first_of, lessons, place_of
from explorer.pages.frame.binding import current, publish
from explorer.pages.parts import lectern, lesson
from explorer.session.tab import Tab


def show() -> None:
    """Draw the page."""
    tab = current()
    known = lessons()
    place = place_of(tab.view, known)
    with st.container(key="page"):
        if place.trouble:
            st.info(place.trouble, icon=":material/link_off:")
            tab.view = first_of(tab.view, place.key)
            tab.ignored = [place.trouble]  # it stays until the next step
            publish()
        lectern.keep(tab)
        lectern.line(tab)
        if lectern.at_door(tab):
            lectern.rest()
            lectern.door(tab)
        elif place.lesson is None:
            lectern.rest()
            _list()
        else:
            lesson.show(tab, place)


def sidebar(tab: Tab) -> None:
    """Leave the sidebar empty: a lesson has its controls beside its picture."""


def _list() -> None:
    st.html(
        '<p class="ue-start ue-lesson">'
        + glossary.marked("Short lessons on machine unlearning. Each one asks you to guess before it shows.")
        + "</p>"
    )
    with st.container(key="lessons_list", gap="small"):
        for number, (key, one) in enumerate(lessons().items(), 1):
            with st.container(key=f"lesson_item:{key}", border=True, horizontal=True, vertical_alignment="center"):
                st.page_link(
                    st.session_state["pages"]["lessons"], label=f"**{number}. {one.title}**",
                    query_params={"v": "1", "lesson": key},
                )  # fmt: skip
                st.html(f"<p>{glossary.escape(one.question)} <small>{one.minutes} min</small></p>")
