"""Who asks for much at once is answered in turn, and holds nobody else up."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from explorer.service import answers, pictures
from explorer.service.present import Talks
from explorer.service.turns import AT_ONCE, LINE
from explorer.session.jobs import Job, Tick
from explorer.view import View
from tests.service._asked import Answer, Asking, app, finished

PATIENCE = 60.0
HOST = {"host": "127.0.0.1:8501"}


async def until(condition) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.002)


def asking(of, path: str, query: str, client: str = "127.0.0.1") -> "asyncio.Task[Answer]":
    return asyncio.ensure_future(Asking(of, path, query, headers=HOST, client=client)())


class Streams:
    """The jobs of all streams; each goes on until it is cancelled or `enough` is set."""

    def __init__(self) -> None:
        self.begun: list[Job] = []
        self.enough = threading.Event()

    def begin(self, view: View, tab: str) -> Job:
        self.begun.append(Job(view, self._work).start())
        return self.begun[-1]

    def _work(self, tick: Tick) -> Iterator[None]:
        while not self.enough.wait(0.002):
            tick.check()
        yield from ()


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Iterator[Streams]:
    streams = Streams()
    monkeypatch.setattr(pictures, "begun", streams.begin)
    yield streams
    streams.enough.set()


def test_all_frames_of_a_page_are_answered(monkeypatch: pytest.MonkeyPatch):
    under_way, most = Counter[str](), Counter[str]()

    async def made(view: View, panel: int | None, tab: str) -> bytes:
        under_way["now"] += 1
        most["ever"] = max(most["ever"], under_way["now"])
        await asyncio.sleep(0.01)
        under_way["now"] -= 1
        return b"picture"

    monkeypatch.setattr(answers, "_made", made)

    async def check() -> list[Answer]:
        served = app()
        return await asyncio.gather(*(asking(served, "/embed", f"v=1&seed={n}") for n in range(6)))

    assert [answer.status for answer in finished(check())] == [200] * 6
    assert most["ever"] == AT_ONCE


def test_streams_of_one_address_do_not_end_each_other(streams: Streams):
    async def check() -> list[Answer]:
        served = app()
        tasks = [asking(served, "/events", "v=1") for _ in range(3)]
        await until(lambda: len(streams.begun) == AT_ONCE)
        await asyncio.sleep(0.02)
        assert not any(job.cancelled for job in streams.begun) and len(streams.begun) == AT_ONCE
        streams.enough.set()
        return await asyncio.gather(*tasks)

    for answer in finished(check()):
        assert answer.status == 200 and answer.text.endswith("event: done\ndata: {}\n\n")


def test_a_tab_that_opens_streams_without_end_has_one_that_goes_on(streams: Streams):
    async def check() -> list[Answer]:
        served = app()
        tasks = [asking(served, "/events", "v=1&tab=a") for _ in range(50)]
        await until(lambda: sum(task.done() for task in tasks) == 49)
        assert [job.cancelled for job in streams.begun] == [True] * AT_ONCE + [False]
        streams.enough.set()
        return await asyncio.gather(*tasks)

    answers = finished(check())
    assert Counter(answer.status for answer in answers) == {200: AT_ONCE + 1, 409: 50 - AT_ONCE - 1}
    ends = [answer.text.splitlines()[-3] for answer in answers if answer.status == 200]
    assert ends == ["event: error", "event: error", "event: done"]


def test_a_stream_whose_browser_goes_away_gives_its_turn_back(streams: Streams):
    async def check() -> None:
        served = app()
        streamed = [Asking(served, "/events", "v=1", headers=HOST) for _ in range(AT_ONCE + 2)]
        tasks = [asyncio.ensure_future(one()) for one in streamed]
        await until(lambda: len(streams.begun) == AT_ONCE)
        streamed[AT_ONCE].leave()  # it stands in line
        assert (await tasks[AT_ONCE]).status == 499
        streamed[0].leave()
        await until(lambda: len(streams.begun) == AT_ONCE + 1)
        assert streams.begun[0].cancelled
        streams.enough.set()
        await asyncio.gather(*tasks)

    finished(check())


def test_a_stream_that_is_refused_says_so_and_gives_its_turn_back(streams: Streams):
    async def check() -> list[Answer]:
        served = app()
        return [await asking(served, "/events", "v=1&foo=3") for _ in range(AT_ONCE + 1)]

    for answer in finished(check()):
        assert (answer.status, answer.text) == (400, "foo: it is not a part of a link\n")
    assert not streams.begun


def test_a_flood_of_talks_takes_few_threads_and_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch):
    entered, go = [], threading.Event()

    def page(self: Talks, own: dict[str, str], query: dict[str, str]) -> str:
        if own["deck"] == "slow":
            entered.append(1)
            assert go.wait(PATIENCE)
        return own["deck"]

    monkeypatch.setattr(Talks, "_page", page)

    async def check() -> None:
        served = app()
        flood = [asking(served, "/present", "deck=slow") for _ in range(LINE + 20)]
        await until(lambda: len(entered) == AT_ONCE)
        other = await asyncio.wait_for(asking(served, "/present", "deck=mine", client="192.0.2.7"), PATIENCE)
        assert other.text == "mine" and len(entered) == AT_ONCE
        refused = [task.result() for task in flood if task.done()]
        assert [(answer.status, answer.headers["retry-after"]) for answer in refused] == [(429, "5")] * (20 - AT_ONCE)
        go.set()
        assert {(await task).status for task in flood} == {200, 429}

    finished(check())
