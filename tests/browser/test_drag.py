"""The picture follows a slider while it moves: by mouse, by touch, by keyboard; letting go is one change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser._look import (
    asked,
    generations,
    give,
    new_context,
    open_app,
    pixels,
    player,
    rest,
    slider,
    thumb,
    wait_address,
    wait_quiet,
    wait_ready,
)

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

TWO = "?v=1&data=moons(n:80)&training=standard(steps:60)&panels=retrained~gradient_ascent(steps:5)~fine_tune(steps:5)"
LR, NAME = "knob-1-gradient_ascent-lr", "1:gradient_ascent"
FRACTION, NOISE, SEED = "request-cluster-fraction", "data-moons-noise", "seed"


def value(page: Page, key: str) -> str:
    return slider(page, key).input_value()


def wait_made(page: Page, name: str, more_than: int) -> None:
    page.wait_for_function(f"window.explorerPlayer.generation['{name}'] > {more_than}")


def held_at(page: Page, x: float, y: float, steps: int) -> None:
    """Move the hand that holds the slider, and wait until its picture is shown."""
    old = generations(page)[NAME]
    page.mouse.move(x, y, steps=steps)
    wait_made(page, NAME, old)
    page.wait_for_function("window.explorerPlayer.following === 'shown'")


def test_a_knob_held_by_the_mouse_moves_the_picture_and_letting_go_is_one_change(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    rest(page)
    before, link, at = generations(page), asked(page), value(page, LR)
    x, y = thumb(page, LR)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 4):
        page.mouse.move(x + 20 * step, y, steps=3)
        wait_made(page, NAME, before[NAME] + step - 1)  # a new picture each time, before the hand lets go
    assert asked(page) == link
    held = generations(page)
    assert {name for name in before if held[name] != before[name]} == {NAME}
    page.mouse.up()
    wait_address(page, "lr:")
    wait_quiet(page)
    there = asked(page)
    assert value(page, LR) != at and there["panels"] != link["panels"]
    assert "lr:" in there["panels"] and {**there, "panels": ""} == {**link, "panels": ""}
    page.get_by_role("button", name="Undo").click()
    page.wait_for_function("decodeURIComponent(location.search).includes('ascent(steps:5)')")
    wait_quiet(page)
    assert asked(page) == link


def test_panels_do_not_jump_under_a_hand_when_a_sentence_under_a_title_goes(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    rest(page)
    x, y = thumb(page, LR)
    page.mouse.move(x, y)
    page.mouse.down()
    tops, said = [], []
    for to in (-70, 40):  # next to nothing moves, then it does
        held_at(page, x + to, y, 4)
        tops.append([box["y"] for box in player(page, "boxes")])
        said.append(player(page, "said")[NAME])
    assert said[0].startswith("Hardly moves") and not said[1]
    assert tops[0] == tops[1]
    page.mouse.up()
    page.wait_for_function("window.explorerPlayer.following === ''")
    wait_quiet(page)
    assert player(page, "boxes")[1]["y"] < tops[1][1], "the room is given back"


def test_the_picture_after_letting_go_is_the_one_that_was_dragged_to(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    rest(page)
    old = generations(page)[NAME]
    x, y = thumb(page, LR)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y, steps=3)
    wait_made(page, NAME, old)
    page.wait_for_function("window.explorerPlayer.following === 'shown'")
    dragged, made = player(page, "summary"), generations(page)[NAME]
    page.mouse.up()
    page.wait_for_function("window.explorerPlayer.following === ''")  # the page's own picture has come
    wait_quiet(page)
    assert player(page, "summary").split("time")[-1] == dragged.split("time")[-1]
    assert generations(page)[NAME] == made  # the same frames, so nothing was drawn anew


def test_only_the_panel_under_the_hand_is_drawn_anew_and_all_looks_as_if_all_were(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    rest(page)
    x, y = thumb(page, LR)
    page.mouse.move(x, y)
    page.mouse.down()
    wholes = []
    for step in (40, 46):  # what is said under the title may come and go in the first
        held_at(page, x - step, y, 2)
        page.evaluate("new Promise(requestAnimationFrame)")
        wholes.append(player(page, "wholes"))
    drawn = pixels(page)
    page.evaluate("window.explorerPlayer.whole()")
    assert wholes[0] == wholes[1] == player(page, "wholes") - 1
    assert pixels(page) == drawn
    page.mouse.up()
    wait_quiet(page)


@pytest.mark.long
@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("audits{}&audit=weight_path&focus=1", "a = 1.50"),  # the audit's way, not the method's steps
        ("streams{}&batches=3&size=2&focus=1", "request 3 of 3"),
    ],
)
def test_a_knob_held_on_a_page_with_pictures_of_its_own_moves_them(page: Page, address: str, where: str, said: str):
    open_app(page, f"{address}/{where.format(TWO)}", panels=3)
    rest(page)
    before, link = generations(page), asked(page)
    x, y = thumb(page, LR)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y, steps=3)
    wait_made(page, NAME, before[NAME])
    assert asked(page) == link and said in player(page, "summary")
    held = generations(page)
    assert {name for name in before if held[name] != before[name]} == {NAME}
    page.mouse.up()
    wait_address(page, "lr:")
    wait_quiet(page)


@pytest.mark.long
def test_a_knob_on_points_of_ones_own_moves_the_picture(page: Page, address: str, tmp_path: Path):
    points = tmp_path / "points.csv"
    points.write_text("\n".join(["x1,x2,label", *(f"{n % 9},{n % 5},{n % 2}" for n in range(40))]))
    open_app(page, address + TWO, panels=3)
    scene = player(page, "scene")
    page.get_by_text("Data: Two moons").click()
    give(page.locator('[class*="st-key-upload"] input[type="file"]'), points)
    wait_address(page, "data=csv")
    page.wait_for_function(f"window.explorerPlayer.scene > {scene}")
    wait_ready(page, 3)
    rest(page)
    old, link = generations(page)[NAME], asked(page)
    x, y = thumb(page, LR)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y, steps=3)
    wait_made(page, NAME, old)
    assert asked(page) == link
    page.mouse.up()
    wait_address(page, "lr:")
    wait_quiet(page)


def test_a_finger_moves_the_picture(browser: Browser, address: str):
    context = new_context(browser, has_touch=True)
    page = context.new_page()
    open_app(page, address + TWO, panels=3)
    rest(page)
    old, link = generations(page)[NAME], asked(page)
    x, y = thumb(page, LR)
    touch = context.new_cdp_session(page)

    def finger(kind: str, *points: float) -> None:
        where = [{"x": at, "y": y} for at in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    finger("touchStart", x)
    for step in range(1, 7):
        finger("touchMove", x + 8 * step)
    wait_made(page, NAME, old)
    assert asked(page) == link
    finger("touchEnd")
    wait_address(page, "gradient_ascent(lr:")
    wait_quiet(page)
    context.close()


def test_a_key_moves_the_picture_and_the_link(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    rest(page)
    asks: list[str] = []
    page.on("request", lambda request: asks.append(request.url) if "/picture?" in request.url else None)
    old = generations(page)[NAME]
    slider(page, LR).focus()
    page.keyboard.press("ArrowRight")
    wait_made(page, NAME, old)
    wait_address(page, "lr:")
    wait_quiet(page)
    assert "lr:" in asked(page)["panels"]
    assert len(asks) == 1 and "panel=1" in asks[0]


def test_the_noise_of_the_data_moves_the_panel_in_focus_first_and_then_all(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    page.get_by_text("Data: Two moons").click()
    slider(page, NOISE).locator("xpath=../..").hover()  # once it stands still: its group unfolds slowly
    there = everything_moves(page, NOISE, "noise:")
    assert "noise:" in there["data"]


@pytest.mark.long
def test_the_share_to_forget_moves_the_panel_in_focus_first_and_then_all(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    there = everything_moves(page, FRACTION, "request=")
    assert "fraction:" in there["request"] or there["request"].startswith("(fraction:")


def everything_moves(page: Page, key: str, said: str) -> dict[str, str]:
    """Drag a slider on which all panels depend, let it go, and return what the address says then."""
    rest(page)
    link, scene = asked(page), player(page, "scene")
    asks: list[str] = []
    page.on("request", lambda request: asks.append(request.url) if "/picture?" in request.url else None)
    x, y = thumb(page, key)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y)
    page.wait_for_function(f"window.explorerPlayer.scene > {scene} && window.explorerPlayer.panels.length === 3")
    assert asked(page) == link
    assert "panel=1" in asks[0] and "panel=" not in asks[-1].replace("panels=", "")
    page.mouse.up()
    wait_address(page, said)
    wait_quiet(page)
    return asked(page)


@pytest.mark.long
def test_a_typed_seed_moves_the_picture_before_it_is_sent(page: Page, address: str):
    open_app(page, address + TWO, panels=3)
    rest(page)
    page.get_by_text("Data: Two moons").click()
    link, scene = asked(page), player(page, "scene")
    box = page.locator(f'[class*="st-key-{SEED}-"] input')
    box.focus()
    box.press("End")
    page.keyboard.type("7")
    page.wait_for_function(f"window.explorerPlayer.scene > {scene}")
    assert asked(page) == link
    page.keyboard.press("Enter")
    wait_address(page, "seed=7")
    wait_quiet(page)


@pytest.fixture
def unserved(page: Page) -> Iterator[Page]:
    """A page whose host answers every address with Streamlit's page."""

    def front(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<!doctype html>")

    page.route("**/picture?**", front)
    yield page


@pytest.mark.long
def test_where_no_pictures_are_served_a_slider_works_when_it_is_let_go(unserved: Page, address: str):
    page = unserved
    open_app(page, address + TWO, panels=3)
    rest(page)
    asks: list[str] = []
    page.on("request", lambda request: asks.append(request.url) if "/picture?" in request.url else None)
    old = generations(page)[NAME]
    x, y = thumb(page, LR)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y, steps=3)
    page.wait_for_function("window.explorerPlayer.following === 'off'")
    for step in range(2, 4):
        page.mouse.move(x + 20 * step, y, steps=3)
    assert generations(page)[NAME] == old
    page.mouse.up()
    wait_address(page, "gradient_ascent(lr:")
    wait_made(page, NAME, old)
    wait_quiet(page)
    assert len(asks) <= 2  # those that were under way when the first answer came


def test_an_address_that_names_a_page_opens_it(page: Page, address: str):
    page.goto(f"{address}/?page=compare&{TWO[1:]}")
    page.wait_for_url("**/compare?**")
    page.get_by_text("Rows: data sets").wait_for()
    assert asked(page)["data"] == "moons(n:80)"
