"""What every page has in common: style, the first picture before torch is there, the address, the sidebar."""

from __future__ import annotations

import gc
import importlib
import itertools
import sys
import threading
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from explorer import public
from explorer.pages.frame import binding, news, paper, presenting
from explorer.player import SHIPPED
from explorer.session.quota import over_quota
from explorer.session.tab import Tab
from explorer.spec.catalog import CATALOG
from explorer.view import GROUPS, PAGES

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
    from explorer.service import pictures  # noqa: F401  # the first hand would wait for what it imports
    from explorer.session import desk
    from explorer.view import View

    # What is imported by now never goes: `freeze` leaves torch's many objects out of every collection.
    try:
        desk.workers().warm(picture.warm_up)
        View.default()
        gc.freeze()
    finally:
        ready.set()  # a broken plug-in is then said by the page that needs it


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
    binding.after_hand()
    st.html(f"<style>{STYLE.read_text(encoding='utf-8')}{_between_groups()}</style>")
    chosen = st.navigation(pages, position="top")
    name = chosen.url_path or PAGES[0]
    if name == PAGES[0]:
        _follow_page(pages)
    st.session_state["pages"] = {one.url_path or PAGES[0]: one for one in pages}
    st.html(f'<h1 class="ue-title">Unlearning Explorer: {chosen.title}</h1>')  # on paper, where no navigation is
    if not warm():
        _first_picture(name)
    tab = binding.begin(name)
    if tab.view.layout == "projector":
        st.html("<style>:root{--ue-scale:1.25} html{font-size:125%}</style>")
    for sentence in tab.ignored:
        st.info(sentence[:1].upper() + sentence[1:], icon=":material/link_off:")
    for sentence in CATALOG.broken:
        st.html(f'<p class="ue-refused" role="alert">{escape(_homely(sentence))}. It is left out.</p>')
    if public.is_public():
        st.caption(public.SENTENCE)
    if _stands_in(tab):
        return
    try:
        chosen.run()  # before the sidebar: the picture is what the user waits for
    except Exception:
        _sidebar(tab)  # a page that fails can still be changed
        raise
    presenting.ways(tab)
    _sidebar(tab)
    presenting.key(tab)
    news.wait_whole(tab)
    paper.fit()


def _between_groups() -> str:
    """Return the style that draws a thin line in the navigation before each group of pages but the first."""
    firsts = list(itertools.accumulate(len(group) for group in GROUPS[:-1]))
    items = ",".join(f'[data-testid="stTopNav"] > .rc-overflow-item:nth-child({first + 1})' for first in firsts)
    line = "border-left: 1px solid color-mix(in srgb, currentColor 25%, transparent)"
    # No margin: what decides how many pages have room does not count it.
    return f"{items} {{ {line}; padding-left: .3rem; }}"


def _follow_page(pages: list[StreamlitPage]) -> None:
    """Go to the page that the address means, as `/?page=attacks`; a server with our routes has done so already."""
    query = binding.asked()
    meant = query.pop("page", "watch" if query else PAGES[0])
    if meant != PAGES[0]:
        there = {page.url_path: page for page in pages if page.url_path}
        st.switch_page(there.get(meant, there["watch"]), query_params=query)


def _homely(sentence: str) -> str:
    """Return a sentence with the home folder as ~, because the page may be projected."""
    return sentence.replace(str(Path.home()), "~")


def _stands_in(tab: Tab) -> bool:
    """Draw what stands in place of a page that cannot show the view here; say whether anything does."""
    lacking, refused = (tab.lacks(), over_quota(tab.view)) if tab.view.page != "images" else (None, "")
    if lacking is None and not refused:
        return False
    from explorer.pages.parts import missing

    if lacking is not None:
        missing.show(lacking)
    else:
        missing.too_large(refused)
    return True


def _sidebar(tab: Tab) -> None:
    """Draw the controls: a page's own, where it has some, else those of points of a plane."""
    from explorer.pages.controls import sidebar

    own = getattr(sys.modules.get(f"explorer.pages.{tab.view.page}"), "sidebar", None)
    (own or sidebar.sidebar)(tab)


def _first_picture(page: str) -> None:
    """Show what needs nothing computed until everything is imported, then run again."""
    if page == "start":
        importlib.import_module("explorer.pages.start").show()
        warming().wait()
        binding.rerun()
    blob = _before_torch(page)
    if blob is not None:
        from explorer.pages.frame import player

        with st.container(key="page"):
            player.mount(blob, key=f"player:{page}")
    else:
        st.html('<div class="ue-line ue-busy" role="status"><span>Starting …</span></div>')
    warming().wait()
    binding.rerun()


def _before_torch(page: str) -> bytes | None:
    """Return the player's bytes where a picture can be had without computing anything, else None."""
    if page == "images":
        from explorer.contents.recorded import player
        from explorer.experiments.cifar import files

        return player.first(binding.asked(), files.SHIPPED)
    return SHIPPED.read_bytes() if page == "watch" and not binding.asked() and SHIPPED.exists() else None
