"""The main job in a real browser: play it, turn a knob, pick points, share it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser._look import CANVAS, generations, open_app, pixels, player, wait_quiet, wait_ready

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TWO = "?v=1&data=moons(n:80)&training=standard(steps:60)&panels=retrained~gradient_ascent(steps:5)~fine_tune(steps:5)"
GOOD = "x1,x2,label\n" + "\n".join(f"{i % 7},{i % 5},{'ab'[i % 2]}" for i in range(40))
BAD = GOOD.replace("3,3,b", "3,nan,b", 1)


def test_default_page_shows_a_moving_picture_and_then_its_numbers(page: Page, address: str):
    messages: list[str] = []
    page.on("pageerror", lambda error: messages.append(str(error)))
    open_app(page, address, panels=6)
    assert player(page, "panels")[0].endswith("retrained")
    assert page.locator(".ue-numbers table").is_visible()
    assert messages == []


def test_play_pause_and_scrub_by_keyboard(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    page.evaluate("window.explorerPlayer.pause()")
    page.focus(CANVAS)
    page.keyboard.press("Home")
    assert player(page, "progress") == 0
    page.keyboard.press("ArrowRight")
    moved = player(page, "progress")
    assert 0 < moved < 1
    page.keyboard.press("Space")
    assert player(page, "playing")
    page.wait_for_function(f"window.explorerPlayer.progress > {moved}")
    page.keyboard.press("Space")
    assert not player(page, "playing")
    page.keyboard.press("End")
    assert player(page, "progress") == 1
    speed = player(page, "speed")
    page.keyboard.press("]")
    assert player(page, "speed") > speed


def test_a_knob_changes_only_its_own_panel(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    page.evaluate("window.explorerPlayer.pause()")
    before = generations(page)
    name = next(panel for panel in before if panel.endswith("gradient_ascent"))
    knob = '[class*="st-key-knob"][class*="gradient_ascent"][class*="steps"]'
    slider = page.locator(f'{knob} [role="slider"], {knob} input[type="range"]').first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"window.explorerPlayer.generation['{name}'] > {before[name]}")
    wait_quiet(page)
    after = generations(page)
    assert {panel for panel in before if after[panel] != before[panel]} == {name}
    assert "gradient_ascent(steps:6)" in page.evaluate("decodeURIComponent(location.search)")


def test_a_lasso_chooses_what_is_forgotten(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    page.evaluate("window.explorerPlayer.pause()")
    page.get_by_role("button", name="Choose points").click()
    canvas, box = page.locator(CANVAS).bounding_box(), player(page, "boxes[0]")
    assert canvas is not None
    left, top = canvas["x"] + box["x"], canvas["y"] + box["y"]
    page.mouse.move(left + 4, top + 4)
    page.mouse.down()
    for x, y in ((0.45, 0.0), (0.45, 0.97), (0.0, 0.97), (0.0, 0.0)):
        page.mouse.move(left + 4 + x * (box["w"] - 8), top + 4 + y * (box["h"] - 8), steps=8)
    page.mouse.up()
    page.wait_for_function("location.search.includes('request=points')")
    wait_ready(page, 3)
    assert "index:[" in page.evaluate("decodeURIComponent(location.search)")


def test_a_copied_address_shows_the_same_pixels_elsewhere(page: Page, address: str, browser: Browser):
    open_app(page, address + TWO, panels=3)
    page.evaluate("window.explorerPlayer.pause()")
    page.focus(CANVAS)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.includes('step=')")
    wait_quiet(page)
    here = pixels(page)
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(180_000)
    other = context.new_page()
    open_app(other, page.url, panels=3)
    other.focus(CANVAS)  # the focus ring belongs to the picture
    other.wait_for_timeout(300)
    assert player(other, "progress") == player(page, "progress")
    assert pixels(other) == here
    context.close()


def test_a_good_file_becomes_the_data_and_a_bad_one_is_one_sentence(page: Page, address: str, tmp_path: Path):
    open_app(page, address + TWO, panels=3)
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(GOOD)
    bad.write_text(BAD)
    page.get_by_text("Data: Two moons").click()
    upload = page.locator('.st-key-upload input[type="file"]')
    upload.set_input_files(str(bad))
    page.locator(".ue-warning").get_by_text("bad.csv").wait_for()
    assert "data=moons" in page.evaluate("location.search")
    assert player(page, "panels.length") == 3
    upload.set_input_files(str(good))
    page.wait_for_function("location.search.includes('data=csv')")
    wait_ready(page, 3)
    assert page.get_by_text("Traceback").count() == 0


def test_a_bad_link_says_which_part_was_ignored(page: Page, address: str):
    open_app(page, address + TWO + "&seed=-3&colour=red", panels=3)
    said = page.locator('[data-testid="stAlert"]').all_inner_texts()
    assert any("seed" in text.lower() for text in said)
    assert any("colour" in text.lower() for text in said)
    assert all(len(text.strip().splitlines()) <= 2 for text in said)


def test_the_exported_page_plays_without_a_server(page: Page, address: str, tmp_path: Path, browser: Browser):
    open_app(page, address + TWO, panels=3)
    with page.expect_download() as download:
        page.get_by_role("button", name="Page that plays by itself").click()
    place = tmp_path / "unlearning.html"
    download.value.save_as(place)
    context = browser.new_context(offline=True)
    alone = context.new_page()
    alone.goto(place.as_uri())
    alone.wait_for_function("window.explorerPlayer && window.explorerPlayer.panels.length == 3")
    alone.evaluate("window.explorerPlayer.go(0); window.explorerPlayer.play()")
    alone.wait_for_function("window.explorerPlayer.progress > 0.1")
    context.close()


def test_an_exported_view_opens_again(page: Page, address: str, tmp_path: Path):
    from explorer.view import View

    view, _ = View.from_query({"panels": "retrained~greedy(steps:3)", "data": "moons(n:80)"})
    file = tmp_path / "view.json"
    file.write_text(json.dumps(view.as_json()))
    open_app(page, address + TWO, panels=3)
    page.get_by_text("Share and export").click()
    page.locator('.st-key-open input[type="file"]').set_input_files(str(file))
    page.wait_for_function("location.search.includes('greedy')")
    wait_ready(page, 2)
