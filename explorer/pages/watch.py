"""*Watch*: several methods move the boundary side by side, and the numbers say how close each comes to retraining."""

from __future__ import annotations

import streamlit as st

from explorer.contents.picture import Picture, panel_names
from explorer.contents.requests import told
from explorer.contents.tables import numbers
from explorer.pages.frame.binding import current
from explorer.pages.parts import presets, said, sweep
from explorer.pages.parts.facts import facts
from explorer.pages.parts.stage import stage
from explorer.view import View


def show() -> None:
    """Draw the page."""
    tab = current()
    with st.container(key="page"):
        if "presets" not in tab.view.hidden:
            presets.show(tab.view)
        stage(tab, _below)
        sweep.show(tab, tab.view)


def _below(view: View, picture: Picture) -> None:
    said.spelled(view)
    facts(picture)
    if "numbers" in view.hidden:
        return
    names = panel_names(view)
    titled = {
        name: (panel.title, picture.numbers[name])
        for name, panel in zip(names, view.panels, strict=True)
        if name in picture.numbers
    }
    if titled:
        st.html(told(numbers.table(titled, stale=picture.stale), view.base.request.kind))
        st.caption(f"{numbers.HOW_TO_READ} {numbers.NOT_SHOWN}")
        if "export" not in view.hidden:
            st.download_button(
                "Numbers as CSV", lambda: numbers.as_csv(titled), "numbers.csv", "text/csv",
                icon=":material/download:", on_click="ignore", type="tertiary",
            )  # fmt: skip
