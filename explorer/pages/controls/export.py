"""Take what is on screen away, and bring it back: links, files, the stored results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.experiments.store.store import DISK_CAP
from explorer.pages.frame import store
from explorer.pages.frame.binding import controlled, current, on_change
from explorer.view import HIDEABLE, LAYOUTS, View

Json = Mapping[str, Any]
MAX_FILE = 1_000_000  # bytes of a Spec or View file


def controls(view: View, specs: Mapping[str, Json]) -> None:
    """Draw the group *Share and export* of the sidebar.

    Args:
        view: what is shared.
        specs: title -> JSON of each run that the page offers as a file.
    """
    st.caption("The address of this page is the picture: copy it from the address bar.")
    st.segmented_control(
        "Size", LAYOUTS, default=view.layout, key=controlled("layout", view.layout), required=True,
        format_func=lambda name: {"auto": "screen", "projector": "projector"}[name],
        **on_change("layout", lambda view, layout: replace(view, layout=layout)),
    )  # fmt: skip
    st.multiselect(
        "Leave out controls", HIDEABLE, default=list(view.hidden), key=controlled("hidden", list(view.hidden)),
        help="For a class: the link then shows the picture without these controls.",
        **on_change("hidden", lambda view, hidden: replace(view, hidden=tuple(n for n in HIDEABLE if n in hidden))),
    )  # fmt: skip
    st.download_button(
        "View as JSON", json.dumps(view.as_json(), indent=1), "view.json", "application/json",
        icon=":material/download:", on_click="ignore", width="stretch",
        help="Every setting of this page; open it here again.",
    )  # fmt: skip
    for title, spec in specs.items():
        st.download_button(
            title, json.dumps(spec, indent=1), "spec.json", "application/json",
            icon=":material/download:", on_click="ignore", width="stretch",
            help="One run, as `python -m explorer run spec.json` takes it.",
        )  # fmt: skip
    st.file_uploader("Open a View or Spec", type=["json"], key="open", on_change=_open, max_upload_size=2)
    _stored()


_WHERE = {True: "on the page CIFAR", False: "on the pages before this one"}


def _open() -> None:
    file = st.session_state["open"]
    if file is None:
        return
    tab = current()
    try:
        view = read_view(file.getvalue())
    except ValueError as error:
        tab.notice = f"{file.name}: {error}"
        return
    tab.change(replace(view, page=tab.view.page))
    if "images" in (view.page, tab.view.page) and view.page != tab.view.page:
        tab.notice = f"{file.name} is open, but what it describes stands {_WHERE[view.page == 'images']}."


def read_view(content: bytes) -> View:
    """Return the view that an exported file describes.

    Raises:
        ValueError: one sentence, if it describes none.
    """
    if len(content) > MAX_FILE:
        raise ValueError(f"a View must be at most {MAX_FILE:,} bytes, got {len(content):,}")
    try:
        return View.parse(_read_json(content))
    except RecursionError:
        raise ValueError("the file is nested too deeply to be a View or a Spec") from None


# `Any`: JSON has no type of its own.
def _read_json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"))
    except ValueError:  # what is not UTF-8 is one, too
        raise ValueError("the file must hold a View or a Spec as JSON; this is not JSON") from None


def _stored() -> None:
    size, cap, notice = store.size(), DISK_CAP, store.store().notice
    if notice:
        st.caption(notice)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Stored results take {size / 1e6:.0f} MB of at most {cap / 1e6:.0f} MB.", width="stretch")
        st.button("Clear", key="clear", type="tertiary", on_click=store.clear, help="They are computed anew on demand.")
