"""What a public demo takes: every page of it opened once and a film taken, on a server as small as the README says."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from explorer.view import PAGES
from tests.bench._class import noted_memory
from tests.browser import chromium
from tests.browser._server import running

RESTS = 4_000  # milliseconds at each page, in which it computes


def public_memory() -> float:
    """Bytes that the server and its worker take together, at most, while every page is opened and a film is taken."""
    os.environ["EXPLORER_PUBLIC"] = "1"  # this process measures nothing else
    with tempfile.TemporaryDirectory() as store, chromium.opened() as browser, running(Path(store)) as address:
        with noted_memory(address) as noted:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(180_000)
            for name in PAGES:
                page.goto(f"{address}/{name}")
                page.wait_for_selector("h1.ue-title", state="attached")
                page.wait_for_timeout(RESTS)
                page.wait_for_function("!document.querySelector('.ue-busy')")
                assert not page.locator('[data-testid="stException"]').count(), name
                if name == "watch":
                    page.locator(".explorer-player button.film").click()
                    page.locator(".explorer-player a.film").first.wait_for()
        return max(noted)
