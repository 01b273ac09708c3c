"""The two most used pages on the screens that people have: nothing bars them, nothing is cut, Play is in sight."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser._axe import barriers
from tests.browser._look import CANVAS, new_context, open_app, rest, wait_quiet
from tests.browser._screens import DECK, PAPER, box, faults, faults_on_paper, open_groups, resize

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIX = (
    "v=1&data=moons(n:80)&training=standard(steps:60)&panels=retrained~gradient_ascent(steps:5)~fine_tune(steps:5)"
    "~neg_grad_plus(steps:5)~random_labels(steps:5)~greedy"
)


@pytest.fixture(scope="module")
def watch(browser: Browser, server: tuple[str, Path]) -> Iterator[Page]:
    """Yield *Watch* with six panels on a small screen, opened once."""
    context = new_context(browser)
    page = context.new_page()
    resize(page, (1280, 800))
    open_app(page, f"{server[0]}/?{SIX}", panels=6)
    yield page
    context.close()


def test_a_small_screen_holds_play_and_the_whole_picture(watch: Page):
    assert faults(watch) == []
    assert box(watch.locator(CANVAS)).bottom <= box(watch.locator(DECK)).top + 1


def test_a_low_window_has_the_legend_beside_the_panels_and_holds_the_whole_picture(watch: Page):
    right = "Math.max(...window.explorerPlayer.boxes.map((box) => box.x + box.w))"  # of a canvas of some 915 pixels
    resize(watch, (1280, 720))
    watch.wait_for_function(f"{right} < 680")
    assert box(watch.locator(CANVAS)).bottom <= box(watch.locator(DECK)).top + 1
    resize(watch, (1280, 1000))
    watch.wait_for_function(f"{right} > 680")
    resize(watch, (1280, 800))
    watch.wait_for_function(f"{right} < 680")


def test_what_a_link_says_leaves_the_navigation_free(watch: Page):
    watch.locator(".st-key-presets a:visible").first.hover()
    tip = watch.locator('[role="tooltip"]')
    tip.wait_for()
    assert box(tip).top >= box(watch.locator("header")).bottom
    watch.mouse.move(700, 790)
    tip.wait_for(state="detached")


def test_nothing_bars_people_from_watch_while_it_plays(watch: Page):
    open_groups(watch)
    watch.evaluate("window.explorerPlayer.play()")
    name = watch.locator(CANVAS).get_attribute("aria-label")
    assert name is not None and name.startswith("Animation of Retrained, Gradient ascent")
    assert barriers(watch) == []


def test_nothing_bars_people_from_watch_at_rest(watch: Page):
    rest(watch)
    watch.locator(f"{CANVAS}[aria-label*='points to forget are given their label']").wait_for()
    assert barriers(watch) == []


def test_paper_holds_the_picture_and_every_column(watch: Page):
    watch.emulate_media(media="print")
    resize(watch, PAPER)
    wait_quiet(watch)
    assert [*barriers(watch), *faults_on_paper(watch)] == []


@pytest.mark.long
def test_nothing_bars_people_from_the_trade_off(page: Page, address: str):
    open_app(page, f"{address}/tradeoff?{SIX}", panels=6)
    assert barriers(page) == []


def test_a_phone_shows_play_beside_panels_that_are_higher_than_it(page: Page, address: str):
    resize(page, (390, 844))
    open_app(page, f"{address}/?{SIX}", panels=6)
    assert box(page.locator(CANVAS)).bottom > 844
    assert faults(page) == []
