"""Whether the page is light or dark."""

from __future__ import annotations

import streamlit as st

from explorer.figures.theme import Mode


def mode() -> Mode:
    """Return whether the page is light or dark, for figures."""
    theme = st.context.theme.type
    return "dark" if theme == "dark" else "light"
