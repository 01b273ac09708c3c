"""A phone joins a class, guesses and hears what comes; what it must not do is refused in one line."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from explorer import classroom
from explorer.classroom import Classroom, Classrooms, Question, Refusal
from explorer.lessons import Choice, Line
from tests.service._asked import Answer, Asking, app, ask, finished

HOST = {"host": "127.0.0.1:8501"}
JSON = {"content-type": "application/json"}
QUESTION = Question("one:1", "Which one?", Choice(("A", "B"), ""))
DRAWN = Question("one:2", "Where?", Line(""), picture=b"the picture")
APP = app()


@pytest.fixture(autouse=True)
def rooms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Classrooms]:
    """Classrooms of each test's own."""
    mine = Classrooms()
    monkeypatch.setattr(classroom, "classrooms", lambda: mine)
    yield mine


@pytest.fixture
def room(rooms: Classrooms) -> Classroom:
    return rooms.open()


def sent(path: str, value: Any, *, of: str = "10.0.0.1", **headers: str) -> Answer:
    """Return the answer to a POST of JSON; `headers` with _ for -."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    named = {**HOST, **JSON, "content-length": str(len(body))}
    named |= {name.replace("_", "-"): text for name, text in headers.items()}

    async def asked() -> Answer:
        return await Asking(APP, path, "", "POST", named, body, of)()

    return finished(asked())


def joined(room: Classroom) -> str:
    answer = sent("/join/enter", {"code": room.code})
    assert answer.status == 200
    return json.loads(answer.body)["token"]


def guess(token: str, text: str, question: str = QUESTION.key) -> Answer:
    return sent("/join/guess", {"token": token, "question": question, "guess": text})


def test_a_phone_joins_guesses_and_finds_its_guess_again(room: Classroom):
    room.ask(QUESTION)
    token = joined(room)
    assert json.loads(guess(token, "1").body) == {"guess": "1"}
    found = json.loads(ask("/join/standing", f"token={token}").body)
    assert found["guess"] == "1" and found["standing"]["question"]["ask"] == "Which one?"
    again = json.loads(sent("/join/enter", {"code": room.ticket, "token": token}).body)
    assert (again["token"], again["guess"], room.counts()) == (token, "1", (1, 1))


def test_the_page_holds_nothing_of_a_class_and_may_be_opened_from_a_link_but_not_framed():
    answer = ask("/join", "code=BCDF", headers={"sec_fetch_site": "cross-site"})
    assert answer.status == 200 and "BCDF" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["x-frame-options"] == "DENY" and answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["page.js", "page.css", "player.js", "player.css"])
def test_its_files_are_kept_under_the_version_that_the_page_names(name: str):
    version = ask("/join").text.partition("page.js?")[2].partition('"')[0]
    fresh = ask(f"/join/{name}", version)
    assert fresh.status == 200 and "immutable" in fresh.headers["cache-control"] and len(fresh.body) > 100
    assert ask(f"/join/{name}", "old").headers["cache-control"] == "no-cache"
    small = ask(f"/join/{name}", version, headers={"accept_encoding": "gzip, br"})
    assert small.headers["content-encoding"] == "gzip" and len(small.body) < len(fresh.body)


def test_a_picture_is_handed_out_while_its_question_is_asked(room: Classroom):
    token = joined(room)
    room.ask(DRAWN)
    assert ask("/join/picture", f"token={token}&question=one:2").body == b"the picture"
    room.ask(QUESTION)
    answer = ask("/join/picture", f"token={token}&question=one:2")
    assert (answer.status, answer.text) == (409, "This question is no longer open.\n")


def test_what_stands_comes_first_then_each_change_and_at_last_the_end(room: Classroom):
    async def told() -> list[dict[str, Any]]:
        token = room.join()
        asking = Asking(APP, "/join/events", f"token={token}", headers=HOST)
        task = asyncio.ensure_future(asking())
        for count, act in ((1, lambda: room.ask(QUESTION)), (2, lambda: room.tell(QUESTION, "B.", "1")), (3, room.end)):
            while len(heard(asking)) < count:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(act)
        await task  # the stream ends by itself
        return heard(asking)

    assert [one["phase"] for one in finished(told())] == ["rest", "ask", "told", "over"]


def test_the_lecturer_hears_counts_and_never_more_than_five_a_second(room: Classroom):
    async def told() -> tuple[list[dict[str, Any]], float]:
        room.ask(QUESTION)
        asking = Asking(APP, "/class", f"key={room.key}", headers=HOST)
        task, start = asyncio.ensure_future(asking()), time.monotonic()
        for _ in range(40):
            await asyncio.to_thread(lambda: room.guess(room.join(), QUESTION.key, "1"))
            await asyncio.sleep(0.005)
        while not heard(asking) or heard(asking)[-1]["answered"] < 40:
            await asyncio.sleep(0.01)
        took = time.monotonic() - start
        asking.leave()
        await task
        return heard(asking), took

    said, took = finished(told())
    assert said[-1] == {"people": 40, "answered": 40, "over": False}
    assert len(said) <= took / 0.2 + 2


def heard(asking: Asking) -> list[dict[str, Any]]:
    lines = asking.answer.text.splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def test_phones_that_go_away_are_not_told_any_more(room: Classroom):
    async def come_and_go() -> int:
        for _ in range(12):
            asking = Asking(APP, "/join/events", f"token={room.join()}", headers=HOST)
            task = asyncio.ensure_future(asking())
            while not heard(asking):
                await asyncio.sleep(0.01)
            asking.leave()
            await task
        return len(room._listeners)

    assert finished(come_and_go()) == 0


# --- what is refused --------------------------------------------------------------------------------------------------


def test_a_wrong_code_is_refused_and_after_ten_of_one_address_a_right_one_too(room: Classroom):
    wrong = "BCDF" if room.code != "BCDF" else "FDCB"
    answers = [sent("/join/enter", {"code": wrong}) for _ in range(11)]
    assert [answer.status for answer in answers] == [404] * 10 + [429]
    assert answers[0].text == "There is no class with this code.\n" and answers[-1].headers["retry-after"] == "60"
    assert sent("/join/enter", {"code": room.code}).status == 429
    assert sent("/join/enter", {"code": room.code}, of="10.0.0.2").status == 200
    assert sent("/join/enter", {"code": room.ticket}).status == 200


def test_the_many_addresses_of_one_network_are_one(room: Classroom):
    wrong = "BCDF" if room.code != "BCDF" else "FDCB"
    answers = [sent("/join/enter", {"code": wrong}, of=f"2001:db8::{k:x}") for k in range(11)]
    assert answers[-1].status == 429
    assert sent("/join/enter", {"code": room.code}, of="2001:db8:0:1::1").status == 200
    assert sent("/join/enter", {"code": room.code}, of="::ffff:10.0.0.9").status == 200


def test_a_class_that_has_ended_says_so_to_phone_and_lecturer(room: Classroom):
    token = joined(room)
    room.end()
    for answer in (
        ask("/join/standing", f"token={token}"), ask("/join/events", f"token={token}"), guess(token, "0"),
        ask("/join/picture", f"token={token}&question=one:1"), ask("/class", f"key={room.key}"),
    ):  # fmt: skip
        assert (answer.status, answer.text) == (410, "This class has ended.\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("2", "a choice must be the number of one of 2 answers"), ("<b>", "a choice must be"), ("-1", "a choice must be")],
)
def test_a_guess_outside_its_range_is_refused_with_its_rule(text: str, sentence: str, room: Classroom):
    token = joined(room)
    room.ask(QUESTION)
    answer = guess(token, text)
    assert answer.status == 400 and answer.text.startswith(sentence) and answer.text.count("\n") == 1
    assert room.counts() == (1, 0)


def test_a_guess_that_comes_too_late_or_too_often_is_refused(room: Classroom):
    token = joined(room)
    room.ask(QUESTION)
    assert guess(token, "1", "one:9").status == 409
    assert 429 in [guess(token, "1").status for _ in range(12)]


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"{", 400, "a body must be JSON"),
        (b"\xff\xfe", 400, "a body must be JSON"),
        (b"[" * 4000, 400, "a body must be JSON"),
        (b"[]", 400, "a body must be an object with named fields"),
        (b"{}", 400, "code: it must be a text"),
        (b'{"code": 7}', 400, "code: it must be a text"),
        (b'{"code": "B", "name": "me"}', 400, "name: it is not a part of this"),
        (b'{"code": "BCDF", "token": 1}', 400, "token: it must be a text"),
        (b'{"code": "' + b"B" * 5000 + b'"}', 413, "a body must have at most 4096 bytes, got 5012"),
    ],
    ids=lambda one: str(one)[:20],
)
def test_a_body_that_cannot_be_read_is_refused_in_one_line(body: bytes, status: int, sentence: str):
    answer = sent("/join/enter", body)
    assert (answer.status, answer.text) == (status, sentence + "\n")


@pytest.mark.parametrize("path", ["/join/enter", "/join/guess"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"transfer_encoding": "chunked"}, 411),
        ({"content_length": "many"}, 411),
        ({"content_length": "9" * 400}, 413),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"origin": "https://example.org"}, 403),
    ],
    ids=str,
)
def test_only_short_json_of_a_page_of_this_app_is_taken(path: str, headers: dict[str, str], status: int):
    assert sent(path, {"code": "BCDF"}, **headers).status == status


@pytest.mark.parametrize("path", ["/join/enter", "/join/guess"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_what_is_sent_is_sent_by_post_alone(path: str, method: str):
    answer = ask(path, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/join/standing", "/join/events", "/join/picture", "/class"])
@pytest.mark.parametrize("headers", [{"sec_fetch_site": "cross-site"}, {"origin": "https://example.org"}], ids=str)
def test_another_origin_reads_nothing_of_a_class(path: str, headers: dict[str, str]):
    assert ask(path, "token=x", headers=headers).status == 403


@pytest.mark.parametrize(
    ("path", "query", "sentence"),
    [
        ("/join/standing", "", "token: it must be a text"),
        ("/join/standing", "token=", "token: it must be a text"),
        ("/join/standing", "token=a&v=1", "v: it is not a part of this"),
        ("/join/picture", "token=a", "question: it must be a text"),
        ("/class", "token=a", "token: it is not a part of this"),
    ],
)
def test_a_query_with_other_parts_is_refused(path: str, query: str, sentence: str):
    answer = ask(path, query)
    assert (answer.status, answer.text) == (400, sentence + "\n")


def test_a_code_of_an_unknown_kind_is_no_fault_of_the_server(room: Classroom):
    for code in ("ÄÖÜß", "\x00" * 4, "😀" * 4, "B" * 3000):
        assert sent("/join/enter", {"code": code}, of=code[:1].encode().hex()).status == 404


def test_three_hundred_join_and_guess_at_once_and_the_loop_is_never_held_up(room: Classroom):
    room.ask(QUESTION)

    async def one(number: int) -> int:
        entered = await posted("/join/enter", {"code": room.code})
        token = json.loads(entered.body)["token"]
        return (await posted("/join/guess", {"token": token, "question": "one:1", "guess": str(number % 2)})).status

    async def posted(path: str, value: Any) -> Answer:
        body = json.dumps(value).encode()
        return await Asking(APP, path, "", "POST", {**HOST, **JSON, "content-length": str(len(body))}, body)()

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(one(number) for number in range(301)), return_exceptions=True)  # type: ignore[return-value]

    found = finished(all_of_them())
    assert sum(status == 200 for status in found) == 300 and room.counts() == (300, 300)
    assert sum(isinstance(one, KeyError | json.JSONDecodeError) for one in found) == 1  # the class was full


def test_a_room_that_is_full_says_so(room: Classroom):
    for _ in range(300):
        room.join()
    answer = sent("/join/enter", {"code": room.code})
    assert (answer.status, answer.text) == (409, "This class is full: 300 phones have joined.\n")


def test_what_a_room_refuses_has_a_status_each():
    from typing import get_args

    from explorer.classroom._question import Why
    from explorer.service.class_rooms import STATUS

    assert set(STATUS) == set(get_args(Why)) and Refusal("code", "x").why == "code"
