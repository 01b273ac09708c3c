"""The quiz by keys and by touch, and the report on screen and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from explorer.contents.lessons.handout import handout
from explorer.lessons import ORDER, lessons
from explorer.session.desk import Here
from tests.browser._axe import barriers
from tests.browser._look import asked, new_context, wait_address, wait_quiet
from tests.browser._screens import faults
from tests.lessons._staged import STORE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SMALL = (
    "v=1&data=moons(n:100,noise:0.35)&request=random(fraction:0.2)&model=mlp(widths:8)&training=standard(steps:40)"
    "&evaluation=retrained_seeds:2&panels=retrained~gradient_ascent(steps:2)"
)


def answer(page: Page, count: int) -> None:
    """Wait until one answer more is wanted."""
    page.get_by_text(f"{count + 1} of 20. Was this point").wait_for()
    wait_quiet(page)


def test_a_round_is_played_by_the_keys_y_and_n(page: Page, address: str):
    page.goto(f"{address}/quiz?{SMALL}")
    answer(page, 0)
    assert barriers(page) == [] and faults(page) == []
    for count in range(20):
        answer(page, count)
        page.keyboard.press("n" if count % 3 else "y")
    page.get_by_text("You were right").wait_for()
    wait_quiet(page)
    assert asked(page)["of_original"] == "ynn" * 6 + "yn"
    assert page.get_by_text("LiRA, offline").count() and page.get_by_text("A coin", exact=True).count()
    assert barriers(page) == []
    page.get_by_role("button", name="under the retrained model").click()
    wait_address(page, "turn=retrained")
    answer(page, 0)
    page.get_by_role("button", name="Show what the attacks reach").click()
    page.get_by_text("nobody can do better than a coin here").wait_for()


def test_an_answer_is_given_and_taken_back_by_touch_on_a_phone(browser: Browser, address: str):
    context = new_context(browser, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/quiz?{SMALL}")
    answer(page, 0)
    assert faults(page) == [] and barriers(page) == []
    page.get_by_role("button", name="It was not").tap()
    answer(page, 1)
    page.get_by_role("button", name="Take the last answer back").tap()
    answer(page, 0)
    assert "of_original" not in asked(page)
    context.close()


def test_images_are_asked_about_without_pictures(page: Page, address: str):
    page.goto(f"{address}/quiz?v=1&asks=images")
    page.get_by_text("1 of 20. Was this image").wait_for()
    wait_quiet(page)
    page.get_by_text("The images themselves are not shown").wait_for()
    assert barriers(page) == []


def pages(page: Page, file: Path) -> int:
    """Return on how many sheets a file prints."""
    page.goto(file.as_uri())
    return page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")


def test_the_door_leads_to_a_report_that_prints_to_two_pages(page: Page, address: str, tmp_path: Path):
    page.goto(f"{address}/report?{SMALL}")
    page.frame_locator("iframe").get_by_text("What can an onlooker still find out?").wait_for()
    wait_quiet(page)
    assert barriers(page) == [] and faults(page) == []
    with page.expect_download() as got:
        page.get_by_role("button", name="Report", exact=True).click()
    got.value.save_as(tmp_path / "report.html")
    page.goto(f"{address}/report?v=1&about=images&folder=cifar10-compact-memorise-class&runs=unsir&shown=unsir")
    page.frame_locator("iframe").get_by_text("What was done: UNSIR").wait_for()
    wait_quiet(page)
    with page.expect_download() as got:
        page.get_by_role("button", name="Report", exact=True).click()
    got.value.save_as(tmp_path / "images.html")
    for name in ("report.html", "images.html"):
        assert 1 <= pages(page, tmp_path / name) <= 2, name


@pytest.mark.long
@pytest.mark.parametrize("key", ORDER)
def test_the_handout_of_a_lesson_prints_to_four_pages_at_most(key: str, page: Page, tmp_path: Path):
    (tmp_path / "handout.html").write_text(handout(key, lessons()[key], Here(STORE.memo)), encoding="utf-8")
    assert 2 <= pages(page, tmp_path / "handout.html") <= 4
