"""Find out how wide the page is: a figure whose type is in pixels must know before it is drawn."""

from __future__ import annotations

import streamlit as st

STEP = 24  # pixels; a scroll bar that comes and goes changes nothing
GUESS = 900

_SCRIPT = """
export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.host || parentElement;
  let told = data;
  let timer = 0;
  const tell = () => {
    const width = Math.floor(root.getBoundingClientRect().width);
    if (width > 0 && Math.abs(width - told) >= STEP) setStateValue("width", (told = width));
  };
  const watcher = new ResizeObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(tell, 120);
  });
  watcher.observe(root);
  tell();
  return () => watcher.disconnect();
}
""".replace("STEP", str(STEP))


def width(key: str) -> int:
    """Return how many pixels wide the page is here. It is a guess until the browser has said so."""
    component = st.components.v2.component("explorer_width", js=_SCRIPT)  # type: ignore[attr-defined]
    known = getattr(st.session_state.get(key), "width", None) or GUESS
    component(key=key, data=known, on_width_change=lambda: None)
    return int(known)
