"""The ways from a page to a talk: the key P, *Present*, and *Add this picture to a deck*.

A talk has a page of its own beside Streamlit's (`explorer.service`, the route `/present`), in a tab of its own, so that
this one stays as it is.
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from explorer.decks import BARE, Deck, alone
from explorer.lessons import lessons, place_of
from explorer.pages.frame.binding import current
from explorer.service import PRESENT, under
from explorer.session.tab import Tab
from explorer.view import View

OWN_POINTS = "Uploaded points are shown to their own tab only, so no deck can hold this picture."
HOW = "In a tab of its own, for a projector. Page Down and Page Up go on and back, B is black, space plays; N: notes."
#: Listens for P where nobody types, and opens the talk.
_KEY = """
export default function ({ parentElement, data }) {
  const open = (event) => {
    if (event.key.toLowerCase() !== "p" || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const [at] = event.composedPath();
    if (at.isContentEditable || (at.matches && at.matches("input:not([type=range]), textarea, select"))) return;
    if (data.address) window.open(data.address, "explorer-talk");
  };
  document.addEventListener("keydown", open);
  return () => document.removeEventListener("keydown", open);
}
"""


def route(query: str) -> str:
    """Return the address of a talk on this server, from what stands behind its path."""
    return under(st.get_option("server.baseUrlPath"), PRESENT) + query


def own(deck: Deck) -> str:
    """Return the address of a deck of one's own; it holds the deck, so nothing of it is kept on the server."""
    return route(f"#deck={deck.packed()}")


def address(view: View) -> str:
    """Return the address of the talk of what is on screen; "" where the page has no picture."""
    if not pictured(view) or view.base.data.name == "csv":
        return ""
    shown = view if view.page == "lessons" else view.outside()
    return route(f"?{urlencode({'page': view.page, **shown.to_query()})}")


def pictured(view: View) -> bool:
    """Return whether a page shows a picture that can stand on a slide."""
    if view.page in BARE:
        return False
    return view.page != "lessons" or place_of(view, lessons()).step is not None


def key(tab: Tab) -> None:
    """Let the key P open the talk of what is on screen; call it last."""
    component = st.components.v2.component("explorer_presents", js=_KEY)  # type: ignore[attr-defined]
    component(key="presents", data={"address": address(tab.view)})


def ways(tab: Tab) -> None:
    """Draw the buttons that present what is on screen, and that add it to the deck."""
    view = tab.view
    if not pictured(view) or "export" in view.hidden:
        return
    with st.container(horizontal=True, key="ways_to_present", gap="small"):
        if there := address(view):
            st.link_button("Present", there, icon=":material/present_to_all:", type="tertiary", help=f"{HOW} Key: P.")
        st.button(
            "Add this picture to a deck", key="deck:add", icon=":material/add_to_photos:", type="tertiary",
            on_click=add, help="Slides in your order, each with a note; see the page *Decks*.",
        )  # fmt: skip
        if tab.deck.slides:
            st.page_link(st.session_state["pages"]["decks"], label=f"Your deck: {_count(tab.deck)}")


def add() -> None:
    """Add what is on screen to the deck; what is not allowed is said in one sentence."""
    tab = current()
    if tab.view.base.data.name == "csv":
        tab.notice = OWN_POINTS
        return
    try:
        tab.deck = tab.deck.adding(alone(tab.view).slides)
    except ValueError as error:
        tab.notice = str(error)


def _count(deck: Deck) -> str:
    count = len(deck.slides)
    return f"{count} slide{'s' if count > 1 else ''}"
