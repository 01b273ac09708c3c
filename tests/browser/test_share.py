"""What goes in and out of the page: addresses, files, several tabs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from explorer.view import View
from tests.browser._look import (
    CANVAS,
    asked,
    generations,
    give,
    new_context,
    open_app,
    pixels,
    player,
    rest,
    slider,
    until,
    wait_address,
    wait_quiet,
    wait_ready,
)
from tests.browser.test_watch import STEPS, TWO

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OTHER = "?v=1&data=blobs(n:90)&training=standard(steps:60)&panels=retrained~fine_tune(steps:5)"
GOOD = "x1,x2,label\n" + "\n".join(f"{i % 7},{i % 5},{'ab'[i % 2]}" for i in range(40))
BAD = GOOD.replace("3,3,b", "3,three,b", 1)


def test_a_copied_address_shows_the_same_pixels_elsewhere(page: Page, address: str, browser: Browser):
    open_app(page, address + TWO, panels=3)
    rest(page)
    page.focus(CANVAS)
    for key in ("Home", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    wait_address(page, "step=")
    wait_quiet(page)
    here = pixels(page)
    context = new_context(browser)
    other = context.new_page()
    open_app(other, page.url, panels=3)
    other.focus(CANVAS)  # the focus ring belongs to the picture
    other.wait_for_timeout(300)
    assert player(other, "progress") == player(page, "progress")
    assert pixels(other) == here
    context.close()


def test_two_tabs_with_different_views_do_not_mix(page: Page, address: str, browser: Browser):
    context = new_context(browser)
    other = context.new_page()
    page.goto(address + TWO)
    other.goto(address + OTHER)
    wait_ready(page, 3)
    wait_ready(other, 2)
    rest(other)
    before, shown, view = generations(other), pixels(other), asked(other)
    old = generations(page)["1:gradient_ascent"]
    slider(page, STEPS).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"window.explorerPlayer.generation['1:gradient_ascent'] > {old}")
    assert (generations(other), pixels(other), asked(other)) == (before, shown, view)
    assert asked(page)["data"] == "moons(n:80)"
    assert asked(other)["data"] == "blobs(n:90)"
    assert "upper moon" in player(page, "legend")
    assert "upper moon" not in player(other, "legend")
    context.close()


def test_a_good_file_becomes_the_data_and_a_bad_one_is_one_sentence(page: Page, address: str, tmp_path: Path):
    open_app(page, address + TWO, panels=3)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(GOOD)
    bad.write_text(BAD)
    page.get_by_text("Data: Two moons").click()
    upload = page.locator('[class*="st-key-upload"] input[type="file"]')
    give(upload, bad)
    page.locator(".ue-warning").get_by_text("bad.csv").wait_for()
    page.locator(".ue-refused").get_by_text("bad.csv: row 5, column x2").wait_for()
    assert page.locator('[data-testid="stFileUploaderFile"]').count() == 0  # the refused file is gone
    assert asked(page)["data"] == "moons(n:80)"
    assert player(page, "panels.length") == 3
    scene = player(page, "scene")
    give(upload, good)
    wait_address(page, "data=csv")
    page.wait_for_function(f"window.explorerPlayer.scene > {scene}")
    wait_ready(page, 3)
    assert page.locator(".ue-refused").count() == 0
    assert page.locator('[data-testid="stFileUploaderFile"]').count() == 0
    page.get_by_text("good.csv: 40 points of 2 classes.").wait_for()
    assert page.get_by_text("Traceback").count() == 0


@pytest.mark.long
def test_a_link_to_a_file_asks_for_it_in_every_other_tab(page: Page, address: str, tmp_path: Path, browser: Browser):
    points = tmp_path / "points.csv"
    points.write_text(GOOD)
    open_app(page, address + TWO, panels=3)
    page.get_by_text("Data: Two moons").click()
    give(page.locator('[class*="st-key-upload"] input[type="file"]'), points)
    wait_address(page, "data=csv")
    wait_ready(page, 3)
    link = page.url
    context = new_context(browser)
    other = context.new_page()
    other.goto(link)
    other.get_by_role("heading", name="This picture needs a CSV file").wait_for()
    assert "data=csv" in other.url and other.locator(CANVAS).count() == 0
    assert "`" not in other.inner_text("body") and other.get_by_text("good").count() == 0
    again = other.locator('[class*="st-key-again"] input[type="file"]')
    changed = tmp_path / "changed.csv"
    changed.write_text(GOOD.replace("0,0,a", "9,9,a", 1))
    give(again, changed)
    other.locator(".ue-refused").get_by_text("changed.csv: it holds other points than the link names").wait_for()
    give(again, points)
    wait_ready(other, 3)
    assert other.url == link
    context.close()


def test_a_bad_link_says_which_part_was_ignored(page: Page, address: str):
    open_app(page, address + TWO + "&seed=-3&colour=red", panels=3)
    said = page.locator('[data-testid="stAlert"] p').all_inner_texts()
    assert sorted(text.split()[0].lower() for text in said) == ["colour", "seed"]
    assert all("\n" not in text.strip() for text in said)


@pytest.mark.long
def test_the_exported_page_plays_without_a_server(page: Page, address: str, tmp_path: Path, browser: Browser):
    open_app(page, address + TWO, panels=3)
    with page.expect_download() as download:
        page.get_by_role("button", name="Page that plays by itself").click()
    place = tmp_path / "unlearning.html"
    download.value.save_as(place)
    context = new_context(browser, offline=True)
    alone = context.new_page()
    alone.goto(place.as_uri())
    until(alone, "Boolean(window.explorerPlayer) && window.explorerPlayer.panels.length == 3")
    alone.evaluate("window.explorerPlayer.go(0); window.explorerPlayer.play()")
    until(alone, "window.explorerPlayer.progress > 0.1")
    context.close()


@pytest.mark.long
def test_a_film_says_how_far_it_is_and_stands_where_its_button_is(page: Page, address: str, tmp_path: Path):
    open_app(page, address + TWO, panels=3)
    button = page.locator(".explorer-player button.film")
    button.locator("span").evaluate(
        """label => {
            window.filmSaid = [];
            new MutationObserver(() => window.filmSaid.push(label.textContent)).observe(label, {childList: true});
        }"""
    )
    button.click()
    link = page.locator(".explorer-player .group.actions a.film").first
    link.wait_for()
    said = page.evaluate("window.filmSaid")
    assert said[:2] == ["Film 1 / 48", "Film 2 / 48"] and said[47:] == ["Film 48 / 48", "Making the film …", "Film"]
    assert button.is_enabled() and link.inner_text().startswith("GIF, ")
    with page.expect_download() as download:
        link.click()
    place = tmp_path / "film.gif"
    download.value.save_as(place)
    with Image.open(place) as film:
        assert getattr(film, "n_frames", 1) > 20
    assert place.stat().st_size < 3_000_000


def test_an_exported_view_opens_again(page: Page, address: str, tmp_path: Path):
    view, _ = View.from_query({"panels": "retrained~greedy(steps:3)", "data": "moons(n:80)", "focus": "0"})
    view = View.parse({**view.as_json(), "base": {**view.as_json()["base"], "training": {"steps": 60}}})
    file = tmp_path / "view.json"
    file.write_text(json.dumps(view.as_json()))
    open_app(page, address + TWO, panels=3)
    page.get_by_text("Share and export").click()
    give(page.locator('[class*="st-key-open"] input[type="file"]'), file)
    page.wait_for_function("window.explorerPlayer.panels.join() == '0:retrained,1:greedy'")
    wait_quiet(page)
    wait_address(page, "greedy")
    assert asked(page) == view.to_query()
