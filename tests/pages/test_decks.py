"""*Decks* lists what can be presented, and builds a deck of one's own; driven without a browser."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.decks import Deck, Slide, known
from explorer.pages.frame import presenting
from explorer.view import View

APP = """
from explorer.app import run
run()
"""


def opened() -> AppTest:
    app = AppTest.from_string(APP, default_timeout=120)
    app.query_params["page"] = "decks"
    return app.run()


def pressed(app: AppTest, key: str) -> AppTest:
    return next(one for one in app.button if one.key == key).click().run()


def own(app: AppTest) -> Deck:
    return app.session_state["explorer"].deck


def test_every_deck_that_is_there_can_be_presented():
    app = opened()
    assert not app.exception
    links = [one.proto.url for one in app.get("link_button")]
    assert links == [f"/present?deck={key}" for key in known()]


def test_a_deck_of_ones_own_is_begun_with_another_and_changed_slide_by_slide():
    app = pressed(opened(), "deck:take:attacks")
    titles = [slide.title for slide in known()["attacks"].slides]
    assert [slide.title for slide in own(app).slides] == titles and own(app).title == "What attacks find"
    app = pressed(app, "deck:0:arrow_downward")
    assert [slide.title for slide in own(app).slides] == titles[::-1]
    note = next(one for one in app.text_area if str(one.key).startswith("deck:1:note"))
    note.set_value("Wait for questions.").run()
    assert own(app).slides[1].note == "Wait for questions." and own(app).slides[0].note != "Wait for questions."
    app = pressed(app, "deck:0:delete")
    assert [slide.title for slide in own(app).slides] == titles[:1]
    app = pressed(app, "deck:anew")
    assert own(app) == Deck() and not app.exception


def test_a_deck_that_is_full_takes_no_more_and_says_so():
    app = opened()
    app.session_state["explorer"].deck = Deck("", (Slide("watch"),) * 199)
    app = pressed(app, "deck:take:attacks")
    assert len(own(app).slides) == 199
    assert any("at most 200 slides, and this would be 201" in one.proto.body for one in app.get("html"))


@pytest.mark.parametrize(
    ("view", "where"),
    [
        ({"page": "watch", "base": {"seed": 3}}, "/present?page=watch&v=1&seed=3"),
        ({"page": "lessons", "lesson": "cliff", "at": 1}, "/present?page=lessons&v=1&lesson=cliff&at=1"),
        ({"page": "lessons"}, ""),
        ({"page": "lessons", "lesson": "cliff", "at": 3}, ""),
        ({"page": "decks"}, ""),
        ({"page": "start"}, ""),
        ({"base": {"data": {"name": "csv", "sha256": "0" * 64}, "request": {"choose": "random"}}}, ""),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_a_page_with_a_picture_has_a_talk(view: dict, where: str):
    assert presenting.address(View.parse({"base": {}, **view})) == where
