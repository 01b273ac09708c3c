"""Take what is on screen away, and bring it back: links, files, the stored results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer import public
from explorer.pages.controls import report
from explorer.pages.controls.give import give
from explorer.pages.frame.binding import controlled, current, on_change
from explorer.pages.frame.here import on_this_machine
from explorer.session import desk, store
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
    report.offer(view)
    for title, spec in specs.items():
        st.download_button(
            title, json.dumps(spec, indent=1), "spec.json", "application/json",
            icon=":material/download:", on_click="ignore", width="stretch",
            help="One run, as `python -m explorer run spec.json` takes it.",
        )  # fmt: skip
    give("Open a View or Spec", "open", ("json",), _open, help_="A file that this page wrote.", most=2)
    _stored()


_WHERE = {True: "on the page CIFAR", False: "on the pages before this one"}


def _open(name: str, content: bytes) -> None:
    tab, view = current(), read_view(content)
    tab.change(replace(view, page=tab.view.page))
    if "images" in (view.page, tab.view.page) and view.page != tab.view.page:
        tab.notice = f"{name} is open, but what it describes stands {_WHERE[view.page == 'images']}."


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
    size, cap, notice = store.size(), store.store().cap, store.store().notice
    if notice:
        st.caption(notice)
        return
    st.caption(
        f"Stored results take {size / 1e6:.0f} MB of at most {cap / 1e6:.0f} MB, shared by all who open this server. "
        "When they are full, those unused for longest go by themselves."
    )
    if on_this_machine() and not public.is_public():
        with st.popover("Clear stored results", type="tertiary"):
            st.write(f"{CLEARING} Nothing that was saved or linked is lost: it is computed anew on demand.")
            st.button(f"Remove {size / 1e6:.0f} MB", key="clear", type="primary", on_click=desk.clear)


CLEARING = "This removes the results of everybody who uses this server. Their next pictures take longer."
