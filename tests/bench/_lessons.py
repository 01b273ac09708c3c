"""How long it takes from opening *Start* on a cold server until one's first guess is answered, reading included."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.lessons import lessons
from tests.browser import chromium
from tests.browser._look import WIRE
from tests.browser._server import PATIENCE, running

if TYPE_CHECKING:
    from playwright.sync_api import Page

WORDS_A_SECOND = 3.0  # read at ease
FIRST = next(iter(lessons()))


def _read(page: Page, where: str) -> float:
    """Return how long the words of a part of a page take to read."""
    return len(page.locator(where).first.inner_text().split()) / WORDS_A_SECOND


def first_hand() -> float:
    """Return seconds from opening the app to the picture that answers the first guess, and for reading on the way."""
    with tempfile.TemporaryDirectory() as store, chromium.opened() as browser, running(Path(store)) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE * 1000)
        page.add_init_script(WIRE)
        began, reading = time.monotonic(), 0.0
        page.goto(address)
        page.get_by_role("link", name="Take a lesson").wait_for()
        reading += _read(page, ".ue-start")
        page.get_by_role("link", name="Take a lesson").click()
        page.get_by_role("link", name=lessons()[FIRST].title).click()
        page.wait_for_function("window.explorerPlayer?.overlay?.place.endsWith(':0:')")
        reading += _read(page, ".st-key-lesson_card .ue-say")
        page.get_by_role("button", name="Next", exact=True).click()
        page.wait_for_function("window.explorerPlayer?.overlay?.place.endsWith(':1:ask')")
        reading += _read(page, ".st-key-lesson_card .ue-say")
        page.get_by_role("button", name="A", exact=True).click()
        page.wait_for_function("window.explorerPlayer?.overlay?.place.endsWith(':1:told')")
        waited = time.monotonic() - began
        print(f"waited {waited:.1f} s, read for {reading:.1f} s", flush=True)
        return waited + reading
