"""Look at the app as its user would: through the page, its keyboard, its mouse."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.browser._server import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

PLAYER = "window.explorerPlayer"
CANVAS = ".explorer-player canvas"

# When this page last asked the app for something, and when it last heard from it.
WIRE = """window.wire = {asked: 0, heard: 0};
window.WebSocket = class extends WebSocket {
    constructor(...where) {
        super(...where);
        this.addEventListener('message', () => { window.wire.heard = performance.now(); });
    }
    send(what) {
        window.wire.asked = performance.now();
        super.send(what);
    }
};"""


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a fresh browser profile, high enough for the player and its bar to be on screen at once."""
    context = browser.new_context(viewport={"width": 1280, "height": 1500}, accept_downloads=True, **options)
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(WIRE)
    return context


def open_app(page: Page, address: str, *, panels: int) -> None:
    """Open the app and wait until every panel is drawn and nothing is being computed."""
    page.goto(address)
    wait_ready(page, panels)


def wait_ready(page: Page, panels: int) -> None:
    page.wait_for_function(f"{PLAYER} && {PLAYER}.panels.length >= {panels}")
    wait_quiet(page)


def wait_quiet(page: Page) -> None:
    """Wait until the app has answered what it was asked, and no line of progress is left, for a while on end.

    A slow machine may take longer than that while to begin its answer: what was asked without an answer yet counts
    as work, and so does a script that still runs.
    """
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            const busy = window.wire.heard <= window.wire.asked
                || app?.getAttribute('data-test-script-state') !== 'notRunning'
                || document.querySelector('.ue-busy')
                || !document.querySelector(
                    '.ue-numbers, .ue-facts, .js-plotly-plot, .ue-start, .ue-lesson, .ue-says, iframe'
                );
            window.quietSince = busy ? 0 : window.quietSince || performance.now();
            return window.quietSince && performance.now() - window.quietSince > 300;
        }"""
    )


def wait_address(page: Page, what: str) -> None:
    """Wait until the address says something."""
    page.wait_for_function(f"decodeURIComponent(location.search).includes({json.dumps(what)})")


def asked(page: Page) -> dict[str, str]:
    """Return what the address says, by part."""
    return dict(parse_qsl(urlsplit(page.url).query))


def player(page: Page, what: str) -> Any:
    return page.evaluate(f"{PLAYER}.{what}")


def generations(page: Page) -> dict[str, int]:
    return player(page, "generation")


def rest(page: Page) -> None:
    """Stop the animation at its end, where the address says nothing of the step."""
    page.evaluate(f"{PLAYER}.go(1)")


def slider(page: Page, key: str) -> Locator:
    """Return the slider of a widget, by its key (with - for other marks) up to the count at its end."""
    place = f'[class*="st-key-{key}-"]'
    return page.locator(f'{place} [role="slider"], {place} input[type="range"]').first


def thumb(page: Page, key: str) -> tuple[float, float]:
    """Return where a slider is taken hold of."""
    place = slider(page, key)
    place.scroll_into_view_if_needed()
    box = place.evaluate(
        "input => { const r = input.parentElement.parentElement.getBoundingClientRect();"
        " return [r.x + r.width / 2, r.y + r.height / 2]; }"
    )
    return box[0], box[1]


def give(uploads: Locator, file: Path) -> None:
    """Hand a file to an uploader; one that a refused file was taken from is still on the page for a moment."""
    end = time.monotonic() + PATIENCE
    while uploads.count() != 1:
        assert time.monotonic() < end, f"{uploads.count()} uploaders"
        uploads.page.wait_for_timeout(50)
    uploads.set_input_files(str(file))


def until(page: Page, condition: str) -> None:
    """Wait for a condition on a page that forbids `eval`, which Playwright's own waiting needs."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(50)


def pixels(page: Page) -> str:
    """Return what the canvas shows, as a data URL."""
    return page.locator(CANVAS).evaluate("canvas => canvas.toDataURL()")  # waits while a run replaces it


def seen(page: Page, said: list[str]) -> str:
    """Say what a page shows and what its console said: what a failed test wants to know."""
    try:
        shown = page.evaluate(
            """() => {
                const app = document.querySelector('[data-testid="stApp"]');
                const state = ['script', 'connection'].map((of) => app?.getAttribute(`data-test-${of}-state`));
                const player = window.explorerPlayer && window.explorerPlayer.panels;
                const text = document.body.innerText.replace(/\\s+/g, ' ').slice(0, 2000);
                return JSON.stringify({state, wire: window.wire, now: performance.now(), player}) + '\\n' + text;
            }"""
        )
    except Exception as error:
        shown = f"does not answer: {error}"
    return "\n".join([page.url, shown, *said[-20:]])
