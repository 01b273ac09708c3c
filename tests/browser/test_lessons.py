"""Lessons in a real browser: by mouse, by keyboard alone, by touch; their place in the address, back and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lessons import lessons
from tests.browser._axe import barriers
from tests.browser._look import asked, player, wait_address, wait_quiet
from tests.browser._screens import faults

if TYPE_CHECKING:
    from playwright.sync_api import Page

NEXT, SKIP = "Next", "Skip"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def at(page: Page, step: int, phase: str = "") -> None:
    """Wait until the picture of a step is on screen."""
    ending = f":{step}:{phase}"
    page.wait_for_function(f"window.explorerPlayer?.overlay?.place.endsWith({ending!r})")
    wait_quiet(page)


def test_start_leads_to_a_lesson_which_is_taken_by_mouse(page: Page, address: str):
    page.goto(address)
    page.wait_for_function("window.explorerPlayer")
    wait_quiet(page)
    assert barriers(page) == [] and faults(page) == []
    page.get_by_role("link", name="Take a lesson").click()
    page.get_by_role("link", name="A model that never saw them").click()
    at(page, 0)
    wait_address(page, "lesson=never_saw")
    assert barriers(page) == [] and faults(page) == []
    press(page, NEXT)
    at(page, 1, "ask")
    assert page.get_by_role("button", name=NEXT, exact=True).count() == 0, "locked"
    page.evaluate("window.explorerPlayer.go(0)")
    assert player(page, "progress") == 1
    assert barriers(page) == []
    press(page, "A")
    at(page, 1, "told")
    assert asked(page)["g"] == "1.0"
    assert page.get_by_text("You: A. The answer: B.").count() == 1
    assert [mark["text"] for mark in player(page, "overlay.marks.panels")] == ["the answer", "your guess"]
    assert barriers(page) == []
    for step in (2, 3):
        press(page, NEXT)
        at(page, step)
    assert player(page, "overlay.spotlight") == "1:random_labels" and player(page, "overlay.cue")
    page.go_back()
    at(page, 2)
    page.go_forward()
    at(page, 3)
    press(page, NEXT)
    at(page, 4, "ask")
    press(page, SKIP)
    at(page, 4, "told")
    press(page, NEXT)
    page.get_by_text("You can now say:").wait_for()
    assert page.get_by_text("cannot remember what it never saw").count() == 1


def test_a_lesson_by_keyboard_alone(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=never_saw&at=1")
    at(page, 1, "ask")

    def key(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText?.trim()") == name:
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"no way to {name} by keyboard")

    key("B")
    at(page, 1, "told")
    assert asked(page)["g"] == "1.1"
    key(NEXT)
    at(page, 2)


def test_a_link_with_garbage_opens_the_lesson_at_its_start_and_says_so(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=never_saw&at=11&g=1.77")
    at(page, 0)
    page.get_by_text("This link does not fit the lesson, which begins anew").wait_for()
    assert page.get_by_text("Traceback").count() == 0
    page.goto(f"{address}/lessons?v=1&lesson=nowhere&at=x&g=%00")
    page.get_by_text("There is no lesson nowhere").wait_for()
    page.get_by_text(lessons()["never_saw"].title).wait_for()
