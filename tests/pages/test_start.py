"""*Start* opens an empty address: what machine unlearning is, one picture, and doors; nothing is computed."""

from urllib.parse import urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from explorer.contents import front
from explorer.player import START, unpack
from explorer.view import GROUPS, PAGES, View

APP = """
from explorer.app import run
run()
"""


def test_one_sentence_of_at_most_25_words_says_what_it_is():
    assert front.WHAT.startswith("Machine unlearning") and front.WHAT.count(".") == 1
    assert len(front.WHAT.split()) <= 25


def test_the_picture_is_a_method_beside_retrained_with_no_control_but_play():
    header = unpack(START.read_bytes()).header
    assert [panel["name"].partition(":")[2] for panel in header["panels"]] == ["retrained", "random_labels"]
    assert header["look"]["controls"] == ["play"] and header["look"]["play"]
    assert all(not panel["accuracy"] and not panel["cost"] for panel in header["panels"])


@pytest.mark.parametrize("door", front.DOORS, ids=lambda door: door.title)
def test_a_door_leads_to_a_page_that_can_show_what_it_asks(door: front.Door):
    assert door.page in PAGES
    assert View.from_query(door.query, door.page)[1] == []


def test_pages_stand_in_groups_and_start_is_the_first():
    assert PAGES[0] == "start" and [page for group in GROUPS for page in group] == list(PAGES)


def test_every_page_lets_the_picture_of_its_own_player_come_first(monkeypatch: pytest.MonkeyPatch):
    waited: list[str] = []
    monkeypatch.setattr("explorer.session.hands.after", waited.append)
    app = AppTest.from_string(APP, default_timeout=120).run()
    assert waited == [], "it has no player yet"
    app.run()
    assert waited == [app.session_state["explorer"].news.name]


def test_the_page_is_drawn_from_an_empty_address():
    app = AppTest.from_string(APP, default_timeout=120).run()
    assert not app.exception and not app.query_params
    said = " ".join(one.proto.body for one in app.get("html"))
    assert front.WHAT in said and all(door.says in said for door in front.DOORS)
    assert [urlsplit(one.proto.page).path for one in app.get("page_link")] == [door.page for door in front.DOORS]
