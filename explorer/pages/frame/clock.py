"""Let the browser say when a while is over: the server keeps no clock, and a tab that is not seen stands still."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

_SCRIPT = """
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.host || parentElement;
  if (root.explorerPlace === data.place) return undefined;
  root.explorerPlace = data.place;
  clearTimeout(root.explorerClock);
  const due = () => {
    if (document.hidden) root.explorerClock = setTimeout(due, 1000);
    else if (root.isConnected) setTriggerValue("due", data.place);
  };
  root.explorerClock = setTimeout(due, 1000 * data.seconds);
  return () => {
    if (!root.isConnected) clearTimeout(root.explorerClock);
  };
}
"""


def due(key: str, seconds: float, place: str, then: Callable[[str], None]) -> None:
    """Call a function once a while is over, unless the page shows another place by then.

    Args:
        key: of the component.
        seconds: how long.
        place: what is on screen; the while begins anew where it changes.
        then: called with the place, before the run that follows.
    """

    def told() -> None:
        said = getattr(st.session_state[key], "due", None)
        if said:
            then(str(said))

    component = st.components.v2.component("explorer_clock", js=_SCRIPT)  # type: ignore[attr-defined]
    component(key=key, data={"seconds": seconds, "place": place}, on_due_change=told)
