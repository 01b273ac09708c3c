"""A class from a talk: opened by a key, asked what a slide asks, told the answer with all that was guessed."""

import json

import pytest

from explorer.classroom import classrooms
from explorer.player.frames import unpack
from tests.service._asked import Answer, Asking, app, finished

APP = app()
ASK, TOLD = "lessons?v=1&lesson=shift&at=1", "lessons?v=1&lesson=shift&at=1&g=1.skipped"


def post(what: str, sent: object, *, origin: str = "http://127.0.0.1:8501", of: str = "/class") -> Answer:
    body = json.dumps(sent).encode()
    headers = {"host": "127.0.0.1:8501", "content-type": "application/json", "content-length": str(len(body))}
    asking = Asking(APP, f"{of}/{what}", method="POST", headers={**headers, "origin": origin}, body=body)

    async def asked() -> Answer:
        return await asking()

    return finished(asked())


@pytest.fixture
def key() -> str:
    classrooms.cache_clear()
    return str(json.loads(post("open", {}).text)["key"])


def token_of(code: str) -> str:
    return str(json.loads(post("enter", {"code": code}, of="/join").text)["token"])


def test_a_class_is_opened_and_found_again_by_its_key(key: str):
    again = json.loads(post("open", {"key": key}).text)
    room = classrooms().of_lecturer(key)
    assert room is not None and (again["key"], again["code"]) == (key, room.code)
    assert again["picture"].startswith("data:image/svg+xml") and again["address"].endswith("/join") and again["alone"]


def test_a_slide_that_asks_is_put_to_the_class_and_the_next_one_tells_what_it_guessed(key: str):
    room = classrooms().of_lecturer(key)
    assert room is not None
    token = token_of(room.code)
    asked = post("slide", {"key": key, "link": ASK})
    assert (asked.status, json.loads(asked.headers["x-class"])) == (200, {"phase": "ask", "bars": []})
    overlay = unpack(asked.body).header["overlay"]
    assert overlay["locked"] and overlay["ask"] == "" and not overlay["marks"], "one guesses on a phone"
    question = room.standing.question
    assert question is not None and question.key == "shift:1" and room.standing.phase == "ask"
    assert post("guess", {"token": token, "question": "shift:1", "guess": "0"}, of="/join").status == 200
    told = post("slide", {"key": key, "link": TOLD})
    said = json.loads(told.headers["x-class"])
    assert said["phase"] == "told" and room.standing.phase == "told" and room.standing.truth
    words = unpack(told.body).header["look"]["words"]["told"]
    assert "1 has guessed, " in words
    assert sum(bar["count"] for bar in said["bars"]) == 1 and sum(bar["right"] for bar in said["bars"]) == 1
    back = post("slide", {"key": key, "link": ASK})
    assert back.status == 200 and room.standing.phase == "ask" and room.guess_of(token) == "0"


@pytest.mark.parametrize("link", ["watch?v=1&panels=jit", "lessons?v=1&lesson=shift&at=0", "lessons?v=1&lesson=no"])
def test_where_a_slide_asks_nothing_phones_wait(key: str, link: str):
    room = classrooms().of_lecturer(key)
    assert room is not None
    assert post("slide", {"key": key, "link": link}).status == 204 and room.standing.phase == "rest"


@pytest.mark.parametrize(
    ("what", "sent", "status", "says"),
    [
        ("open", {"key": "nobody"}, 410, "This class has ended."),
        ("slide", {"key": "nobody", "link": ASK}, 410, "This class has ended."),
        ("end", {"key": "nobody"}, 410, "This class has ended."),
        ("open", {"code": "BKTR"}, 400, "code: it is not a part of this"),
        ("slide", {"key": "x"}, 400, "link: it must be a text"),
        ("slide", {"key": "x", "link": "x" * 9000}, 413, "a body must have at most 8192 bytes"),
    ],
)
def test_what_is_no_class_and_no_slide_is_refused_in_one_line(what: str, sent: dict[str, str], status: int, says: str):
    answer = post(what, sent)
    assert (answer.status, answer.text.count("\n")) == (status, 1) and answer.text.startswith(says)


def test_a_link_that_is_none_is_refused(key: str):
    answer = post("slide", {"key": key, "link": "lessons?v=1&foo=3"})
    assert (answer.status, answer.text) == (400, "foo: it is not a part of a link\n")


def test_no_page_of_another_server_opens_a_class():
    assert post("open", {}, origin="http://elsewhere.example").status == 403


def test_an_ended_class_is_over_on_the_phones(key: str):
    room = classrooms().of_lecturer(key)
    assert room is not None
    token = token_of(room.code)
    assert post("end", {"key": key}).status == 200
    answer = post("guess", {"token": token, "question": "shift:1", "guess": "0"}, of="/join")
    assert (answer.status, answer.text) == (410, "This class has ended.\n")
