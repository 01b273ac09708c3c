"""*Start*: what machine unlearning is, one moving picture of it, and where to go from here. Nothing is computed."""

from __future__ import annotations

from html import escape

import streamlit as st

from explorer.contents import front
from explorer.pages.frame import player
from explorer.player import START
from explorer.session.tab import Tab


def show() -> None:
    """Draw the page."""
    with st.container(key="page"):
        st.html(f'<p class="ue-start">{escape(front.WHAT)}</p>')
        player.mount(START.read_bytes(), key="player:start")
        st.markdown(front.LOOK, width=736)
        with st.container(key="doors", horizontal=True, gap="small"):
            for door in front.DOORS:
                with st.container(key=f"door:{door.title.lower()}", border=True, gap=None):
                    st.page_link(
                        st.session_state["pages"][door.page], label=f"**{door.title}**",
                        icon=f":material/{door.icon}:", query_params=dict(door.query) or None,
                    )  # fmt: skip
                    st.html(f"<p>{escape(door.says)}</p>")


def sidebar(tab: Tab) -> None:
    """Leave the sidebar empty: there is nothing to set here."""
