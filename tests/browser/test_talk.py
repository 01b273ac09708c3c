"""A talk in a real browser: by the keys of a clicker, with notes that follow, from the server and from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from explorer.contents import slides
from explorer.decks import Deck, Slide
from explorer.experiments.store.store import Store
from explorer.session.desk import Here
from tests.browser._axe import barriers
from tests.browser._look import asked, give, new_context, open_app, until, wait_quiet

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SMALL = "v=1&data=moons(n:40)&training=standard(steps:5)&evaluation=(retrained_seeds:2)"
MOVES = f"watch?{SMALL}&panels=retrained~gradient_ascent(steps:3)"
DECK = Deck(
    "A small talk",
    (
        Slide(MOVES, "It moves", "Look at the line.", "Say it slowly."),
        Slide("watch?v=1&foo=3", "Broken", "Nothing to see.", "Go on."),
        Slide(f"watch?{SMALL}&panels=original", "It stands", "Look again.", "<b>Thank them.</b>"),
    ),
)


def talk(page: Page, what: str) -> Any:
    return page.evaluate(f"window.explorerTalk.{what}")


def opened(page: Page, address: str) -> None:
    """Open a talk and wait until its first picture is drawn, and stands still."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(address)
    until(page, "Boolean(window.explorerTalk && window.explorerTalk.stage.player)")


def shown(page: Page, number: int) -> None:
    """Wait until a slide is on screen, with what it shows."""
    until(page, f"window.explorerTalk.at === {number}")
    page.evaluate("() => window.explorerTalk.ready")  # the slide before stays for a moment


def own(address: str) -> str:
    return f"{address}/present#deck={DECK.packed()}"


def test_a_clicker_goes_through_a_deck_of_ones_own(page: Page, address: str):
    page.set_viewport_size({"width": 1920, "height": 1080})
    opened(page, own(address))
    assert page.locator("h1").inner_text() == "It moves" and page.locator(".says").inner_text() == "Look at the line."
    assert barriers(page) == []
    page.keyboard.press("PageDown")
    shown(page, 1)
    assert page.locator(".trouble").inner_text().endswith("foo: it is not a part of a link")
    page.keyboard.press("PageDown")
    shown(page, 2)
    assert page.locator("h1").inner_text() == "It stands" and asked(page)["slide"] == "3"
    page.keyboard.press("PageDown")
    shown(page, 2)
    for key in ("b", "."):
        page.keyboard.press(key)
        assert page.locator(".black").is_visible() is (key == "b")
    for number in (1, 0):
        page.keyboard.press("PageUp")
        shown(page, number)


def test_type_and_lines_can_be_read_from_the_last_row(page: Page, address: str):
    page.set_viewport_size({"width": 1920, "height": 1080})
    opened(page, own(address))
    size = "(one) => parseFloat(getComputedStyle(one).fontSize)"
    sizes = [page.locator(one).evaluate(size) for one in ("h1", ".says")]
    layout = talk(page, "stage.player.state.layout")
    sizes += [layout["heading"]["small"], layout["footer"]["size"], layout["legend"]["size"], layout["axis"]["font"]]
    assert min(sizes) >= 28
    look = talk(page, "stage.player.state.look")
    assert look["fine"] >= 4 and look["rule"] >= 4 and min(look["stroke"] * share for share in (1, 0.72, 0.8)) >= 4
    assert (
        page.locator(".explorer-player .deck").is_hidden()
        and page.locator(".controls").evaluate("one => getComputedStyle(one).opacity") == "0"
    )


def test_space_plays_and_the_arrows_step_frames(page: Page, address: str):
    opened(page, own(address))
    page.keyboard.press("Home")
    assert talk(page, "stage.place.progress") == 0
    page.keyboard.press("ArrowRight")
    assert 0 < talk(page, "stage.place.progress") < 1
    page.keyboard.press("ArrowLeft")
    assert talk(page, "stage.place.progress") == 0
    page.keyboard.press(" ")
    assert talk(page, "stage.place.playing")
    page.keyboard.press(" ")
    assert not talk(page, "stage.place.playing")


def test_the_next_slide_is_at_hand_before_it_is_asked_for(page: Page, address: str):
    opened(page, own(address))
    until(page, "window.explorerTalk.slides.asked === 2")  # the broken one needs no answer of the server
    page.context.set_offline(True)
    for number in (1, 2):
        page.keyboard.press("PageDown")
        shown(page, number)
    assert talk(page, "stage.player.state.panels.length") == 1


def follows(page: Page) -> None:
    """Check that a window of notes, opened by N, follows the talk, and the talk it."""
    with page.context.expect_page() as found:
        page.keyboard.press("n")
    notes = found.value
    until(notes, "Boolean(window.explorerTalk)")
    shown(notes, 0)
    assert notes.locator(".note").inner_text() == "Say it slowly." and notes.locator(".gone").inner_text() == "0:00"
    page.keyboard.press("PageDown")
    shown(notes, 1)
    assert notes.locator(".note").inner_text() == "Go on." and notes.locator(".place").inner_text() == "Slide 2 of 3"
    notes.keyboard.press("PageDown")
    shown(page, 2)
    shown(notes, 2)
    assert notes.locator(".note").inner_text() == "<b>Thank them.</b>"
    assert notes.locator(".following").inner_text() == "This is the last slide."
    notes.keyboard.press("b")
    until(page, "!document.querySelector('.black').hidden")
    page.keyboard.press("PageUp")
    shown(notes, 1)
    assert page.locator(".black").is_hidden()
    until(notes, "document.querySelector('.gone').textContent !== '0:00'")


def test_the_notes_follow_and_lead(page: Page, address: str):
    opened(page, own(address))
    follows(page)


def test_a_deck_as_one_page_plays_without_a_server(browser: Browser, tmp_path: Path):
    file = tmp_path / "talk.html"
    file.write_text(slides.page(DECK, Here(Store(None).memo)), encoding="utf-8")
    assert "://" not in file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    context = new_context(browser)
    context.set_offline(True)
    page = context.new_page()
    opened(page, file.as_uri())
    page.keyboard.press("PageDown")
    shown(page, 1)
    assert page.locator(".trouble").inner_text().endswith("foo: it is not a part of a link")
    page.keyboard.press("PageUp")
    shown(page, 0)
    follows(page)
    context.close()


def test_a_link_in_a_deck_leads_to_pages_of_this_app_only(page: Page, address: str):
    deck = Deck("Away", (Slide("//example.org/elsewhere?v=1", "Away"),))
    page.goto(f"{address}/present#deck={deck.packed()}")
    page.locator(".trouble").get_by_text("got elsewhere").wait_for()
    page.keyboard.press("p")
    page.wait_for_url(f"{address}/elsewhere?v=1")


def test_a_link_that_holds_no_deck_says_so(page: Page, address: str):
    page.goto(f"{address}/present#deck=x")
    page.get_by_text("This link holds no deck that can be read.").wait_for()
    assert page.get_by_role("link", name="Choose a deck").get_attribute("href") == "/decks"


@pytest.mark.long
def test_a_picture_of_the_app_is_presented_by_p_and_becomes_a_slide(page: Page, address: str, tmp_path: Path):
    open_app(page, f"{address}/{MOVES}", panels=2)
    with page.context.expect_page() as found:
        page.keyboard.press("p")
    until(found.value, "Boolean(window.explorerTalk && window.explorerTalk.stage.player)")
    assert talk(found.value, "stage.player.state.panels.length") == 2
    found.value.close()
    page.get_by_role("button", name="Add this picture to a deck").click()
    page.get_by_role("link", name="Your deck: 1 slide").click()
    page.get_by_text("1. Two moons: The ringed points").wait_for()
    with page.expect_download() as got:
        page.get_by_role("button", name="Save as a file").click()
    deck = Deck.read(got.value.path().read_bytes())
    assert "panels=retrained~gradient_ascent(steps:3)" in deck.slides[0].link
    upload = page.locator('[class*="st-key-deck_file"] input[type="file"]')
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    bad.write_text("[]")
    good.write_text(json.dumps(DECK.as_json()))
    give(upload, bad)
    page.locator(".ue-refused").get_by_text("bad.json: a deck must be an object with `title` and `slides`").wait_for()
    give(upload, good)
    page.get_by_text("3. It stands: Look again.").wait_for()
    wait_quiet(page)
    assert page.get_by_text("Traceback").count() == 0 and barriers(page) == []
