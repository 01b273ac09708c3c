"""How the player is mounted, with a stand-in for Streamlit's components."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from explorer.pages.frame import player


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return what components were given, in their order."""
    calls = list[dict[str, Any]]()
    made = SimpleNamespace(component=lambda *name, **files: lambda **given: calls.append(given))
    monkeypatch.setattr(player.st, "components", SimpleNamespace(v2=made))
    monkeypatch.setattr(player.st, "session_state", {})
    return calls


def test_a_player_keeps_its_name_and_one_that_was_lost_comes_under_another(mounted: list[dict[str, Any]]):
    for _ in range(2):
        player.mount(b"", key="player:watch")
    player.anew()
    player.mount(b"", key="player:watch")
    keys = [given["key"] for given in mounted]
    assert keys[0] == keys[1] == "player:watch" and keys[2] != keys[0] and keys[2].startswith("player:watch")


def test_what_is_done_in_a_player_that_came_anew_is_handed_on(mounted: list[dict[str, Any]]):
    told = list[object]()
    player.anew()
    player.mount(b"", key="player:watch", on_focus=told.append)
    player.st.session_state[mounted[0]["key"]] = SimpleNamespace(focus="1:jit")
    mounted[0]["on_focus_change"]()
    assert told == ["1:jit"]
