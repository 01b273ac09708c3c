"""Tell the player which sliders it follows while they move; explorer/player/live.js does the following.

Streamlit hears of a slider when it is let go. Until then the player asks `explorer.service` for the picture at the
place where the slider stands. A widget says so where it is drawn, by `follow`; `tell` hands all of them over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from explorer.contents import audits, blobs
from explorer.contents.picture import panel_names
from explorer.pages.frame.binding import current
from explorer.service import PICTURE, under
from explorer.session.tab import Slid, Tab
from explorer.view import View

Place = tuple[str | int, ...]  # the way to a group of fields in a View's JSON, for instance ("base", "data")
#: Pages with a player that draws a View. A step of a lesson hands its own View over, which is one of *watch*.
PLAYED = ("watch", "method", "tradeoff", "streams")

_SCRIPT = """
export default function ({ parentElement, data }) {
  document.explorerControls = data;
  document.dispatchEvent(new Event("explorer-controls"));
  return () => {
    if (!parentElement.isConnected && document.explorerControls === data) delete document.explorerControls;
  };
}
"""


def follow(key: str, place: Place, at: float, stops: Sequence[Any] | None = None) -> None:
    """Let the player follow a slider.

    Args:
        key: under which it was drawn, as `binding.controlled` returns it.
        place: of its value in the View's JSON.
        at: where it stands: its value, or the number of a stop.
        stops: what its places mean, where it is a list of them.
    """
    current().slid[key] = Slid(place, at, tuple(stops) if stops is not None else None)


def tell(tab: Tab, shown: View | None = None) -> None:
    """Hand the sliders that were drawn in this run to the player; call it last.

    Args:
        tab: the browser tab.
        shown: what the player draws, where that is not the tab's View.
    """
    view = shown or tab.view
    controls = [_control(key, slid, view) for key, slid in tab.slid.items()] if _draws(view) else []
    # What was uploaded is for the tab's own player alone.
    owner = tab.secret() if view.base.data.name == "csv" else ""
    route = under(st.get_option("server.baseUrlPath"), PICTURE)
    component = st.components.v2.component("explorer_live", js=_SCRIPT)  # type: ignore[attr-defined]
    component(key="live", data={"route": route, "tab": tab.news.name, "owner": owner, "controls": controls})


def _draws(view: View) -> bool:
    """Say whether the view's page has a player that draws it."""
    return view.page in PLAYED or (view.page == "audits" and audits.in_player(view))


def _control(key: str, slid: Slid, view: View) -> dict[str, Any]:
    alone = view.page == "method"
    shown = view.alone(view.focus) if alone else view
    whole = slid.place[0] != "panels"
    panel, place = shown.focus, slid.place
    page = {"page": view.page} if view.page in blobs.ALONE else {}
    if not whole:
        panel = 0 if alone else int(slid.place[1])
        place = ("panels", panel, *slid.place[2:])
    return {
        "widget": "st-key-" + re.sub(r"[^A-Za-z0-9_-]", "-", key),
        "panel": panel,
        "name": panel_names(shown)[panel],
        "query": urlencode({**page, **shown.template(*place)}),
        "stops": slid.stops,
        "at": slid.at,
        "whole": whole,
    }
