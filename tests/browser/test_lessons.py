"""Lessons in a real browser: by mouse, by keyboard alone, by touch; their place in the address, back and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explorer.lessons import ORDER, Attack, Guess, Try, lessons
from tests.browser._axe import barriers
from tests.browser._look import (
    CANVAS,
    asked,
    generations,
    new_context,
    player,
    rest,
    slider,
    wait_address,
    wait_quiet,
)
from tests.browser._screens import faults
from tests.browser.test_drag import thumb

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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


#: Lets a while of eight seconds and more end at once.
SOON = "window.setTimeout = ((real) => (f, ms, ...more) => real(f, ms >= 8000 ? 200 : ms, ...more))(window.setTimeout);"


@pytest.mark.parametrize(
    "key", ["cliff", *(pytest.param(key, marks=pytest.mark.long) for key in ORDER if key != "cliff")]
)
def test_a_lesson_plays_to_its_end_without_a_hand(key: str, page: Page, address: str):
    page.add_init_script(SOON)
    steps = lessons()[key].steps
    page.goto(f"{address}/lessons?v=1&lesson={key}")
    at(page, 0, "ask" if isinstance(steps[0], Guess) else "")
    press(page, "Play all")
    page.get_by_text("You can now say:").wait_for()
    assert asked(page)["at"] == str(len(steps))
    given = [f"{k}.{step.answer[step.knobs[0]]:g}" for k, step in enumerate(steps) if isinstance(step, Try)]
    skipped = [f"{k}.skipped" for k, step in enumerate(steps) if isinstance(step, Attack | Guess)]
    assert sorted(asked(page).get("g", "").split("~")) == sorted(given + skipped)


def test_a_task_gives_a_hint_after_a_while_and_shows_itself_when_asked(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=cliff&at=2")
    at(page, 2)
    late = page.locator(".ue-late, .st-key-lesson_late")
    assert late.count() == 2 and not any(one.is_visible() for one in late.all())
    waits = "document.getAnimations().filter((one) => one.animationName === 'ue-late')"
    assert page.evaluate(f"{waits}.map((one) => one.effect.getTiming().delay)") == [20_000, 20_000]
    page.evaluate(f"{waits}.forEach((one) => one.finish())")
    assert all(one.is_visible() for one in late.all())
    step = lessons()["cliff"].steps[2]
    assert isinstance(step, Try) and late.first.inner_text() == step.hint
    press(page, "Show me")
    page.get_by_text("Done.").wait_for()
    assert asked(page)["g"] == "2.0.008"


def test_a_lesson_is_had_on_paper_at_its_end(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=cliff&at=3")
    page.get_by_text("You can now say:").wait_for()
    wait_quiet(page)
    with page.expect_download() as got:
        page.get_by_role("button", name="Handout").click()
    text = got.value.path().read_text(encoding="utf-8")
    assert got.value.suggested_filename == "cliff.html" and text.count("<svg") == 3 + 2  # three steps, two answers


def test_a_number_and_a_task_by_mouse(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=right_anyway")
    at(page, 0, "ask")
    press(page, "That is my guess")
    at(page, 0, "told")
    assert page.get_by_text("You said 40; it is 75 points.").count() == 1
    scale = player(page, "overlay.marks.scale")
    assert (scale["guess"], scale["truth"]) == (40, 75) and scale["band"][0] <= 75 <= scale["band"][1]
    page.goto(f"{address}/lessons?v=1&lesson=right_anyway&at=3")
    at(page, 3)
    handle = slider(page, "try-right_anyway-3-neg_grad_plus-steps")
    handle.focus()
    for _ in range(60):
        if handle.input_value() == "46":
            break
        page.keyboard.press("ArrowLeft")
    page.get_by_text("Done.").wait_for()
    wait_address(page, "g=3.4")


def test_the_picture_of_a_task_follows_its_slider_while_it_is_held(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=right_anyway&at=3")
    at(page, 3)
    rest(page)
    name, before, link = "1:neg_grad_plus", generations(page), asked(page)
    step, panels = player(page, "overlay"), player(page, "panels")
    x, y = thumb(page, "try-right_anyway-3-neg_grad_plus-steps")
    page.mouse.move(x, y)
    page.mouse.down()
    for moved in range(1, 4):
        page.mouse.move(x - 5 * moved, y, steps=2)
        page.wait_for_function(f"window.explorerPlayer.generation['{name}'] > {before[name] + moved - 1}")
    page.wait_for_function("window.explorerPlayer.following === 'shown'")
    held = generations(page)
    assert {one for one in before if held[one] != before[one]} == {name}, "the retrained panel stays"
    assert (player(page, "overlay"), player(page, "panels")) == (step, panels) and asked(page) == link
    page.mouse.up()
    wait_address(page, "g=3.")
    page.wait_for_function("window.explorerPlayer.following === ''")
    wait_quiet(page)
    assert generations(page) == held, "the picture after letting go is the one that was dragged to"


def pull(page: Page, places: list[tuple[float, float]], panel: int = 0) -> None:
    """Draw over a panel with the mouse; places in shares of its width and height, from its upper left corner."""
    canvas, box = page.locator(CANVAS).bounding_box(), player(page, f"boxes[{panel}]")
    assert canvas is not None
    at_ = [(canvas["x"] + box["x"] + u * box["w"], canvas["y"] + box["y"] + v * box["h"]) for u, v in places]
    page.mouse.move(*at_[0])
    page.mouse.down()
    for place in at_[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_points_are_guessed_with_a_lasso(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=right_anyway&at=2")
    at(page, 2, "ask")
    pull(page, [(0.3, 0.1), (0.9, 0.1), (0.9, 0.65), (0.4, 0.65), (0.3, 0.1)])
    assert len(player(page, "sketch.index")) > 60
    press(page, "That is my guess")
    at(page, 2, "told")
    assert len(player(page, "overlay.marks.points.truth")) == 74
    assert page.get_by_text("of them rightly; 74 change.").count() == 1


def test_a_line_is_drawn_and_compared(page: Page, address: str):
    page.goto(f"{address}/lessons?v=1&lesson=gap_or_inside&at=1")
    at(page, 1, "ask")
    pull(page, [(0.25, 0.02), (0.55, 0.5), (0.88, 0.98)])
    assert 2 <= len(player(page, "sketch.line")) <= 24
    press(page, "That is my guess")
    at(page, 1, "told")
    page.get_by_text("of the plane on the right side.").wait_for()
    assert 0 < len(player(page, "overlay.marks.line.wrong")) < 600  # of 4,096 cells


def test_an_order_is_given_by_touch_on_a_phone(browser: Browser, address: str):
    context = new_context(browser, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/lessons?v=1&lesson=what_it_reads&at=1")
    at(page, 1, "ask")
    assert faults(page) == [] and barriers(page) == []
    for name in ("SCRUB", "Fine-tuning", "JiT", "Gradient ascent"):
        page.get_by_role("button", name=name, exact=True).tap()
        wait_quiet(page)
    at(page, 1, "told")
    page.get_by_text("Yes: SCRUB, Fine-tuning, JiT, Gradient ascent.").wait_for()
    assert faults(page) == []
    context.close()
