"""What every page has in common: style, the first picture before torch is there, the address, the sidebar."""

from __future__ import annotations

import gc
import importlib
import sys
import threading
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer.pages.frame import binding
from explorer.player import SHIPPED
from explorer.session.tab import Tab

STYLE = Path(__file__).with_name("style.css")
ICON = str(Path(__file__).with_name("icon.png"))  # a file: a named icon would be fetched from the network
TITLES = {"tradeoff": "Trade-off", "images": "CIFAR"}


@cache
def warming() -> threading.Event:
    """Return the event that is set once torch is imported and the plug-ins are found."""
    ready = threading.Event()
    threading.Thread(target=_warm, args=(ready,), name="explorer-warm", daemon=True).start()
    return ready


def _warm(ready: threading.Event) -> None:
    from explorer.contents import picture
    from explorer.view import View

    # Streamlit collects all garbage after every run and holds the lock meanwhile; with torch's objects among what it
    # looks through, that takes a worker's time away. What is imported by now never goes: `freeze` leaves it out.
    try:
        View.default()
        gc.freeze()
    finally:
        ready.set()  # a broken plug-in is then said by the page that needs it
    picture.warm_up()
    gc.freeze()


def warm() -> bool:
    """Return whether everything heavy is imported."""
    return warming().is_set()


def page(name: str, *, default: bool = False) -> StreamlitPage:
    """Return the page of a file of this folder, which is imported when the page is first shown."""

    def show() -> None:
        importlib.import_module(f"explorer.pages.{name}").show()

    return st.Page(show, title=TITLES.get(name, name.capitalize()), url_path=name, default=default)


def run(pages: list[StreamlitPage]) -> None:
    """Show the chosen page.

    Args:
        pages: of `st.Page`; the first is the one on which the app opens.
    """
    st.html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")
    chosen = st.navigation(pages, position="top")
    name = chosen.url_path or "watch"
    if not warm():
        _first_picture(name)
    tab = binding.begin(name)
    st.session_state["pages"] = {one.url_path or "watch": one for one in pages}
    if tab.view.layout == "projector":
        st.html("<style>:root{--ue-scale:1.25} html{font-size:125%}</style>")
    for sentence in tab.ignored:
        st.info(sentence[:1].upper() + sentence[1:], icon=":material/link_off:")
    try:
        chosen.run()  # before the sidebar: the picture is what the user waits for
    except Exception:
        _sidebar(tab)  # a page that fails can still be changed
        raise
    _sidebar(tab)


def _sidebar(tab: Tab) -> None:
    """Draw the controls: a page's own, where it has some, else those of points of a plane."""
    from explorer.pages.controls import sidebar

    own = getattr(sys.modules.get(f"explorer.pages.{tab.view.page}"), "sidebar", None)
    (own or sidebar.sidebar)(tab)


def _first_picture(page: str) -> None:
    """Show a shipped picture until everything is imported, then run again."""
    blob = _before_torch(page)
    if blob is not None:
        from explorer.pages.frame import player

        with st.container(key="page"):
            player.mount(blob, key=f"player:{page}")
    else:
        st.html('<div class="ue-line ue-busy" role="status"><span>Starting …</span></div>')
    warming().wait()
    st.rerun()


def _before_torch(page: str) -> bytes | None:
    """Return the player's bytes where a picture can be had without computing anything, else None."""
    if page == "images":
        from explorer.contents.recorded import player
        from explorer.experiments.cifar import files

        return player.first(st.query_params.to_dict(), files.SHIPPED)
    return SHIPPED.read_bytes() if page == "watch" and not st.query_params and SHIPPED.exists() else None


def loaded() -> bool:
    """Return whether torch is imported; for tests."""
    return "torch" in sys.modules
