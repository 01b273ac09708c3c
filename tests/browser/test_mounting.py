"""The player as a component: it stays while the newest call of its page stands."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from explorer.player import Look, pack, script
from tests.browser._look import CANVAS, PLAYER, open_app, player, wait_quiet
from tests.player.scenes import panel, two_class_scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

SMALL = "?v=1&data=moons(n:80)&training=standard(steps:60)&panels=retrained~gradient_ascent(steps:5)"
LOSE = """() => {
    const [place] = document.querySelectorAll('[class*="st-key-player-"]');
    const roots = [...place.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot).filter(Boolean);
    const all = roots.flatMap((root) => [root, ...root.querySelectorAll("*")]);
    all.find((one) => one.explorerPlayer).explorerPlayer.unmount();
    document.explorerNews.askPage();
}"""
SCENE = two_class_scene(size=16, n=8, seeds=2)
START = """async ([script, coded]) => {
    const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const blobs = coded.map((one) => Uint8Array.from(atob(one), (letter) => letter.charCodeAt(0)));
    const told = { setStateValue() {}, setTriggerValue() {} };
    window.place = document.body.appendChild(document.createElement("div"));
    window.call = (which) => module.default({ data: blobs[which], parentElement: window.place, ...told });
}"""


@pytest.fixture
def call(page: Page) -> Callable[[str], None]:
    """Load the player as Streamlit does, with the data of a panel "old" and of a panel "new"."""
    blobs = [pack(SCENE, [panel(SCENE, name, name, [0.0, 2.0], [0, 10])], Look(play=False)) for name in ("old", "new")]
    page.evaluate(START, [script(), [base64.b64encode(blob).decode() for blob in blobs]])
    return lambda code: page.evaluate(code)


def shown(page: Page) -> list[str]:
    """Return the panels of the player that is on the page."""
    count = page.locator(".explorer-player canvas").count()
    assert count in (0, 1)
    return player(page, "panels") if count else []


def test_a_call_that_newer_data_overtook_ends_and_the_newer_data_stay(page: Page, call: Callable[[str], None]):
    """Streamlit ends a call at once where newer data came while the module was loading."""
    call("window.ends = [window.call(0), window.call(1)]")
    call("window.ends[0]()")
    assert shown(page) == ["new"]
    call(f"{PLAYER}.go(1)")


def test_the_newer_data_stay_where_the_newer_call_came_first(page: Page, call: Callable[[str], None]):
    """A browser does not promise the order in which two imports of one module end."""
    call("window.ends = [window.call(1), window.call(0)]")
    call("window.ends[1]()")
    assert shown(page) == ["new"]


def test_an_overtaken_call_that_ends_before_the_newer_one_comes_leaves_the_player(
    page: Page, call: Callable[[str], None]
):
    call("window.call(0)()")
    call("window.before = window.place.querySelector('canvas')")
    call("window.call(1)")
    assert shown(page) == ["new"]
    assert page.evaluate("window.before === window.place.querySelector('canvas')")


def test_it_goes_with_its_element(page: Page, call: Callable[[str], None]):
    call("window.ends = [window.call(0), window.call(1)]")
    call("window.place.remove()")
    call("window.ends[1]()")
    assert page.evaluate("!window.place.querySelector('canvas') && !window.place.explorerPlayer")


@pytest.mark.long
def test_a_page_that_lost_its_player_mounts_it_again(page: Page, address: str):
    open_app(page, address + SMALL, panels=2)
    page.evaluate(LOSE)
    assert page.locator(CANVAS).count() == 0
    page.locator(CANVAS).wait_for()
    wait_quiet(page)
    assert player(page, "panels") == ["0:retrained", "1:gradient_ascent"]
