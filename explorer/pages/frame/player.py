"""Mount the player as a Streamlit component and hand on what the user does in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from explorer import player

Told = Callable[[Any], None]
Rested = Callable[[float, float], None]
#: A component without a look: it hands films to the player, which offers them beside its button.
_FILMS = """
export default function ({ data }) {
  if (!(data instanceof Uint8Array) || !window.explorerPlayer) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const start = 4 + view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(data.subarray(4, start)));
  let at = start;
  const films = head.films.map(({ kind, type, bytes }) => {
    const url = URL.createObjectURL(new Blob([data.slice(at, at + bytes)], { type }));
    at += bytes;
    return { kind, url, bytes };
  });
  window.explorerPlayer.offer(films);
  return () => films.forEach(({ url }) => URL.revokeObjectURL(url));
}
"""


_LOST = "players lost"  # how often the browser had no player where one was drawn


def anew() -> None:
    """Let the next run mount players of other names, which begin anew: what the browser has lost it does not find."""
    st.session_state[_LOST] = st.session_state.get(_LOST, 0) + 1


@cache
def _sources() -> tuple[str, str]:
    return player.script(), player.style()


def mount(
    blob: bytes, *, key: str, on_pick: Told | None = None, on_step: Rested | None = None, on_layers: Told | None = None,
    on_focus: Told | None = None, on_capture: Told | None = None, on_guess: Told | None = None,
) -> None:  # fmt: skip
    """Draw the player. Under the same key it goes on where it was, with the new panels.

    Args:
        blob: from `player.pack`.
        key: name of this player on the page, "player:" and what it shows.
        on_pick: called with {"index": rows} when points were chosen on the picture.
        on_step: called when the animation has come to rest, with its position in [0, 1] and with the one that the
            player had been given last.
        on_layers: called with the names of the layers that are on.
        on_focus: called with a panel's name when its title was clicked.
        on_capture: called with {"fps": ..., "frames": [data URLs]} when a film is wanted.
        on_guess: called with {"index": rows} or {"line": places} when a lesson asked and the user answered.
    """
    script, style = _sources()
    if lost := st.session_state.get(_LOST, 0):
        key = f"{key}:{lost}"
    component = st.components.v2.component("unlearning_player", js=script, css=style)  # type: ignore[attr-defined]
    rested = on_step and (lambda report: on_step(report["at"], report["given"]))
    told = {"pick": on_pick, "step": rested, "layers": on_layers, "focus": on_focus, "capture": on_capture}
    if on_guess is not None:
        told["guess"] = on_guess
    component(key=key, data=blob, **{f"on_{name}_change": _hand_on(key, name, tell) for name, tell in told.items()})


def offer_films(content: bytes, *, key: str) -> None:
    """Hand films to the player, which offers them where its button is.

    Args:
        content: from `movie.packed`.
        key: name of this component on the page.
    """
    component = st.components.v2.component("unlearning_films", js=_FILMS)  # type: ignore[attr-defined]
    component(key=key, data=content)


def _hand_on(key: str, name: str, tell: Told | None) -> Callable[[], None]:
    def changed() -> None:
        value = getattr(st.session_state[key], name, None)
        if tell is not None and value is not None:
            tell(value)

    return changed
