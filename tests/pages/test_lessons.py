"""The page *Lessons* as a script: the list, a lesson from its first step to its end, and links with garbage."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from explorer.contents import quiz
from explorer.lessons import lessons
from explorer.view import View
from tests.pages._driven import PATIENCE, asked, html, in_memory, settled, tab

PAGE = """
import streamlit as st
from explorer.pages import lessons
from explorer.pages.frame import binding
st.session_state["pages"] = {}
tab = binding.begin("lessons")
lessons.show()
lessons.sidebar(tab)
"""
KEY = "never_saw"


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    with in_memory():
        yield


def opened(**query: str) -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=PATIENCE)
    app.query_params.update({"v": "1", **query})
    app.run()
    return settled(app, "lessons") if "ue-place" in html(app) else app


def press(app: AppTest, key: str) -> AppTest:
    """Click a button, and wait until the step it leads to is drawn."""
    app.button(key=key).click().run()
    assert not app.exception
    return settled(app, "lessons") if "ue-place" in html(app) else app


def keys(app: AppTest) -> set[str]:
    return {one.key or "" for one in app.button}


def test_a_lesson_is_taken_from_its_start_to_its_end():
    app = opened(lesson=KEY)
    assert lessons()[KEY].title in html(app) and "lesson:next" in keys(app)
    press(app, "lesson:next")
    assert asked(app) == {"v": "1", "lesson": KEY, "at": "1"}
    assert "lesson:next" not in keys(app) and "lesson:skip" in keys(app), "locked until guessed or skipped"
    assert lessons()[KEY].steps[1].why not in html(app)  # type: ignore[union-attr]
    press(app, f"guess:{KEY}:1:1")
    assert asked(app)["g"] == "1.1" and "Yes: B." in html(app) and "lesson:next" in keys(app)
    for _ in range(3):
        press(app, "lesson:next")
    press(app, "lesson:skip")
    assert asked(app)["g"] == "1.1~4.skipped" and "The answer: Random labels." in html(app)
    press(app, "lesson:next")
    assert "You can now say:" in html(app) and asked(app)["at"] == "5"
    press(app, "lesson:back")
    assert asked(app)["at"] == "4" and "The answer: Random labels." in html(app)


def test_a_link_leads_to_the_same_step_with_the_same_answer():
    app = opened(lesson=KEY, at="1", g="1.0")
    assert "You: A. The answer: B." in html(app)


def test_a_round_of_the_quiz_that_was_cancelled_goes_on_when_told_to(monkeypatch: pytest.MonkeyPatch):
    def endless(_view: Any, _memo: Any, tick: Any) -> Iterator[Any]:
        while True:
            tick(0, 1, "Training")
            time.sleep(0.01)
            yield None

    monkeypatch.setattr(quiz, "quizzing", endless)
    app = AppTest.from_string(PAGE, default_timeout=PATIENCE)
    app.query_params.update({"v": "1", "lesson": "be_the_attacker", "at": "1"})
    app.run()
    first = tab(app).jobs.get("lessons:attack")
    app.button(key="cancel").click().run()
    first.wait(lambda _: first.finished, PATIENCE)
    app.run()
    app.button(key="go_on").click().run()
    second = tab(app).jobs.get("lessons:attack")
    assert not app.exception and second is not first and not second.cancelled
    second.cancel()


def test_garbage_opens_the_lesson_at_its_start_and_says_so():
    app = opened(lesson=KEY, at="7", g="1.99")
    assert asked(app) == {"v": "1", "lesson": KEY} and not app.exception
    assert tab(app).ignored == ["This link does not fit the lesson, which begins anew: it has 5 steps, got 8."]
    assert lessons()[KEY].steps[0].say[:30] in html(app)  # type: ignore[union-attr]


def equations(app: AppTest) -> list[str]:
    return [one.value for one in app.markdown if "$" in one.value]


def test_an_equation_stands_below_the_words_once_nothing_is_asked():
    assert "nabla" in equations(opened(lesson="cliff"))[0]
    assert equations(opened(lesson="gap_or_inside", at="1")) == []
    assert r"\xi" in equations(opened(lesson="gap_or_inside", at="1", g="1.skipped"))[0]


def test_a_task_that_is_done_leads_to_its_knob_over_the_whole_range():
    app = opened(lesson="cliff", at="2")
    assert not app.get("link_button")
    press(app, "lesson:show")
    (link,) = app.get("link_button")
    assert link.proto.label == "Learning rate over its whole range"
    page, _, query = link.proto.url.partition("?")
    view, ignored = View.from_query(dict(parse_qsl(query)), page.strip("/"))
    assert (page, ignored, view.looks.sweep.sweep) == ("/method", [], ("lr",))
    assert view.panels[view.focus].name == "gradient_ascent"
