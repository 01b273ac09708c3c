"""Lessons from their first step to their last sentence: by mouse, by keyboard alone, and by touch on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explorer.lessons import lessons
from tests.browser._axe import barriers
from tests.browser._look import asked, new_context, player, wait_quiet
from tests.browser._screens import faults
from tests.browser.test_lessons import NEXT, at, press, pull

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.long


def at_its_end(page: Page, key: str) -> None:
    """Wait for the last page of a lesson, with the sentence that one can now say."""
    page.get_by_text("You can now say:").wait_for()
    wait_quiet(page)
    said = page.locator(".st-key-lesson_end .ue-start").inner_text()
    assert said.startswith(lessons()[key].goal[:20]) and asked(page)["at"] == str(len(lessons()[key].steps))


def test_what_deleting_gives_away_is_taken_to_its_end_by_mouse(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=gives_away")
    at(page, 0, "ask")
    assert page.get_by_text("to forget").count() == 0, "not marked until guessed"
    pull(page, [(0.3, 0.1), (0.9, 0.1), (0.9, 0.65), (0.4, 0.65), (0.3, 0.1)])
    press(page, "That is my guess")
    at(page, 0, "told")
    assert len(player(page, "overlay.marks.points.truth")) == 80
    press(page, NEXT)
    at(page, 1)
    press(page, NEXT)
    at(page, 2, "ask")
    press(page, "Gradient ascent")
    at(page, 2, "told")
    page.get_by_text("Yes: Gradient ascent.").wait_for()
    press(page, NEXT)
    at_its_end(page, "gives_away")


def test_you_are_the_attacker_is_taken_to_its_end_by_mouse(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=be_the_attacker")
    at(page, 0, "ask")
    press(page, "That is my guess")
    at(page, 0, "told")
    press(page, NEXT)
    for count in range(20):
        page.get_by_text(f"{count + 1} of 20. Was this point").wait_for()
        page.get_by_role("button", name="It was not" if count % 2 else "It was in the training set").click()
    page.get_by_text("You were right").wait_for()
    wait_quiet(page)
    assert asked(page)["g"].endswith("1." + "yn" * 10)
    assert barriers(page) == [] and faults(page) == []
    press(page, NEXT)
    at(page, 2, "ask")
    press(page, "That is my guess")
    at(page, 2, "told")
    press(page, NEXT)
    at(page, 3)
    press(page, NEXT)
    at_its_end(page, "be_the_attacker")


def test_photographs_is_taken_to_its_end_by_keyboard_alone(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=photographs")
    at(page, 0)

    def key(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText?.trim()") == name:
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"no way to {name} by keyboard")

    key(NEXT)
    at(page, 1, "ask")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[role=slider], input[type=range]')"):
            break
    for _ in range(27):
        page.keyboard.press("ArrowRight")
    key("That is my guess")
    at(page, 1, "told")
    page.get_by_text("it is 77 per cent.").wait_for()
    key(NEXT)
    at(page, 2, "ask")
    key("EU-k")
    at(page, 2, "told")
    page.get_by_text("Yes: EU-k.").wait_for()
    key(NEXT)
    at_its_end(page, "photographs")


def test_a_model_that_never_saw_them_is_taken_to_its_end_by_touch_on_a_phone(browser: Browser, address: str):
    context = new_context(browser, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/lessons?v=1&lesson=never_saw")

    def tap(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).tap()

    at(page, 0)
    tap(NEXT)
    at(page, 1, "ask")
    tap("B")
    at(page, 1, "told")
    for step in (2, 3):
        tap(NEXT)
        at(page, step)
    tap(NEXT)
    at(page, 4, "ask")
    tap("Random labels")
    at(page, 4, "told")
    assert faults(page) == []
    tap(NEXT)
    at_its_end(page, "never_saw")
    context.close()
