"""Draw the controls of a stream of requests: its order above the picture, its size in the sidebar."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.knobs import knob_infos
from explorer.pages.frame.binding import controlled, on_change
from explorer.spec import ORDERS, Sequence
from explorer.view import View

TITLES: Mapping[str, str] = {
    "cluster": "From one end of a class", "random": "At random", "boundary": "Nearest to the boundary first",
}  # fmt: skip


def order(view: View) -> None:
    """Draw the choice of the order."""
    now = view.looks.streams.order
    st.segmented_control(
        "Order", ORDERS, default=now, required=True, key=controlled("order", now), label_visibility="collapsed",
        format_func=TITLES.__getitem__,
        **on_change("order", lambda view, name: view.looking("streams", order=name), ORDERS),
    )  # fmt: skip


def size(view: View, names: tuple[str, ...]) -> None:
    """Draw how many requests come, of how many points, and of which class.

    Args:
        view: the view.
        names: one a class.
    """
    look, infos = view.looks.streams, knob_infos(Sequence)
    for name in ("batches", "size"):
        info, now, key = infos[name], getattr(look, name), f"stream:{name}"
        st.number_input(
            info.title, int(info.low or 1), int(info.high or 1), value=now, step=1, key=controlled(key, now),
            help=info.help,
            **on_change(key, lambda view, value, name=name: view.looking("streams", **{name: int(value)})),
        )  # fmt: skip
    if look.order == "cluster" and names:
        known = list(range(len(names)))
        now = look.label if look.label in known else None
        st.selectbox(
            infos["label"].title, known, index=now, key=controlled("stream:label", now), format_func=names.__getitem__,
            help=infos["label"].help,
            **on_change("stream:label", lambda view, value: view.looking("streams", label=int(value)), known),
        )  # fmt: skip
    st.caption(f"{look.batches * look.size} points in all. Other pages keep their own request.")
