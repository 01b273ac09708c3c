"""A class beside a lesson, as a script: open it, ask, reveal, end; phones are calls of the classroom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.classroom import MOST_ROOMS, Classroom, Classrooms
from explorer.pages.parts import lectern
from tests.pages._driven import asked, html, in_memory, tab
from tests.pages.test_lessons import KEY, keys, opened, press


@pytest.fixture(scope="module", autouse=True)
def memory() -> Iterator[None]:
    with in_memory():
        yield


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> Classrooms:
    mine = Classrooms()
    monkeypatch.setattr(lectern, "classrooms", lambda: mine)
    return mine


def at_the_question() -> tuple[AppTest, Classroom, str]:
    """Open a class, let one phone join, and go to the first question."""
    app = opened(lesson=KEY)
    app.button(key="class:open").click().run()
    room: Classroom = tab(app).shown[lectern.ROOM]
    token = room.join()
    press(app, "class:begin")
    press(app, "lesson:next")
    return app, room, token


def test_a_class_is_opened_beside_a_lesson_and_shows_how_to_join():
    app = opened(lesson=KEY)
    app.button(key="class:open").click().run()
    room: Classroom = tab(app).shown[lectern.ROOM]
    assert not app.exception and room.code in html(app) and "data:image/svg+xml" in html(app)
    assert "make run HOST=0.0.0.0" not in html(app), "a script without a server does not know where it listens"
    assert "lesson:auto" not in keys(app) and "class:begin" in keys(app)


def test_on_this_machine_alone_it_says_how_to_serve_a_class(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lectern, "_way", lambda: lectern.way_in(None, "http://127.0.0.1:8501", "/join"))
    app = opened(lesson=KEY)
    app.button(key="class:open").click().run()
    assert any("make run HOST=0.0.0.0" in one.value for one in app.warning)


def test_phones_are_asked_what_the_lesson_asks_and_hear_the_answer_with_the_reveal():
    app, room, token = at_the_question()
    question = room.standing.question
    assert room.standing.phase == "ask" and question is not None and question.key == f"{KEY}:1"
    assert not {"lesson:skip", "lesson:next", f"guess:{KEY}:1:0"} & keys(app), "the class guesses, and then it is told"
    told = tab(app).news.counts()
    room.guess(token, question.key, "1")
    room.guess(room.join(), question.key, "0")
    assert tab(app).news.counts() == told, "no guess makes the lecturer's page run"
    press(app, "class:reveal")
    assert (room.standing.phase, room.standing.said, room.standing.truth) == ("told", "The answer: B.", "1")
    assert "2 have guessed, 1 of them rightly." in html(app) and "lesson:next" in keys(app)
    assert asked(app)["g"] == "1.skipped"
    press(app, "lesson:next")
    assert room.standing.phase == "rest"
    press(app, "lesson:back")
    assert "2 have guessed, 1 of them rightly." in html(app), "what was guessed is there again"


def test_a_class_of_which_nobody_guessed_is_told_the_answer_all_the_same():
    app, _, _ = at_the_question()
    press(app, "class:reveal")
    assert "Nobody has guessed." in html(app) and "The answer: B." in html(app)


def test_a_class_that_is_ended_leaves_the_lesson_as_it_was():
    app, room, _ = at_the_question()
    press(app, "class:end")
    assert room.over and room.counts() == (0, 0)
    assert "lesson:skip" in keys(app) and "class:end" not in keys(app)


def test_a_class_that_ended_by_the_clock_says_so(monkeypatch: pytest.MonkeyPatch):
    app, room, _ = at_the_question()
    monkeypatch.setattr(room, "ends", 0.0)
    app.run()
    assert not app.exception and "class:end" not in keys(app)
    assert tab(app).notice == "The class has ended, after three hours."


def test_a_class_that_made_way_for_another_has_not_lasted_three_hours(rooms: Classrooms):
    app = opened(lesson=KEY)
    app.button(key="class:open").click().run()
    while len(rooms) < MOST_ROOMS:
        rooms.open()
    rooms.open()
    app.run()
    assert not app.exception and "class:end" not in keys(app)
    assert tab(app).notice == "The class has ended."


def test_where_no_class_can_be_opened_the_page_says_why(rooms: Classrooms):
    for _ in range(20):
        rooms.open().join()
    app = opened(lesson=KEY)
    app.button(key="class:open").click().run()
    assert not app.exception and tab(app).notice == "20 classes are open on this server; one must end first."
