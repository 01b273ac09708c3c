"""A tab hears which parts of its page have something new: what stands first, then what comes."""

from __future__ import annotations

import asyncio
import json

import pytest

from explorer.session.news import News
from tests.service._asked import Asking, app, ask, finished

HOST = {"host": "127.0.0.1:8501"}


def heard(asking: Asking) -> list[dict[str, int]]:
    lines = asking.answer.text.splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


async def until(asking: Asking, count: int) -> None:
    while len(heard(asking)) < count:
        await asyncio.sleep(0.01)


def test_it_tells_what_stands_and_then_what_comes():
    news = News()
    news.tell("stage")

    async def told() -> list[dict[str, int]]:
        asking = Asking(app(), "/news", f"tab={news.name}", headers=HOST)
        task = asyncio.ensure_future(asking())
        await until(asking, 1)
        await asyncio.to_thread(news.tell, "stage")
        await until(asking, 2)
        news.tell("stage")
        news.tell("pairs")  # within the time that is kept between two messages
        await until(asking, 3)
        asking.leave()
        await task
        return heard(asking)

    assert finished(told()) == [{"stage": 1}, {"stage": 2}, {"stage": 3, "pairs": 1}]


def test_a_tab_that_goes_away_is_not_told_any_more_and_may_come_back():
    news = News()

    async def come_and_go() -> int:
        service = app()
        for _ in range(12):
            asking = Asking(service, "/news", f"tab={news.name}", headers=HOST)
            task = asyncio.ensure_future(asking())
            await until(asking, 1)
            asking.leave()
            await task
        return len(news._listeners)

    assert finished(come_and_go()) == 0


def test_a_newer_connection_of_a_tab_ends_the_older_one():
    news = News()

    async def two() -> tuple[int, int]:
        service = app()
        old, new = (Asking(service, "/news", f"tab={news.name}", headers=HOST) for _ in range(2))
        ends = asyncio.ensure_future(old())
        await until(old, 1)
        stays = asyncio.ensure_future(new())
        await asyncio.wait_for(ends, 60)
        news.tell("stage")
        await until(new, 2)
        new.leave()
        await stays
        return len(heard(old)), len(heard(new))

    assert finished(two()) == (1, 2)


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 404, "tab: there is no such tab"),
        ("tab=nobody", 404, "tab: there is no such tab"),
        ("tab=no+body", 400, "tab: it must be 1 to 40 letters, digits, _ or -, got no body"),
        ("tab=nobody&v=1", 400, "v: it is not a part of this address"),
    ],
)
def test_what_it_does_not_know_is_refused_in_one_line(query: str, status: int, sentence: str):
    answer = ask("/news", query)
    assert (answer.status, answer.text) == (status, f"{sentence}\n")


def test_a_tab_that_streamlit_does_not_know_is_not_known_here():
    news = News()
    news.alive = lambda: False
    answer = ask("/news", f"tab={news.name}")
    assert (answer.status, answer.text) == (404, "tab: there is no such tab\n")
