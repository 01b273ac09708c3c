"""Tie a Tab to Streamlit: the session keeps it, callbacks change it, the address bar says the same."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, NoReturn
from urllib.parse import parse_qs

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.session import hands
from explorer.session.desk import Workers, workers
from explorer.session.quota import over_quota
from explorer.session.tab import Tab
from explorer.view import View

_KEY = "explorer"
_NOTHING = object()
EMBEDS = ("embed", "embed_options")  # Streamlit's own


def opened() -> bool:
    """Return whether this browser tab has a state already."""
    return _KEY in st.session_state


def current() -> Tab:
    """Return the state of this browser tab."""
    return st.session_state[_KEY]


def after_hand() -> None:
    """Let the picture come first for which the player of this browser tab asks now."""
    if opened():
        hands.after(current().news.name)


def begin(page: str) -> Tab:
    """Return the state of this browser tab, opened or brought in step with the address bar."""
    query = asked()
    if not opened():
        tab = st.session_state[_KEY] = Tab.open(query, page)
        tab.jobs.alive = tab.news.alive = _alive()
        if served():
            tab.desk = Workers(workers(), tab.name)
        publish()
    else:
        tab, back = current(), bool(getattr(get_script_run_ctx(), "is_history_navigation", False))
        before = tab.query
        tab.follow(query, page, back=back, asked=not tab.runs_on)
        tab.runs_on = False
        publish(said=back or tab.query != before)
    return current()


def rerun() -> NoReturn:
    """Run the whole page again, from the app's own will."""
    if opened():
        current().runs_on = True
    st.rerun()


def asked() -> dict[str, str]:
    """Return the address of this run: what the browser asked with, or what this run has written since."""
    context = get_script_run_ctx()
    query = parse_qs(context.query_string if context else "", keep_blank_values=True)
    return {key: values[-1] for key, values in query.items() if key.lower() not in EMBEDS}


def served() -> bool:
    """Return whether a server runs this script; a test does so without one."""
    return runtime.exists() and type(runtime.get_instance()) is runtime.Runtime  # a test puts a mock in its place


def _alive() -> Callable[[], bool]:
    """Return a function that says whether this browser tab is connected. Without a server it always is."""
    context = get_script_run_ctx()
    if context is None or not served():
        return lambda: True
    return partial(runtime.get_instance().is_active_session, context.session_id)


def publish(*, said: bool = False) -> None:
    """Write the view into the address bar.

    A fragment writes nothing where the view is the same as before. The address of its run may then be another one all
    the same: the user just went back, and the run of the whole page that follows takes that over.

    Args:
        said: write it even where this run has that address. A run that ended after the user went back may have written
            another one, and a link from a page to itself leaves the browser's address as it was; the browser takes no
            step where its address is the same.
    """
    tab = current()
    fragment = bool(getattr(get_script_run_ctx(), "fragment_ids_this_run", None))
    if fragment:
        tab.hear(asked())  # only the browser asks for a fragment
    before, query = tab.query, tab.publish()
    if said or (query != before if fragment else asked() != query):
        st.query_params.from_dict(query)


def controlled(key: str, value: Any) -> str:
    """Return the key under which a widget is drawn; hand the widget `value` as its default too.

    The View is the only state. A widget that the user moved already shows the View's value. After undo, a link or an
    upload it does not: then it is made anew, under a new key, and shows its default. Setting the old one through
    Streamlit's session state is not enough: that message is lost when another run begins before it was sent, and the
    browser then reports the old value as if the user had chosen it.
    """
    tab = current()
    if st.session_state.get(_nth(tab, key), _NOTHING) != value:
        tab.said.pop(_nth(tab, key), None)
        tab.drawn[key] = tab.drawn.get(key, 0) + 1
    tab.said[_nth(tab, key)] = value
    return _nth(tab, key)


def _nth(tab: Tab, key: str) -> str:
    return f"{key}:{tab.drawn.get(key, 0)}"


def on_change(key: str, make: Callable[[View, Any], View], among: Collection[Any] | None = None) -> dict[str, Any]:
    """Return the arguments that let a widget make a new view from its value; call it after `controlled`.

    A slow browser may report a widget that the new view no longer shows. Streamlit takes that for a change. We compare
    with the value the widget had last, and ignore the report if they are equal.

    Args:
        key: as given to `controlled`.
        make: the view with the widget's value.
        among: what can be chosen. A browser that is behind names an old choice, which Streamlit hands on as text.
    """
    drawn = _nth(current(), key)

    def changed() -> None:
        if drawn != _nth(current(), key):
            return  # the browser has not heard yet that this widget is gone
        value = st.session_state[drawn]
        if current().said.get(drawn, _NOTHING) == value or (among is not None and value not in among):
            return
        current().said[drawn] = value
        act(lambda view: make(view, value))

    return {"on_change": changed}


def act(make: Callable[[View], View]) -> None:
    """Change the view. What is not allowed is said in one sentence, and the view stays."""
    tab = current()
    try:
        view = make(tab.view)
    except ValueError as error:
        tab.notice = str(error)
        return
    refused = over_quota(view)
    if refused:
        tab.notice = refused
    else:
        tab.change(view)
