"""*Decks*: talks that are there, one's own, and a file of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape

import streamlit as st

from explorer.contents import glossary, slides
from explorer.decks import MAX_NOTE, MAX_SAYS, MAX_TITLE, Deck, Slide, known
from explorer.knobs import shorten
from explorer.lessons import lessons
from explorer.pages.controls.give import REFUSED, give
from explorer.pages.frame import presenting
from explorer.pages.frame.binding import current
from explorer.session.tab import Tab

SAYS = "Talks for a projector: a picture, its title and one sentence, and your notes in a second window."
KEYS = (
    "Page Down and Page Up go on and back, B or . makes the screen black, space plays, the arrows step frames, "
    "N opens your notes, C a class on phones, F fills the screen."
)
FEW_SECONDS = "One HTML file that plays without a server. Its pictures are computed first, which takes a while."


def show() -> None:
    """Draw the page."""
    tab = current()
    with st.container(key="page"):
        st.html(f'<p class="ue-start ue-lesson">{glossary.marked(SAYS)}</p>')
        st.caption(KEYS)
        _own(tab)
        ready = known()
        _list("Pictures", {key: deck for key, deck in ready.items() if key not in lessons()})
        _list("Lessons", {key: deck for key, deck in ready.items() if key in lessons()})


def sidebar(tab: Tab) -> None:
    """Leave the sidebar empty: a deck has its controls beside its slides."""


def _list(title: str, decks: dict[str, Deck]) -> None:
    st.html(f"<h2>{escape(title)}</h2>")
    with st.container(key=f"decks:{title.lower()}", gap="small"):
        for key, deck in decks.items():
            _row(key, deck)


def _row(key: str, deck: Deck) -> None:
    with st.container(key=f"deck_item:{key}", border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f"<p><b>{escape(deck.title)}</b> <small>{len(deck.slides)} slides</small></p>")
        st.link_button(
            "Present", presenting.route(f"?deck={key}"), icon=":material/present_to_all:", type="tertiary",
            help=presenting.HOW,
        )  # fmt: skip
        st.button(
            "Add to your deck", key=f"deck:take:{key}", icon=":material/add_to_photos:", type="tertiary",
            on_click=_take, args=(deck,),
        )  # fmt: skip
        _as_page(key, deck)


def _as_page(key: str, deck: Deck) -> None:
    st.download_button(
        "Page that plays by itself", partial(slides.page, deck, current().desk), f"{key}.html", "text/html",
        key=f"deck:page:{key}", icon=":material/download:", on_click="ignore", type="tertiary", help=FEW_SECONDS,
    )  # fmt: skip


# --- one's own --------------------------------------------------------------------------------------------------------


def _own(tab: Tab) -> None:
    st.html("<h2>Your own</h2>")
    deck = tab.deck
    if tab.notice and tab.shown.get(REFUSED, ("", ""))[1] != tab.notice:
        st.html(f'<p class="ue-refused" role="alert">{escape(tab.notice)}</p>')
    if not deck.slides:
        st.caption(
            "No slides yet. On any page *Add this picture to a deck* puts what you see on a slide; or begin with a "
            "deck from below; or open a file."
        )
    else:
        with st.container(key="deck_own", gap="small"):
            st.text_input(
                "Title of the talk", deck.title, max_chars=MAX_TITLE, key=_nth("deck:title"),
                on_change=lambda: _change(lambda deck, text: replace(deck, title=text), "deck:title"),
            )  # fmt: skip
            _ways(deck)
            for number, slide in enumerate(deck.slides):
                _slide(number, slide, len(deck.slides))
    with st.container(key="deck_give"):
        give("Open a deck", "deck_file", ("json",), _opened, help_="A file that this page wrote.", most=2)


def _ways(deck: Deck) -> None:
    with st.container(horizontal=True, gap="small", key="deck_ways"):
        st.link_button(
            "Present", presenting.own(deck), icon=":material/present_to_all:", type="primary", help=presenting.HOW
        )
        st.download_button(
            "Save as a file", json.dumps(deck.as_json(), indent=1, ensure_ascii=False), "deck.json", "application/json",
            icon=":material/save:", on_click="ignore", help="It opens here again; this tab keeps the deck until then.",
        )  # fmt: skip
        _as_page("deck", deck)
        st.button("Begin anew", key="deck:anew", type="tertiary", on_click=lambda: _keep(Deck()))


def _slide(number: int, slide: Slide, count: int) -> None:
    """Draw one slide: what it shows, what it says, its note, and the way to another place."""
    said = f": {shorten(slide.says, 70)}" if slide.says else ""
    with st.expander(f"{number + 1}. {slide.title or shorten(slide.link)}{said}"):
        if slide.trouble:
            st.html(f'<p class="ue-refused" role="alert">{escape(slide.trouble)}</p>')
        for name, label, most in (("title", "Title", MAX_TITLE), ("says", "One sentence", MAX_SAYS)):
            key = f"deck:{number}:{name}"
            st.text_input(
                label, getattr(slide, name), max_chars=most, key=_nth(key),
                on_change=lambda name=name, key=key: _change(_with(number, name), key),
            )  # fmt: skip
        key = f"deck:{number}:note"
        st.text_area(
            "Note, for you alone", slide.note, max_chars=MAX_NOTE, key=_nth(key), height=90,
            on_change=lambda key=key: _change(_with(number, "note"), key),
        )  # fmt: skip
        with st.container(horizontal=True, gap="small", key=f"deck_places:{number}"):
            for label, icon, to, off in (
                ("Earlier", "arrow_upward", number - 1, number == 0),
                ("Later", "arrow_downward", number + 1, number == count - 1),
                ("Take it out", "delete", None, False),
            ):
                st.button(
                    label, key=f"deck:{number}:{icon}", icon=f":material/{icon}:", type="tertiary", disabled=off,
                    on_click=_place, args=(number, to),
                )  # fmt: skip


def _nth(key: str) -> str:
    """Return the key of a text under which it is drawn; a deck that was changed elsewhere draws its texts anew."""
    return f"{key}:{current().shown.get('deck:nth', 0)}"


def _change(make: Callable[[Deck, str], Deck], key: str) -> None:
    """Put a text that was typed into the deck; what is drawn already shows it."""
    tab = current()
    tab.deck = make(tab.deck, str(st.session_state[_nth(key)]))


def _with(number: int, name: str) -> Callable[[Deck, str], Deck]:
    def make(deck: Deck, text: str) -> Deck:
        slides = list(deck.slides)
        slides[number] = replace(slides[number], **{name: text})
        return replace(deck, slides=tuple(slides))

    return make


def _place(number: int, to: int | None) -> None:
    """Move a slide to another place, or take it out."""
    slides = list(current().deck.slides)
    slide = slides.pop(number)
    if to is not None:
        slides.insert(to, slide)
    _keep(replace(current().deck, slides=tuple(slides)))


def _take(deck: Deck) -> None:
    tab = current()
    try:
        _keep(replace(tab.deck.adding(deck.slides), title=tab.deck.title or deck.title))
    except ValueError as error:
        tab.notice = str(error)


def _opened(name: str, content: bytes) -> None:
    _keep(Deck.read(content))


def _keep(deck: Deck) -> None:
    tab = current()
    tab.deck = deck
    tab.shown["deck:nth"] = tab.shown.get("deck:nth", 0) + 1
