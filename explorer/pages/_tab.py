"""Tie a Tab to Streamlit: the session keeps it, callbacks change it, the address bar says the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.pages._state import Tab
from explorer.view import View

_KEY = "explorer"
_NOTHING = object()


def opened() -> bool:
    """Return whether this browser tab has a state already."""
    return _KEY in st.session_state


def current() -> Tab:
    """Return the state of this browser tab."""
    return st.session_state[_KEY]


def begin(page: str) -> Tab:
    """Return the state of this browser tab, opened or brought in step with the address bar."""
    query = st.query_params.to_dict()
    if not opened():
        st.session_state[_KEY] = Tab.open(query, page)
    else:
        current().follow(query, page)
    publish()
    return current()


def publish() -> None:
    """Write the view into the address bar."""
    tab = current()
    tab.query = tab.address()
    if st.query_params.to_dict() != tab.query:
        st.query_params.from_dict(tab.query)


def controlled(key: str, value: Any) -> str:
    """Make the widget of this key show a value, whoever changed it, and return the key.

    The View is the only state: a widget the user moved already shows the View's value; after undo, a link or an upload
    it is set here, before it is drawn.
    """
    if st.session_state.get(key, _NOTHING) != value:
        st.session_state[key] = value
    return key


def on_change(key: str, make: Callable[[View, Any], View]) -> dict[str, Any]:
    """Return the arguments that let a widget make a new view from its value."""

    def changed() -> None:
        act(lambda view: make(view, st.session_state[key]))

    return {"on_change": changed}


def act(make: Callable[[View], View]) -> None:
    """Change the view; what is not allowed is said in one sentence and the view stays."""
    tab = current()
    try:
        tab.change(make(tab.view))
    except ValueError as error:
        tab.notice = str(error)
