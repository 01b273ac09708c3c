"""Draw what a page is about: points of a plane or recorded runs, and which of those; damage is one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.contents.recorded.runs import Opened, at_first, listed, open_runs, places
from explorer.experiments.cifar import files, own
from explorer.pages.frame.binding import controlled, on_change
from explorer.session import store
from explorer.view import ABOUT, View

TITLES = {"points": "Points of a plane", "images": "Photographs (recorded)"}


def switch(key: str, now: str, make: Callable[[View, str], View]) -> None:
    """Draw the switch between points of a plane and recorded runs.

    Args:
        key: of the widget.
        now: what the page is about, one of ABOUT.
        make: the view about the other.
    """
    st.segmented_control(
        "About", ABOUT, default=now, required=True, key=controlled(key, now), label_visibility="collapsed",
        format_func=TITLES.__getitem__, **on_change(key, make, ABOUT),
    )  # fmt: skip


def runs(
    key: str, wished: str, make: Callable[[View, str], View], *, first: Callable[[Mapping[str, Path]], str] = at_first,
    into: Any = st,
) -> Opened | None:  # fmt: skip
    """Draw the choice of recorded runs; return those that are chosen, or None where a sentence says why there are none.

    Args:
        key: of the widget.
        wished: name of the folder that the view asks for.
        make: the view with another folder.
        first: the folder that is shown where the one asked for is not here.
        into: the container that takes the widget; `Any`: streamlit itself is one.
    """
    found = all_runs()
    if not found:
        st.info("No recorded runs are here: `python -m explorer record` makes them.", icon=":material/folder_off:")
        return None
    name = wished if wished in found else first(found)
    titles = {one: listed(one, place) for one, place in found.items()}
    into.selectbox(
        "Recorded runs", list(found), index=list(found).index(name), key=controlled(key, name),
        format_func=titles.__getitem__, **on_change(key, make, found),
    )  # fmt: skip
    return opened(name, found[name])


def all_runs() -> dict[str, Path]:
    """Return every folder of recorded runs by its name in the View."""
    return places(files.SHIPPED, own.own_root(store.store()))


def opened(name: str, place: Path) -> Opened | None:
    """Return what a folder holds, or None where a sentence says why it cannot be read."""
    try:
        return open_runs(name, place)
    except files.Unreadable as error:
        st.error(sentence(str(error)), icon=":material/broken_image:")
        return None


def sentence(text: str) -> str:
    """Return a text with a capital at its head and a full stop at its end."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
