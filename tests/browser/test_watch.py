"""The main job in a real browser: play it, turn a knob, pick points, stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser._look import (
    CANVAS,
    asked,
    generations,
    new_context,
    open_app,
    player,
    rest,
    slider,
    wait_address,
    wait_quiet,
    wait_ready,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TWO = "?v=1&data=moons(n:80)&training=standard(steps:60)&panels=retrained~gradient_ascent(steps:5)~fine_tune(steps:5)"
STEPS = "knob-1-gradient_ascent-steps"


def test_default_page_shows_a_moving_picture_and_then_its_numbers(page: Page, address: str):
    messages: list[str] = []
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(f"{address}/watch")
    page.wait_for_function("window.explorerPlayer && window.explorerPlayer.panels.length == 6")
    assert player(page, "playing")
    page.locator(".ue-numbers table").wait_for()
    assert player(page, "panels")[0].endswith("retrained")
    assert asked(page) == {}
    assert messages == []


def test_play_pause_and_scrub_by_keyboard(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    rest(page)
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


def test_a_knob_changes_only_its_own_panel_and_back_brings_it_back(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    rest(page)
    before, old = generations(page), asked(page)
    name = next(panel for panel in before if panel.endswith("gradient_ascent"))
    slider(page, STEPS).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"window.explorerPlayer.generation['{name}'] > {before[name]}")
    wait_quiet(page)
    after = generations(page)
    assert {panel for panel in before if after[panel] != before[panel]} == {name}
    assert asked(page) == {**old, "panels": old["panels"].replace("ascent(steps:5)", "ascent(steps:6)")}
    page.go_back()
    wait_address(page, "gradient_ascent(steps:5)")
    page.wait_for_function(f"window.explorerPlayer.generation['{name}'] > {after[name]}")
    wait_quiet(page)
    assert asked(page) == old
    shown = f"""document.querySelector('[class*="st-key-{STEPS}-"] input[type="range"]').value"""
    page.wait_for_function(f"{shown} === '5'")  # the sidebar is drawn after the picture


def test_a_lasso_chooses_what_is_forgotten(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    rest(page)
    page.get_by_role("button", name="Choose points").click()
    canvas, box = page.locator(CANVAS).bounding_box(), player(page, "boxes[0]")
    assert canvas is not None
    left, top = canvas["x"] + box["x"], canvas["y"] + box["y"]
    scene = player(page, "scene")
    page.mouse.move(left + 4, top + 4)
    page.mouse.down()
    for x, y in ((0.45, 0.0), (0.45, 0.97), (0.0, 0.97), (0.0, 0.0)):
        page.mouse.move(left + 4 + x * (box["w"] - 8), top + 4 + y * (box["h"] - 8), steps=8)
    page.mouse.up()
    wait_address(page, "request=points(index:[")
    page.wait_for_function(f"window.explorerPlayer.scene > {scene}")
    wait_ready(page, 3)
    page.get_by_text("points picked").wait_for()


def test_cancel_stops_the_work_and_leaves_the_picture(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    page.get_by_text("Training", exact=True).click()
    slider(page, "training-steps").focus()
    page.keyboard.press("End")  # as long as training can be
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Stopped; what was ready stays.").wait_for()
    assert player(page, "panels.length") == 3
    page.get_by_role("button", name="Undo").click()
    wait_address(page, "training=standard(steps:60)")
    wait_quiet(page)
    assert page.get_by_text("Stopped").count() == 0


def test_reduced_motion_stands_still_at_the_end(address: str, browser: Browser):
    context = new_context(browser, reduced_motion="reduce")
    page = context.new_page()
    open_app(page, address + TWO, panels=3)
    assert not player(page, "playing")
    assert player(page, "progress") == 1
    context.close()
