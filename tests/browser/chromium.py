"""Find a Chromium for the browser tests; `python -m tests.browser.chromium` installs one if there is none.

An installed Chrome or Chromium is taken first, then Debian's package where apt works as root, then Playwright's own
download. Where none can be had the browser tests are skipped, and the sentence below says so.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MISSING = "no Chrome or Chromium is on this machine and none could be installed, so browser tests are skipped"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome")
APPLE = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")


@functools.cache
def find() -> str | None:
    """Return the path of a browser that runs, or None. EXPLORER_CHROMIUM names one, or "none" for no browser."""
    named = os.environ.get("EXPLORER_CHROMIUM")
    if named == "none":
        return None
    places = [named, *(shutil.which(name) for name in NAMES), *(f"/Applications/{app}" for app in APPLE), _downloaded()]
    return next((place for place in places if place and _runs(place)), None)


def install() -> str | None:
    """Install a browser if there is none; return its path, or None."""
    if find() is None and os.environ.get("EXPLORER_CHROMIUM") != "none":
        for attempt in (_from_debian, _from_playwright):
            attempt()
            find.cache_clear()
            if find():
                break
    return find()


@contextlib.contextmanager
def opened() -> Iterator[Browser]:
    """Yield a browser; without one, or without Playwright, the test that asks is skipped."""
    import pytest

    sync_api = pytest.importorskip("playwright.sync_api", reason=MISSING)
    place = find()  # before Playwright runs: finding asks it too
    if place is None:
        pytest.skip(MISSING)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=place, args=list(FLAGS))
        yield browser
        browser.close()


def _runs(place: str) -> bool:
    if not Path(place).exists():
        return False
    try:
        return subprocess.run([place, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _downloaded() -> str | None:
    """Return where Playwright keeps (or would keep) its own Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _from_debian() -> None:
    system = Path("/etc/os-release")
    debian = system.exists() and "ID=debian" in system.read_text().split()  # Ubuntu's package is a stub for snap
    if not (debian and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return
    print("Installing Debian's chromium for the browser tests (once) ...", flush=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.call(["apt-get", "-qq", "update"], **quiet)
    subprocess.call(["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"], **quiet)


def _from_playwright() -> None:
    print("Downloading Playwright's Chromium for the browser tests (once) ...", flush=True)
    subprocess.call([sys.executable, "-m", "playwright", "install", "chromium"])


if __name__ == "__main__":
    if install() is None:
        print(MISSING[0].upper() + MISSING[1:] + ".")
