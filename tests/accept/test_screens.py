"""Every page on every screen, playing and at rest, light and dark, and on paper: nothing bars people, nothing is cut.

The groups of controls are open, so that axe sees what is in them. Attacks has six panels, whose table is the widest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlencode

import pytest

from explorer.spec.catalog import CATALOG
from explorer.view import PAGES as PAGES_OF_THE_APP
from explorer.view import View
from explorer.view.presets import PRESETS
from tests.accept.seeds import QUICK
from tests.browser import chromium
from tests.browser._axe import barriers
from tests.browser._look import CANVAS, new_context, rest, wait_quiet
from tests.browser._screens import DECK, PAPER, box, faults, faults_on_paper, open_groups, resize
from tests.browser._server import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class Screen(NamedTuple):
    """A window, in CSS pixels, and how many pixels of the screen each of them takes."""

    width: int
    height: int
    scale: float = 1.0


PHONE, LAPTOP, SCALED = Screen(390, 844), Screen(1280, 800), Screen(1280, 720, 1.5)  # the last is 1920 x 1080
WIDE = Screen(1920, 1080)
SCREENS = (PHONE, LAPTOP) if QUICK else (PHONE, LAPTOP, SCALED, WIDE)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("dark",) if QUICK else ("light", "dark")
ALL = PAGES_OF_THE_APP
AUDITS = tuple(f"audits:{key}" for key in CATALOG.audits if key != "relearning")  # which the page shows by itself
OPENED = {  # a step of a lesson; a question of the quiz about images, as the quiz opens on one about points
    "lessons:step": {"v": "1", "lesson": "never_saw", "at": "2"},
    "quiz:images": {"v": "1", "asks": "images"},
}
PAGES = ("watch", "compare") if QUICK else (*ALL, *AUDITS, *OPENED)
PLAYS = {"start", "watch", "method", "tradeoff", "audits", "streams", "images", "lessons:step"}
LONG = {"images"}  # pictures in rows and columns, which are scrolled
LOW = {("tradeoff", SCALED)}  # it says three things first, and has two rows of panels: no such window holds them
PANELS = "retrained~fine_tune~random_labels~neg_grad_plus~scrub~jit"  # of Attacks


def query(page: str) -> str:
    """Return what the address of a page asks for."""
    if page in OPENED:
        return urlencode(OPENED[page])
    if page in AUDITS:
        key = page.removeprefix("audits:")
        one = {"request": {"choose": "points", "index": [7]}} if CATALOG.audits[key].one_point else {}
        return urlencode(View.parse({"base": one, "page": "audits", "audit": key}).to_query())
    if page != "attacks":
        return ""
    view: View = next(preset for preset in PRESETS if preset.key == "memorise").view()
    return urlencode({**view.to_query(), "panels": PANELS})


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, str]]:
    """Yield a browser and the address of a running app."""
    with chromium.opened() as browser, running(tmp_path_factory.mktemp("store")) as address:
        yield browser, address


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("screen", SCREENS, ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_bars_nobody_and_cuts_nothing(
    name: str, screen: Screen, scheme: Scheme, opened: tuple[Browser, str]
) -> None:
    browser, address = opened
    context = new_context(browser, color_scheme=scheme, device_scale_factor=screen.scale)
    page, path, asks = context.new_page(), name.partition(":")[0].removeprefix("start"), query(name)
    plays = name in PLAYS or (name in AUDITS and bool(CATALOG.audits[name.removeprefix("audits:")].way))
    resize(page, screen[:2])
    page.goto(f"{address}/{path}{'?' if asks else ''}{asks}")
    if plays:
        page.wait_for_function("window.explorerPlayer")
    wait_quiet(page)
    found = {"screen": faults(page), **asked(page, plays)}
    if plays and screen.width > 1000 and name not in LONG and (name, screen) not in LOW:
        found["picture"] = ["its legend is under Play"] if box(page.locator(CANVAS)).bottom > below(page) else []
    if screen == LAPTOP:
        page.emulate_media(media="print", color_scheme=scheme)
        resize(page, PAPER)
        wait_quiet(page)
        found["paper"] = [*barriers(page), *faults_on_paper(page)]
    context.close()
    assert not any(found.values()), {state: lines for state, lines in found.items() if lines}


def below(page: Page) -> float:
    """Return where the bar with Play begins."""
    return box(page.locator(DECK)).top + 1


def asked(page: Page, plays: bool) -> dict[str, list[str]]:
    """Return what axe finds, by state: playing and at rest, where there is anything to play."""
    open_groups(page)
    wait_quiet(page)
    if not plays:
        return {"rest": barriers(page)}
    page.evaluate("window.explorerPlayer.play()")
    playing = barriers(page)
    rest(page)
    page.wait_for_function("window.explorerPlayer.progress === 1")
    page.wait_for_timeout(600)  # the canvas is named anew .25 s after it came to rest
    return {"playing": playing, "rest": barriers(page)}
