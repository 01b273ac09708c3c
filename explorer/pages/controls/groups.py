"""Lay out a sidebar: the way back, then the groups of controls that the view does not hide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import streamlit as st

from explorer.pages.frame.binding import act
from explorer.session.tab import Tab
from explorer.view import View


class Group(NamedTuple):
    """One group: its name in `View.hidden`, its title, what draws it, and whether it is open at first."""

    name: str
    title: str
    draw: Callable[[], None]
    open: bool


def undo(tab: Tab) -> None:
    """Draw the ways back: to the view before, and to the one on which the explorer opens."""
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Undo", icon=":material/undo:", key="undo", disabled=not tab.past, on_click=tab.undo, type="tertiary",
            help="Back to what was there before the last change.",
        )  # fmt: skip
        st.button(
            "Reset all", icon=":material/restart_alt:", key="reset", type="tertiary",
            on_click=lambda: act(lambda view: replace(View.default(), page=view.page)),
            disabled=not tab.address(),
            help="Back to the picture on which the explorer opens.",
        )  # fmt: skip


def draw(groups: Sequence[Group], view: View, where: str = "") -> None:
    """Draw the groups, each in an expander.

    Args:
        groups: in this order.
        view: says which are hidden.
        where: what the keys of the expanders start with.
    """
    for group in groups:
        if group.name not in view.hidden:
            with st.expander(group.title, expanded=group.open, key=f"group:{where}{group.name}"):
                group.draw()
