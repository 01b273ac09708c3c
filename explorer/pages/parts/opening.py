"""Open the pages about attacks on a model that has something to forget, and say how much that is on any other."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.contents import exposure as how_exposed
from explorer.contents.requests import told
from explorer.pages.frame.binding import current, publish
from explorer.pages.parts import presets
from explorer.pipeline import Exposure
from explorer.session.tab import Tab
from explorer.view import View
from explorer.view.presets import PRESETS

KEY = RECIPE = "memorise"  # the preset, and its recipe
APART = (
    "Attacks and Trade-off open on a model of their own, which has something to forget; the other pages keep theirs."
)
_DONE = "opened:attacks"


def memorise(tab: Tab) -> None:
    """Show the preset in place of the default View, once a browser tab. A View that the user asked for stays.

    The other pages keep theirs.
    """
    if tab.shown.get(_DONE):
        return
    tab.shown[_DONE] = True
    if tab.bare and untouched(tab.view):
        tab.part_ways(replace(preset(), page=tab.view.page))
        publish()
        st.rerun()  # the sidebar shows the view before


def untouched(view: View) -> bool:
    """Return whether a view is the default one, wherever its animation stands."""
    return replace(view.outside(), page="watch", step=1.0) == View.default()


def preset() -> View:
    """Return the View of the preset on which these pages open."""
    return next(preset for preset in PRESETS if preset.key == KEY).view()


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
    _apart()


def _apart() -> None:
    """Say that this page shows a model of its own, with a way to have one model on all pages."""
    if current().aside is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="apart"):
            st.caption(APART)
            st.button("Show the other pages' model here", key="share", type="tertiary", on_click=current().share)


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
