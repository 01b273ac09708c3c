"""What a public demo takes: every page of it opened once, on a server as small as the README's recipe has it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from explorer.view import PAGES
from tests.bench._class import noted_memory
from tests.browser import chromium
from tests.browser._server import running

RESTS = 4_000  # milliseconds at each page, in which it computes


def public_memory() -> float:
    """Bytes that the server and its worker take together, at most, while every page is opened."""
    os.environ["EXPLORER_PUBLIC"] = "1"  # this process measures nothing else
    with tempfile.TemporaryDirectory() as store, chromium.opened() as browser, running(Path(store)) as address:
        port = address.rpartition(":")[2]
        found = subprocess.run(["pgrep", "-f", f"explorer app --port {port}"], capture_output=True, text=True).stdout
        with noted_memory(int(found.split()[0])) as noted:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(180_000)
            for name in PAGES:
                page.goto(f"{address}/{name}")
                page.wait_for_timeout(RESTS)
                page.wait_for_function("!document.querySelector('.ue-busy')")
        return max(noted)
