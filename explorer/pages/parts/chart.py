"""Draw a figure. Every chart of every page passes here, so that each has its alt text and the same tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import streamlit as st

from explorer.figures.layout import alt_text

#: No tools: what most charts offer.
PLAIN: Mapping[str, Any] = {"displaylogo": False, "displayModeBar": False}
_HIDDEN = '<p style="position:absolute;clip-path:inset(50%)">{}</p>'  # for screen readers only


def chart(
    figure: Any, key: str, *, config: Mapping[str, Any] = PLAIN, on_click: Callable[[], None] | None = None
) -> None:
    """Draw a figure and, for screen readers, what it shows.

    Args:
        figure: a plotly Figure whose layout holds its alt text (`figures.layout.dress`).
        key: of the widget; also its name in the session where points can be clicked.
        config: plotly's tools, for instance with a camera.
        on_click: called when a point was clicked; the points stand in the session under `key`.
    """
    picked: dict[str, Any] = {"on_select": on_click, "selection_mode": "points"} if on_click else {}
    st.plotly_chart(figure, theme=None, key=key, config=dict(config), **picked)
    st.html(_HIDDEN.format(escape(alt_text(figure))))
