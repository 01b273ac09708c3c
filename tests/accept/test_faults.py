"""Workers are killed during a drag, the server is killed and started again, a connection breaks: nothing is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from explorer.launch import free_port
from tests.accept.seeds import seeds
from tests.browser import chromium
from tests.browser._between import Between
from tests.browser._look import (
    asked,
    generations,
    new_context,
    open_app,
    pixels,
    rest,
    slider,
    thumb,
    wait_quiet,
    wait_ready,
)
from tests.browser._server import FIRST_PORT, said_address, started, workers_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VIEW = "?v=1&data=moons(n:80)&training=standard(steps:60)&panels=retrained~gradient_ascent(steps:5)~fine_tune(steps:5)"
LR, NAME = "knob-1-gradient_ascent-lr", "1:gradient_ascent"
MOMENTS = len(seeds(20, quick=4))
SLEEP = 130  # seconds: Streamlit keeps the session of a lost connection for 120
SOCKETS = """
    window.sockets = [];
    window.WebSocket = class extends WebSocket {
        constructor(...where) { super(...where); window.sockets.push(this); }
    };
"""
CONNECTION = "document.querySelector('[data-testid=stApp]').getAttribute('data-test-connection-state')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.opened() as browser:
        yield browser


class App:
    """An app that can be killed and started again at the same address."""

    def __init__(self, store: Path) -> None:
        self.store, self.port = store, free_port("127.0.0.1", FIRST_PORT)
        self.start()

    def start(self) -> None:
        self.server = started(self.store, self.port)
        self.address = said_address(self.store / "server.log", self.server)

    def kill(self) -> None:
        self.server.kill()
        self.server.wait()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = App(tmp_path_factory.mktemp("store"))
    yield app
    app.server.terminate()
    try:
        app.server.wait(20)
    except subprocess.TimeoutExpired:
        app.kill()


@pytest.fixture
def page(browser: Browser, app: App) -> Iterator[Page]:
    context = new_context(browser)
    page = context.new_page()
    page.add_init_script(SOCKETS)
    open_app(page, app.address + VIEW, panels=3)
    rest(page)
    yield page
    context.close()


def shown_elsewhere(page: Page) -> str:
    """Return the pixels that a fresh tab shows at the same address."""
    other = page.context.new_page()
    open_app(other, page.url, panels=3)
    rest(other)
    other.wait_for_function("window.explorerPlayer.progress === 1")
    shown = pixels(other)
    other.close()
    return shown


def test_workers_killed_during_a_drag_lose_nothing(page: Page, app: App):
    x, y = thumb(page, LR)
    page.mouse.move(x, y)
    page.mouse.down()
    chance, killed = random.Random(0), 0
    for moment in range(MOMENTS):
        before = generations(page)[NAME]
        page.mouse.move(x + (30 if moment % 2 else -30) - moment, y, steps=3)
        page.wait_for_timeout(chance.uniform(0, 150))
        if workers := workers_of(app.server):
            os.kill(chance.choice(workers), signal.SIGKILL)
            killed += 1
        page.wait_for_function(f"window.explorerPlayer.generation['{NAME}'] > {before}")
    page.mouse.up()
    page.wait_for_function("decodeURIComponent(location.search).includes('lr:')")
    wait_quiet(page)
    rest(page)
    page.wait_for_function("window.explorerPlayer.progress === 1")
    assert killed >= 0.8 * MOMENTS
    assert pixels(page) == shown_elsewhere(page)
    assert page.get_by_text("worker", exact=False).count() == 0


def test_a_server_that_is_killed_and_started_again_gets_its_tabs_back(page: Page, app: App):
    before, link = pixels(page), asked(page)
    app.kill()
    page.wait_for_function(f"{CONNECTION} !== 'CONNECTED'")
    page.wait_for_timeout(1500)
    assert page.get_by_text("connect", exact=False).first.is_visible()  # the tab says that it waits for the server
    app.start()
    page.wait_for_function(f"{CONNECTION} === 'CONNECTED'")
    wait_ready(page, 3)
    rest(page)
    page.wait_for_function("window.explorerPlayer.progress === 1")
    assert asked(page) == link and pixels(page) == before


def test_a_tab_whose_connection_broke_comes_back_and_its_sliders_work(page: Page):
    before, link, made = pixels(page), asked(page), generations(page)[NAME]
    page.evaluate("window.sockets.forEach((socket) => socket.close())")
    page.wait_for_function(f"{CONNECTION} !== 'CONNECTED'")
    page.wait_for_function(f"{CONNECTION} === 'CONNECTED'")
    wait_quiet(page)
    assert asked(page) == link and pixels(page) == before
    slider(page, LR).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"window.explorerPlayer.generation['{NAME}'] > {made}")
    page.wait_for_function("decodeURIComponent(location.search).includes('lr:')")


@pytest.mark.skipif(len(seeds(2, quick=1)) < 2, reason="sleeps for two minutes, which QUICK has not")
def test_a_tab_that_slept_for_longer_than_its_session_lives_comes_back(browser: Browser, app: App):
    context = new_context(browser)
    with Between(app.address) as wire:
        page = context.new_page()
        open_app(page, wire.address + VIEW, panels=3)
        rest(page)
        page.wait_for_function("window.explorerPlayer.progress === 1")
        before, link = pixels(page), asked(page)
        wire.cut()
        page.wait_for_function(f"{CONNECTION} !== 'CONNECTED'")
        page.wait_for_timeout(1000 * SLEEP)
        heard = page.evaluate("window.wire.heard")
        wire.mend()
        page.wait_for_function(f"window.wire.heard > {heard}")  # it asked for its page by itself
        wait_ready(page, 3)
        rest(page)
        page.wait_for_function("window.explorerPlayer.progress === 1")
        assert asked(page) == link and pixels(page) == before
        made = generations(page)[NAME]
        slider(page, LR).focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"window.explorerPlayer.generation['{NAME}'] > {made}")
        page.wait_for_function("decodeURIComponent(location.search).includes('lr:')")
        context.close()
