"""A tab has a few requests under way; of those that wait the latest stays, or all in line; no flood holds others up."""

import asyncio

import pytest

from explorer.service.query import Refused
from explorer.service.turns import Turns
from tests.service._asked import finished


class Crowd:
    """Requests that hold their turn until they are let go."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.began: list[str] = []
        self.done: dict[str, asyncio.Event] = {}

    def ask(self, tab: str, name: str, *, in_line: bool = False) -> "asyncio.Task[str]":
        self.done[name] = asyncio.Event()

        async def held() -> str:
            try:
                async with self.turns.turn(tab, in_line=in_line):
                    self.began.append(name)
                    await self.done[name].wait()
                return "answered"
            except Refused as refused:
                return str(refused.status)

        return asyncio.ensure_future(held())


async def still() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_of_those_that_wait_the_latest_stays():
    async def check() -> None:
        crowd = Crowd(Turns(at_once=2))
        tasks = [crowd.ask("a", name) for name in "12345"]
        await still()
        assert crowd.began == ["1", "2"]
        assert [task.done() and task.result() for task in tasks] == [False, False, "409", "409", False]
        crowd.done["1"].set()
        await still()
        assert crowd.began == ["1", "2", "5"]
        for one in crowd.done.values():
            one.set()
        assert await asyncio.gather(*tasks) == ["answered", "answered", "409", "409", "answered"]

    finished(check())


def test_a_tab_that_floods_does_not_hold_up_another():
    async def check() -> None:
        crowd = Crowd(Turns(at_once=2))
        flood = [crowd.ask("a", f"a{n}") for n in range(200)]
        other = crowd.ask("b", "b")
        await still()
        assert crowd.began == ["a0", "a1", "b"]
        assert sum(task.done() for task in flood) == 197
        for one in crowd.done.values():
            one.set()
        assert await other == "answered"
        assert [await task for task in flood].count("409") == 197

    finished(check())


def test_who_leaves_while_waiting_takes_no_turn():
    async def check() -> None:
        crowd = Crowd(Turns(at_once=1))
        first, second = crowd.ask("a", "1"), crowd.ask("a", "2")
        await still()
        second.cancel()
        await still()
        crowd.done["1"].set()
        assert await first == "answered"
        third = crowd.ask("a", "3")
        await still()
        assert crowd.began == ["1", "3"]
        crowd.done["3"].set()
        assert await third == "answered"

    finished(check())


def test_who_leaves_in_the_moment_of_the_turn_hands_it_on():
    async def check() -> None:
        crowd = Crowd(Turns(at_once=1))
        first, second = crowd.ask("a", "1"), crowd.ask("a", "2")
        await still()
        crowd.done["1"].set()
        await asyncio.sleep(0)  # the first has ended and granted its turn; the second has not run yet
        second.cancel()
        await still()
        assert first.done()
        third = crowd.ask("a", "3")
        await still()
        assert crowd.began[-1] == "3"
        crowd.done["3"].set()
        await third

    finished(check())


@pytest.mark.parametrize("later", [False, True], ids=["the turn", "a later one"])
def test_who_leaves_in_the_very_step_of_another_harms_nobody(later: bool):
    async def check() -> None:
        crowd = Crowd(Turns(at_once=1))
        first, second = crowd.ask("a", "1"), crowd.ask("a", "2")
        await still()
        others = [crowd.ask("a", "3")] if later else []
        crowd.done["1"].set()
        second.cancel()
        await still()
        assert first.done() and first.result() == "answered" and second.cancelled()
        others = others or [crowd.ask("a", "3")]
        await still()
        assert crowd.began == ["1", "3"]
        crowd.done["3"].set()
        assert await asyncio.gather(*others) == ["answered"]
        assert not crowd.turns._askers

    finished(check())


def test_those_in_line_come_one_after_the_other_and_none_is_overtaken():
    async def check() -> None:
        crowd = Crowd(Turns(at_once=2))
        tasks = [crowd.ask("a", name, in_line=True) for name in "12345"]
        await still()
        assert crowd.began == ["1", "2"] and not any(task.done() for task in tasks)
        tasks[2].cancel()
        for ends, begins in (("2", "4"), ("1", "5")):
            crowd.done[ends].set()
            await still()
            assert crowd.began[-1] == begins
        for one in crowd.done.values():
            one.set()
        assert await asyncio.gather(*tasks[:2], *tasks[3:]) == ["answered"] * 4
        assert not crowd.turns._askers

    finished(check())


def test_a_line_that_is_too_long_is_told_to_come_again():
    async def check() -> None:
        crowd = Crowd(Turns(at_once=1, line=2))
        tasks = [crowd.ask("a", name, in_line=True) for name in "1234"]
        await still()
        assert tasks[3].done() and tasks[3].result() == "429"
        with pytest.raises(Refused) as refused:
            await crowd.turns._wait("a", in_line=True)
        assert str(refused.value) == "at most 2 requests of one address may wait; try again"
        assert refused.value.headers == {"Retry-After": "5"}
        for one in crowd.done.values():
            one.set()
        assert await asyncio.gather(*tasks[:3]) == ["answered"] * 3

    finished(check())


def test_too_many_tabs_are_told_to_come_again():
    async def check() -> None:
        crowd = Crowd(Turns(at_once=1, askers=2))
        tasks = [crowd.ask(tab, tab) for tab in "abc"]
        await still()
        assert tasks[2].done() and tasks[2].result() == "503"
        for one in crowd.done.values():
            one.set()
        assert await asyncio.gather(*tasks) == ["answered", "answered", "503"]
        assert not crowd.turns._askers, "nothing is kept of a tab that has gone"

    finished(check())
