"""What must hold on every screen: nothing is cut, Play is in sight, paper holds the whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.browser._look import CANVAS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

DECK = ".explorer-player .deck"
PAPER = (1047, 718)  # CSS pixels inside the margins of A4, laid across

#: Tables that do not fit and do not say so: they must scroll, be reached by the keyboard, and show a shadow.
CUT = """() => [...document.querySelectorAll('.ue-numbers')].filter(
    (one) => one.scrollWidth > one.clientWidth + 1
).filter(
    (one) => one.tabIndex !== 0 || getComputedStyle(one).overflowX !== 'auto'
        || !getComputedStyle(one).backgroundImage.includes('gradient')).length"""
ASIDE = """() => [document.documentElement, document.querySelector('.stMain')].some(
    (one) => one.scrollWidth > one.clientWidth
)"""
CLOSED = "() => document.querySelectorAll('details:not([open]) > summary').forEach((one) => one.click())"
WIDE = """() => [...document.querySelectorAll('.stMainBlockContainer :is(table, canvas, p, h1, h2, h3)')]
    .filter((one) => one.checkVisibility() && getComputedStyle(one).clipPath === 'none')
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 120))"""


class Box(NamedTuple):
    """A rectangle on the screen, in CSS pixels."""

    left: float
    top: float
    right: float
    bottom: float


def box(one: Locator) -> Box:
    found: Any = one.bounding_box()
    assert found is not None
    return Box(found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"])


def resize(page: Page, size: tuple[int, int]) -> None:
    """Give the window another size, in CSS pixels."""
    page.set_viewport_size({"width": size[0], "height": size[1]})


def open_groups(page: Page) -> None:
    """Open every group of controls, so that axe sees what is in it."""
    page.evaluate(CLOSED)


def faults(page: Page) -> list[str]:
    """Return what is cut or out of sight on a page that stands where it was opened, one line each."""
    found, size = [], page.viewport_size
    assert size is not None
    if page.evaluate(ASIDE):
        found.append("the page scrolls sideways")
    if page.evaluate(CUT):
        found.append("a table is cut without a cue")
    if page.locator(DECK).count():
        deck, canvas = box(page.locator(DECK)), box(page.locator(CANVAS))
        if canvas.top < size["height"] and not 0 < deck.bottom <= size["height"]:
            found.append(f"Play is off the screen: {deck}")
    chips = page.locator(".st-key-presets a:visible")
    if chips.count():
        first = box(chips.first)
        if first.left < 0 or first.top < box(page.locator("header")).bottom:
            found.append(f"the first link is cut: {first}")
    return found


def faults_on_paper(page: Page) -> list[str]:
    """Return what a printed page has that it should not have, or lacks. The page must be in print, as wide as paper."""
    found = [f"wider than paper: {one}" for one in page.evaluate(WIDE)]
    if page.locator('section[data-testid="stSidebar"]').is_visible() or page.locator(".stApp nav").is_visible():
        found.append("the controls are printed")
    return found
