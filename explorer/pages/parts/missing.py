"""What stands in place of a page that cannot show its view here: points that this tab was not given, or too many."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explorer.pages.controls import own_points
from explorer.pages.controls.sidebar import on_points
from explorer.pages.frame.binding import act
from explorer.view import View


def show(sha256: str) -> None:
    """Ask for the file, or offer to go on without it.

    Args:
        sha256: of the points; "" where the link names none.
    """
    with st.container(key="page"):
        st.markdown("#### This picture needs a CSV file")
        which = f" (SHA-256 {sha256[:12]}…)" if sha256 else ""
        st.write(
            f"It shows points of a file{which}. Points stay in the tab that was given them: a link names them and does "
            "not hold them. Give the file here, and the picture opens."
        )
        own_points.give_again(sha256, on_points)
        st.button(
            "Open two moons instead", key="missing:moons", icon=":material/arrow_forward:",
            on_click=lambda: act(_without),
            help="The same methods and settings, on the data on which the explorer opens.",
        )  # fmt: skip


def too_large(sentence: str) -> None:
    """Say why a public demo does not compute a view, and offer the one on which the explorer opens."""
    with st.container(key="page"):
        st.markdown("#### This picture is too large for the demo")
        st.write(f"{sentence} Installed on your own machine, the explorer computes it.")
        st.button(
            "Open the first picture instead", key="missing:first", icon=":material/arrow_forward:",
            on_click=lambda: act(lambda view: replace(View.default(), page=view.page)),
        )  # fmt: skip


def _without(view: View) -> View:
    """Return the view on the default data, without rows of a file."""
    rows = tuple(row for row in view.rows if getattr(row.value, "name", "") != "csv")
    changed = replace(view, rows=rows)
    if view.base.data.name != "csv":
        return changed
    first = View.default().base.as_json()
    return replace(changed, base=view.base.with_part(data=first["data"], request=first["request"]))
