"""The player as a component: it stays while the newest call of its page stands."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from explorer.player import Look, pack, script
from tests.browser._look import PLAYER
from tests.player.scenes import panel, two_class_scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCENE = two_class_scene(size=16, n=8, seeds=2)
START = """async ([script, coded]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const data = Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
    const told = { setStateValue() {}, setTriggerValue() {} };
    window.call = () => module.default({ data, parentElement: document.body, ...told });
}"""


def shown(page: Page) -> int:
    return page.locator(".explorer-player canvas").count()


def test_the_end_of_an_older_call_does_not_take_the_player_of_a_newer_one(page: Page):
    """Streamlit ends a call at once where newer data came while the module was loading, after the newer call."""
    blob = pack(SCENE, [panel(SCENE, "one", "One", [0.0, 2.0], [0, 10])], Look(play=False))
    page.evaluate(START, [script(), base64.b64encode(blob).decode()])
    page.evaluate("window.ends = [window.call(), window.call()]")
    page.evaluate("window.ends[0]()")
    assert shown(page) == 1
    page.evaluate(f"{PLAYER}.go(1)")
    page.evaluate("window.ends[1]()")
    assert shown(page) == 0
    page.evaluate("window.ends = [window.call()]")
    assert shown(page) == 1
    page.evaluate("window.ends[0]()")
    assert shown(page) == 0
