"""Show how the knobs of a recorded method were found: every trial, by both judges, against each knob."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.contents.recorded import tuned
from explorer.contents.recorded.runs import Opened
from explorer.contents.words import method_title
from explorer.figures.trials import trials
from explorer.pages.frame.mode import mode
from explorer.pages.parts.chart import chart
from explorer.session.tab import Tab

LOOK = (
    "Look at whether the good trials lie close together, and whether the best is at the end of a range. A cross is a "
    "model that lost more than half of what retrained keeps. What it does not show: how the knobs hang together; a "
    "trial is one dot in each panel."
)


def show(tab: Tab, opened: Opened, method: str) -> None:
    """Draw the trials of one method, folded; nothing where it has none.

    Args:
        tab: the browser tab.
        opened: the folder.
        method: its key; "" for none.
    """
    made = opened.trials.get(method, [])
    if not made:
        return
    with st.expander(f"Tuned how: {method_title(method)}, {len(made)} trials", key=f"tuned:{opened.name}:{method}"):
        st.caption(f"{tuned.sentence(opened, method)}. {tuned.JUDGES}")
        knobs, now = tuned.axes(method, made), mode()
        if knobs:
            figure: Any = tab.kept(
                "images:trials", (opened, method, now), lambda: trials(knobs, tuned.judged(made), mode=now)
            )
            chart(figure, "images:trials")
            st.caption(LOOK)
        st.dataframe(tuned.all_values(made), hide_index=True)
