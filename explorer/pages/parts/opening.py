"""Open some pages on a preset.

Those about attacks open on a model that has something to forget, and say how much that is on any other. The one about
streams opens on methods of which some hold and some break.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.contents import exposure as how_exposed
from explorer.contents.requests import told
from explorer.pages.frame.binding import current, publish, rerun
from explorer.pages.parts import presets
from explorer.pipeline import Exposure
from explorer.session.tab import Tab
from explorer.view import View
from explorer.view.presets import PRESETS

KEY = RECIPE = "memorise"  # the preset, and its recipe
STREAM = "one_after_another"
#: Group of pages -> why they show something of their own, and what the way out is called.
APART = {
    "attacks": (
        "Attacks, Trade-off and Quiz open on a model of their own, which has something to forget; the other pages "
        "keep theirs.",
        "Show the other pages' model here",
    ),
    "streams": (
        "Streams opens on methods of its own; the other pages keep theirs.",
        "Show the other pages' methods here",
    ),
}


def memorise(tab: Tab) -> None:
    """Show the preset of the pages about attacks, as `on_preset`."""
    on_preset(tab, KEY)


def on_preset(tab: Tab, key: str) -> None:
    """Show a preset in place of the default View, once a browser tab. A View that the user asked for stays.

    The other pages keep theirs.
    """
    done = f"opened:{key}"
    if tab.shown.get(done):
        return
    tab.shown[done] = True
    if tab.bare and untouched(tab.view):
        tab.part_ways(replace(preset(key), page=tab.view.page))
        publish()
        rerun()  # the sidebar shows the view before


def untouched(view: View) -> bool:
    """Return whether a view is the default one, wherever its animation stands."""
    return replace(view.outside(), page="watch", step=1.0) == View.default()


def preset(key: str = KEY) -> View:
    """Return the View of a preset; by default of that on which the pages about attacks open."""
    return next(preset for preset in PRESETS if preset.key == key).view()


def links(view: View) -> None:
    """Draw the presets of these pages, and the sentence of the one that is on screen."""
    if "presets" not in view.hidden:
        with st.container(horizontal=True, gap="small", key="presets"):
            for one in PRESETS:
                if one.group == "Attacks":
                    shown = one.view()
                    st.page_link(
                        st.session_state["pages"][view.page], label=one.title, help=one.sentence,
                        query_params=shown.to_query(),
                    )  # fmt: skip
    presets.preset_sentence(view)
    apart()


def apart() -> None:
    """Say that this page shows something of its own, with a way to have the same on all pages."""
    group = current().group(current().view.page)
    if group:
        said, way_out = APART[group]
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="apart"):
            st.caption(said)
            st.button(way_out, key="share", type="tertiary", on_click=current().share)


def exposed(exposure: Exposure | None) -> None:
    """Say how much there is to forget, with a link to more where it is little. Keep the place free until it is known.

    Recipes other than RECIPE mostly leave little to forget, which takes more place to say.
    """
    usual = getattr(current().view.base.training, "recipe", "") == RECIPE
    with st.container(key="exposure" if usual else "exposure_little", gap="small"):
        if exposure is None:
            st.html('<div aria-hidden="true"></div>')  # a container without anything in it takes no place
            return
        (st.warning if exposure.little else st.info)(
            told(how_exposed.sentence(exposure), current().view.base.request.kind), icon=":material/visibility:"
        )
        if exposure.little:
            st.page_link(
                st.session_state["pages"][current().view.page], label="Open a model that has something to forget",
                query_params=preset().to_query(), icon=":material/arrow_forward:",
            )  # fmt: skip
