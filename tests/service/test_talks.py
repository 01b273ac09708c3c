"""The presenter's page opens what it can of a link, and a slide's content is refused in one line."""

import json
import re

import pytest

from explorer.decks import known
from explorer.player.frames import unpack
from tests.service._asked import Answer, ask
from tests.service.test_routes import SMALL, TWO


def given(answer: Answer) -> dict:
    found = re.search(r'<script type="application/json" id="deck">(.*?)</script>', answer.text)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("key", ["first", "never_saw"])
def test_a_deck_that_is_there_is_presented(key: str):
    answer = ask("/present", f"deck={key}")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page, deck = given(answer), known()[key]
    assert page["deck"]["title"] == deck.title and page["said"] == [] and page["route"] == "/slide"
    assert [slide["link"] for slide in page["deck"]["slides"]] == [slide.link for slide in deck.slides]


def test_one_picture_is_a_deck_of_one_slide():
    page = given(ask("/present", f"page=watch&{TWO}"))
    (slide,) = page["deck"]["slides"]
    assert slide["link"].startswith("watch?v=1&data=moons(n:40)") and slide["trouble"] == ""


def test_a_step_of_a_lesson_opens_the_lesson_there():
    page = given(ask("/present", "page=lessons&v=1&lesson=never_saw&at=1&g=1.0"))
    assert page["at"] == 2 and len(page["deck"]["slides"]) == 8


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("deck=nowhere", "There is no deck nowhere; this is the first one."),
        ("page=watch&v=1&foo=3", "Foo was ignored: it is not a part of a link."),
        ("page=lessons&v=1&lesson=nowhere", "There is no lesson nowhere: choose one of these."),
        ("deck=first&seed=3", "seed was ignored: a deck has no other parts"),
    ],
)
def test_garbage_in_a_link_is_said_and_the_rest_opens(query: str, said: str):
    answer = ask("/present", query)
    assert answer.status == 200 and given(answer)["said"] == [said] and given(answer)["deck"]["slides"]


def test_a_deck_behind_the_mark_is_left_to_the_page():
    assert given(ask("/present"))["deck"] is None


def test_what_a_deck_says_cannot_leave_its_place_in_the_page():
    answer = ask("/present", "deck=%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in answer.text and "</script><script>" not in answer.text


def test_anybody_may_link_to_a_talk_and_nobody_may_frame_it():
    answer = ask("/present", "deck=first", headers={"sec_fetch_site": "cross-site"})
    assert answer.status == 200 and answer.headers["x-frame-options"] == "DENY"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "frame-ancestors 'none'" in policy


def test_a_slide_has_the_panels_without_controls_and_the_forget_accuracy_alone():
    answer = ask("/slide", f"page=watch&{TWO}")
    assert (answer.status, answer.headers["x-slide"]) == (200, "player")
    header = unpack(answer.body).header
    assert [panel["name"] for panel in header["panels"]] == ["0:retrained", "1:gradient_ascent"]
    assert header["look"]["controls"] == [] and header["overlay"]["sets"] == ["forget"]
    assert header["look"]["words"]["retrained"] == "retrained line"


def test_the_page_method_is_one_panel():
    answer = ask("/slide", f"page=method&{TWO}&focus=1")
    assert [panel["name"] for panel in unpack(answer.body).header["panels"]] == ["0:gradient_ascent"]


def test_attacks_are_a_table_with_retrained_first():
    answer = ask("/slide", f"page=attacks&{TWO}")
    assert answer.headers["x-slide"] == "table"
    table = json.loads(answer.body)
    assert table["heads"] == ["", "Retrained", "Gradient ascent"]
    assert table["rows"][0][0] == "A: Loss"
    assert {row[0] for row in table["rows"][1:]} == {"B: Confidence", "B: Entropy", "B: Loss"}
    assert all(len(row) == 3 and row[1] for row in table["rows"])


def test_an_audit_that_stands_still_is_a_table_and_one_that_moves_a_picture():
    still = ask("/slide", f"page=audits&{TWO}&audit=completeness&focus=1")
    assert still.headers["x-slide"] == "table"
    assert json.loads(still.body)["heads"][1:] == ["Retrained", "Gradient ascent"]
    assert ask("/slide", f"page=audits&{TWO}&audit=weight_path&focus=1").headers["x-slide"] == "player"


def test_the_end_of_a_lesson_is_what_one_can_say():
    answer = ask("/slide", "page=lessons&v=1&lesson=cliff&at=3")
    assert answer.headers["x-slide"] == "text" and json.loads(answer.body)["text"].endswith(".")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("page=watch&v=1&foo=3", "foo: it is not a part of a link"),
        ("page=lessons&v=1", "`lesson` must name a lesson"),
        ("page=lessons&v=1&lesson=nowhere", "There is no lesson nowhere: choose one of these."),
        ("page=images&v=1&folder=nowhere", "`folder` must name recorded runs that are here"),
        (f"page=watch&v=1&data=csv(sha256:{'0' * 64})&request=random", "data: uploaded points are shown to their own"),
        (f"page=attacks&{SMALL}&panels=retrained", "no panel holds a method, so there is nothing to attack"),
    ],
    ids=lambda text: text[:30],
)
def test_a_slide_that_cannot_be_shown_is_refused_in_one_line(query: str, sentence: str):
    answer = ask("/slide", query)
    assert answer.status == 400 and answer.text.startswith(sentence) and answer.text.count("\n") == 1


def test_only_pages_of_this_app_may_ask_for_a_slide():
    assert ask("/slide", f"page=watch&{TWO}", headers={"sec_fetch_site": "cross-site"}).status == 403


@pytest.mark.parametrize(
    ("path", "query", "where"),
    [
        ("/watch", "v=1&seed=3&present=1", "/present?page=watch&v=1&seed=3&present=1"),
        ("/lessons", "lesson=cliff&present=notes", "/present?page=lessons&lesson=cliff&present=notes"),
        ("/decks", "deck=first&present=1&x=2", "/present?deck=first&present=1"),
    ],
)
def test_a_page_with_present_in_its_address_goes_on_to_the_talk(path: str, query: str, where: str):
    answer = ask(path, query)
    assert (answer.status, answer.headers["location"]) == (307, where)


@pytest.mark.parametrize(("path", "query"), [("/watch", "v=1"), ("/watch", "present=0"), ("/nowhere", "present=1")])
def test_other_addresses_are_streamlits(path: str, query: str):
    assert ask(path, query).status == 404
