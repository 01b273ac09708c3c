"""A class in real browsers: a lecturer's page, and two phones of 390 pixels that are used by touch."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser._axe import barriers
from tests.browser._look import new_context, player, until, wait_quiet
from tests.browser._screens import faults
from tests.browser.test_lessons import at, press

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

THUMB = 44  # CSS pixels that a thumb needs
WIDE = "() => document.documentElement.scrollWidth > innerWidth"


def phone(browser: Browser, address: str) -> Page:
    context = new_context(browser, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/join")
    return page


def join(page: Page, code: str) -> None:
    page.get_by_label("Code of the class").fill(code.lower())
    page.get_by_role("button", name="Join").tap()
    page.get_by_role("heading", name="You have joined.").wait_for()


def option(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def sent(page: Page) -> None:
    page.get_by_text("Sent. You can change it").wait_for()


def calm(page: Page) -> list[str]:
    """Return what is wrong with a phone's page: barriers, a width that scrolls, buttons too small for a thumb."""
    found = barriers(page) + (["it scrolls sideways"] if page.evaluate(WIDE) else [])
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        if box is not None and min(box["width"], box["height"]) < THUMB:
            found.append(f"too small for a thumb: {button.inner_text()} {box}")
    return found


def test_a_class_of_two_phones_from_the_code_to_its_end(page: Page, browser: Browser, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=never_saw")
    at(page, 0)
    press(page, "With a class")
    code = page.locator(".ue-huge").inner_text()
    page.get_by_text("This app answers this machine alone").wait_for()
    wait_quiet(page)
    assert faults(page) == [] and barriers(page) == []
    one, two = phone(browser, address), phone(browser, address)
    assert calm(one) == []
    join(one, code)
    join(two, code)
    page.get_by_text("2 joined").wait_for()
    press(page, "Begin")
    at(page, 0)
    press(page, "Next")
    at(page, 1, "ask")
    for each in (one, two):
        each.get_by_role("heading", name="Only one of them has never seen").wait_for()
    assert calm(one) == []
    option(one, "A").tap()
    sent(one)
    page.get_by_text("of 2 have answered").wait_for()
    page.wait_for_function(SHOWS, arg="1of 2 have answered")
    option(two, "B").tap()
    sent(two)
    page.wait_for_function(SHOWS, arg="2of 2 have answered")
    option(one, "C").tap()  # a change of mind
    sent(one)
    one.reload()
    option(one, "C").and_(one.locator("[aria-pressed=true]")).wait_for()
    assert calm(one) == []
    press(page, "Reveal")
    at(page, 1, "told")
    for each in (one, two):
        each.get_by_text("The answer: B.").wait_for()
    assert option(two, "B").inner_text().split("\n")[-1] == "your guess, the answer"
    page.get_by_text("2 have guessed, 1 of them rightly.").wait_for()
    texts = {mark["panel"]: mark["text"] for mark in player(page, "overlay.marks.panels")}
    assert texts == {"0:fine_tune": "0 of 2", "1:retrained": "the answer: 1 of 2", "2:gradient_ascent": "1 of 2"}
    assert barriers(page) == [] and faults(page) == []
    page.reload()  # the class is found again
    at(page, 1, "told")
    page.get_by_text("2 have guessed, 1 of them rightly.").wait_for()
    press(page, "End the class")
    for each in (one, two):
        each.get_by_role("heading", name="This class has ended.").wait_for()
        each.context.close()


#: The text of the counts, which stand in shadow trees, says this somewhere.
SHOWS = """(text) => {
    const all = (root) => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    return all(document).some((one) => one.textContent.replace(/\\s+/g, ' ').replace(' of', 'of').trim() === text);
}"""  # noqa: E501


def asked(page: Page, browser: Browser, address: str, key: str, step: int, skip: Callable[[], None]) -> Page:
    """Open a class of one phone and go to a question; return the phone."""
    page.goto(f"{address}/lessons?v=1&lesson={key}")
    at(page, 0)
    press(page, "With a class")
    code = page.locator(".ue-huge").inner_text()
    one = phone(browser, address)
    join(one, code)
    press(page, "Begin")
    at(page, 0)
    skip()
    at(page, step, "ask")
    return one


def test_a_line_is_drawn_on_a_phone_with_a_finger_and_stands_in_the_heat_map(
    page: Page, browser: Browser, address: str
):
    one = asked(page, browser, address, "gap_or_inside", 1, lambda: press(page, "Next"))
    until(one, "Boolean(window.explorerPlayer?.sketch)")
    assert calm(one) == []
    assert player(page, "sketch") is None, "one guesses on the phone, not on the screen"
    pull(one, [(0.3, 0.1), (0.5, 0.5), (0.8, 0.9)])
    one.get_by_role("button", name="That is my guess").tap()
    sent(one)
    line = player(one, "sketch.line")
    one.reload()
    until(one, "window.explorerPlayer?.sketch?.line.length > 1")
    assert player(one, "sketch.line") == line, "a reload keeps the guess"
    press(page, "Reveal")
    at(page, 1, "told")
    heat = player(page, "overlay.marks.heat")
    assert (heat["people"], heat["most"], heat["panel"]) == (1, 1, "0:jit") and 0 < sum(heat["cells"]) < 2000
    one.get_by_text("The true line is on the screen.").wait_for()
    assert calm(one) == []
    press(page, "End the class")
    one.context.close()


def pull(page: Page, places: list[tuple[float, float]]) -> None:
    """Draw with a finger over the picture; places in shares of its width and height, from its upper left corner."""
    canvas, box = page.locator("canvas").bounding_box(), player(page, "boxes[0]")
    assert canvas is not None
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [
            {"x": canvas["x"] + box["x"] + u * box["w"], "y": canvas["y"] + box["y"] + v * box["h"]} for u, v in at
        ]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", places[0])
    for (u0, v0), (u1, v1) in itertools.pairwise(places):
        for k in range(1, 7):
            touch("touchMove", (u0 + (u1 - u0) * k / 6, v0 + (v1 - v0) * k / 6))
    touch("touchEnd")


def test_a_talk_opens_a_class_and_a_clicker_asks_it_and_reveals(page: Page, browser: Browser, address: str):
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}/present?deck=never_saw")
    until(page, "Boolean(window.explorerTalk?.stage.player)")
    page.keyboard.press("c")
    code = page.locator(".joincode").inner_text()
    assert barriers(page) == [] and page.locator(".joining").evaluate("one => one.scrollHeight <= one.clientHeight")
    one = phone(browser, address)
    join(one, code)
    page.locator(".joining").get_by_text("1 joined").wait_for()
    page.keyboard.press("PageDown")
    assert page.evaluate("explorerTalk.at") == 0 and not page.locator(".joining").is_visible(), "the class begins"
    page.keyboard.press("PageDown")
    page.get_by_text("0 of 1 has answered").wait_for()
    option(one, "B").tap()
    sent(one)
    page.get_by_text("1 of 1 has answered").wait_for()
    assert barriers(page) == []
    page.keyboard.press("PageDown")
    page.get_by_text("1 has guessed, 1 of them rightly.").wait_for()
    assert "the answer: 1 of 1" in [mark["text"] for mark in player(page, "overlay.marks.panels")]
    one.get_by_text("The answer: B.").wait_for()
    page.reload()  # the class is found again
    page.get_by_text("1 has guessed, 1 of them rightly.").wait_for()
    page.keyboard.press("c")
    page.get_by_role("button", name="End the class").click()
    one.get_by_role("heading", name="This class has ended.").wait_for()
    assert page.get_by_text(code).count() == 0
    one.context.close()
