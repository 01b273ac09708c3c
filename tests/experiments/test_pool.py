"""The pool of workers: equal work once, what is urgent first, everybody in turn, and nothing lost."""

from __future__ import annotations

import operator
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path

import pytest

from explorer.experiments.work.pool import BESIDE, HAND, NUMBERS, SCREEN, SPREAD, Pool, Task
from tests.experiments._calls import awkward, counting, elsewhere, endless, grown, note, noted, until_there

LONG = 60.0  # seconds that no check depends on
SOON = 20.0  # seconds after which whoever waits would wait for ever


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(1)
    yield pool
    pool.end()


def until(condition, seconds: float = LONG) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.005)


def busy(pool: Pool, file: Path) -> None:
    """Keep the only worker at work until `file` says so."""
    pool.ask(Task("busy", note, (file, "busy", 0.5)))
    until(lambda: noted(file) == ["busy"])


def test_thirty_who_ask_for_the_same_cost_one(pool: Pool, tmp_path: Path):
    file = tmp_path / "noted"
    asks = [pool.ask(Task("same", note, (file, "once", 0.2)), owner=str(k)) for k in range(30)]
    assert [ask.future.result(LONG) for ask in asks] == ["once"] * 30
    assert pool.ask(Task("same", note, (file, "again"))).future.result(0) == "once", "it is known"
    assert noted(file) == ["once"]
    pool.forget()
    assert pool.ask(Task("same", note, (file, "again"))).future.result(LONG) == "again"


def test_what_is_under_the_hand_comes_first_and_the_spread_last(pool: Pool, tmp_path: Path):
    file = tmp_path / "noted"
    busy(pool, file)
    order = {"spread": SPREAD, "numbers": NUMBERS, "screen": SCREEN, "hand": HAND}
    asks = [pool.ask(Task(name, note, (file, name)), urgency=urgency) for name, urgency in order.items()]
    for ask in asks:
        ask.future.result(LONG)
    assert noted(file) == ["busy", "hand", "screen", "numbers", "spread"]


def test_a_spread_makes_room_for_what_is_under_the_hand_and_is_done_after_it(pool: Pool, tmp_path: Path):
    file, go = tmp_path / "noted", tmp_path / "go"
    spread = pool.ask(Task("spread", until_there, (file, go), streams=True), urgency=SPREAD)
    until(lambda: noted(file) == ["began"])
    hand = pool.ask(Task("hand", note, (file, "hand")), urgency=HAND)
    assert hand.future.result(LONG) == "hand", "it would wait for ever behind the spread"
    assert not spread.future.done()
    go.touch()
    assert spread.future.result(LONG) == "there"
    assert noted(file) == ["began", "hand", "began"]


def test_a_spread_makes_room_where_long_work_has_taken_the_other_workers(tmp_path: Path):
    pool, go = Pool(2, spare=False), tmp_path / "go"
    try:
        files = {"long": tmp_path / "long", "spread": tmp_path / "spread"}
        pool.ask(Task("long", until_there, (files["long"], go), streams=True), urgency=BESIDE)
        pool.ask(Task("spread", until_there, (files["spread"], go), streams=True), urgency=SPREAD)
        until(lambda: all(file.is_file() and noted(file) == ["began"] for file in files.values()))
        hand = pool.ask(Task("hand", note, (tmp_path / "hand", "hand")), urgency=HAND)
        assert hand.future.result(LONG) == "hand", "nobody is free, so it would wait for the whole spread"
    finally:
        go.touch()
        pool.end()


@pytest.mark.parametrize("spare", [True, False])
def test_long_work_leaves_a_worker_free_where_there_is_a_spare_one(tmp_path: Path, spare: bool):
    pool, file = Pool(1, spare=spare), tmp_path / "noted"
    go = tmp_path / "go"
    try:
        long = pool.ask(Task("long", until_there, (file, go), streams=True), urgency=BESIDE)
        until(lambda: noted(file) == ["began"])
        hand = pool.ask(Task("hand", note, (file, "hand")), urgency=HAND)
        if spare:
            assert hand.future.result(LONG) == "hand"
        else:
            time.sleep(0.3)
            assert not hand.future.done()
        go.touch()
        assert (long.future.result(LONG), hand.future.result(LONG)) == ("there", "hand")
        assert noted(file) == ["began", "hand"]
        assert len(pool.pids()) == 1 + spare
    finally:
        pool.end()


def test_numbers_do_not_make_room(pool: Pool, tmp_path: Path):
    file, go = tmp_path / "noted", tmp_path / "go"
    numbers = pool.ask(Task("numbers", until_there, (file, go), streams=True), urgency=NUMBERS)
    until(lambda: noted(file) == ["began"])
    hand = pool.ask(Task("hand", note, (file, "hand")), urgency=HAND)
    go.touch()
    assert (numbers.future.result(LONG), hand.future.result(LONG)) == ("there", "hand")
    assert noted(file) == ["began", "hand"]


def test_whoever_asks_more_urgently_for_the_same_moves_it_up(pool: Pool, tmp_path: Path):
    file = tmp_path / "noted"
    busy(pool, file)
    first = pool.ask(Task("first", note, (file, "first")), urgency=NUMBERS)
    pool.ask(Task("second", note, (file, "second")), urgency=SPREAD)
    pool.ask(Task("second", note, (file, "second")), urgency=HAND)
    first.future.result(LONG)
    assert noted(file) == ["busy", "second", "first"]


def test_owners_take_turns(pool: Pool, tmp_path: Path):
    file = tmp_path / "noted"
    busy(pool, file)
    asks = [pool.ask(Task(f"{owner}{k}", note, (file, f"{owner}{k}")), owner=owner) for owner in "ab" for k in range(3)]
    for ask in asks:
        ask.future.result(LONG)
    assert [name[0] for name in noted(file)[1:]] == ["a", "b", "a", "b", "a", "b"]


def test_a_task_that_nobody_waits_for_ends_at_once_and_one_that_waits_is_dropped(pool: Pool, tmp_path: Path):
    file = tmp_path / "noted"
    told: list[tuple[object, ...]] = []
    two = [
        pool.ask(Task("endless", endless, (file,), streams=True), tell=lambda *what: told.append(what)) for _ in "ab"
    ]
    until(lambda: noted(file) == ["began"] and told)
    waiting = pool.ask(Task("waiting", note, (file, "never")))
    waiting.future.cancel()
    two[0].future.cancel()
    time.sleep(0.2)
    assert noted(file) == ["began"], "somebody still waits for it"
    two[1].future.cancel()
    until(lambda: noted(file) == ["began", "left"])
    assert pool.ask(Task("next", operator.add, (1, 1))).future.result(LONG) == 2
    assert noted(file) == ["began", "left"] and told[0] == (1, 2, "still at it")
    with pytest.raises(CancelledError):
        two[0].future.result()


def test_a_task_hands_out_its_pieces(pool: Pool):
    pieces: list[int] = []
    task = Task("counting", counting, (4,), streams=True, keep=False)
    assert pool.ask(task, piece=pieces.append).future.result(LONG) is None
    assert pieces == [0, 1, 2, 3]


def test_what_a_task_runs_beside_itself_speaks_in_turn_and_has_ended_before_the_next_task(pool: Pool, tmp_path: Path):
    file, came, told = tmp_path / "noted", list[int](), list[str]()
    ask = pool.ask(
        Task("grown", grown, (file,), streams=True, keep=False), tell=lambda *said: told.append(said[2]),
        piece=came.append,
    )  # fmt: skip
    until(lambda: len(came) > 50)
    assert came == list(range(len(came))) and set(told) == {"on"}
    ask.future.cancel()
    after = pool.ask(Task("after", note, (file, "after")))
    assert after.future.result(LONG) == "after"
    assert noted(file) == ["ended", "after"]


def test_errors_come_back_also_those_that_cannot_be_read_or_sent(pool: Pool):
    with pytest.raises(ZeroDivisionError):
        pool.ask(Task("zero", operator.truediv, (1, 0))).future.result(LONG)
    with pytest.raises(RuntimeError, match="Awkward: quite awkward"):
        pool.ask(Task("awkward", awkward)).future.result(LONG)
    with pytest.raises(Exception, match="pickle"):
        pool.ask(Task("unsendable", operator.pos, (lambda: 0,))).future.result(LONG)
    with pytest.raises(Exception, match="pickle"):
        pool.ask(Task("unreturnable", operator.attrgetter("__globals__"), (note,))).future.result(LONG)
    assert pool.ask(Task("next", operator.add, (1, 1))).future.result(LONG) == 2


def test_an_answer_that_cannot_be_read_is_an_error_and_the_pool_goes_on(pool: Pool):
    two = [pool.ask(Task("elsewhere", elsewhere)) for _ in "ab"]
    for ask in two:
        with pytest.raises(ModuleNotFoundError, match="nowhere_at_all"):
            ask.future.result(SOON)
    assert pool.ask(Task("next", operator.add, (1, 1))).future.result(LONG) == 2


@pytest.mark.parametrize("error", [ZeroDivisionError, SystemExit])
def test_a_callback_that_raises_ends_its_task_and_the_pool_goes_on(pool: Pool, error: type[BaseException]):
    def broken(piece: int) -> None:
        raise error("no such tab")

    ask = pool.ask(Task("counting", counting, (10_000,), streams=True, keep=False), piece=broken)
    with pytest.raises(error, match="no such tab"):
        ask.future.result(SOON)
    assert pool.ask(Task("next", operator.add, (1, 1))).future.result(LONG) == 2


def test_a_worker_that_cannot_be_started_is_an_error_and_the_pool_goes_on(pool: Pool, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise OSError("too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", refused)
        with pytest.raises(OSError, match="too many open files"):
            pool.ask(Task("first", operator.add, (1, 2))).future.result(SOON)
    assert pool.ask(Task("next", operator.add, (1, 1))).future.result(LONG) == 2


@pytest.mark.parametrize("lost", [True, False])
def test_a_task_that_waits_again_has_no_worker_and_does_not_run(pool: Pool, tmp_path: Path, lost: bool):
    """Another thread may take it at once, and what is cleared later would be that thread's."""
    seen: list[tuple[str, object, int]] = []

    class Waiting(list):
        def append(self, flight, /) -> None:
            seen.append((flight.task.key, flight.worker, sum(pool._running.values())))
            super().append(flight)

    pool._waiting = Waiting()
    file, go = tmp_path / "noted", tmp_path / "go"
    spread = pool.ask(Task("spread", until_there, (file, go), streams=True), urgency=SPREAD)
    until(lambda: noted(file) == ["began"])
    if lost:
        os.kill(pool.pids()[0], signal.SIGKILL)
    else:
        pool.ask(Task("hand", note, (file, "hand")), urgency=HAND).future.result(LONG)
    go.touch()
    assert spread.future.result(LONG) == "there"
    assert [one for one in seen if one[0] == "spread"] == [("spread", None, 0)] * 2


def test_long_work_beside_the_page_leaves_one_worker_to_the_picture(pool: Pool, tmp_path: Path):
    file = tmp_path / "noted"
    beside = pool.ask(Task("beside", endless, (file,), streams=True), urgency=BESIDE)
    until(lambda: noted(file) == ["began"])
    more = pool.ask(Task("more", operator.add, (1, 2)), urgency=BESIDE)
    assert pool.ask(Task("picture", operator.add, (1, 1)), urgency=HAND).future.result(LONG) == 2
    assert not more.future.done() and len(pool.pids()) == 2
    beside.future.cancel()
    assert more.future.result(LONG) == 3


def test_workers_killed_at_any_moment_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.experiments.work.pool.TRIES", 10)  # the same task may be hit each time
    pool, draw = Pool(2), random.Random(0)
    file = tmp_path / "noted"
    try:
        asks = [pool.ask(Task(f"task{k}", note, (file, f"task{k}", 0.03)), owner=str(k % 5)) for k in range(40)]
        for _ in range(4):
            time.sleep(draw.random() * 0.1)
            for pid in pool.pids()[:1]:
                os.kill(pid, signal.SIGKILL)
        assert [ask.future.result(LONG) for ask in asks] == [f"task{k}" for k in range(40)]
    finally:
        pool.end()


def test_a_call_beside_the_tasks_reaches_every_worker(tmp_path: Path):
    pool = Pool(2)
    try:
        slow = [pool.ask(Task(f"{k}", time.sleep, (0.5,), keep=False)) for k in range(2)]
        until(lambda: len(pool.pids()) == 2)
        pool.now(partial(note, tmp_path / "noted", "now"))
        until(lambda: noted(tmp_path / "noted") == ["now", "now"])
        assert [ask.future.result(LONG) for ask in slow] == [None, None]
    finally:
        pool.end()
    with pytest.raises(RuntimeError, match="was ended"):
        pool.ask(Task("late", operator.add, (1, 1)))
    with pytest.raises(ValueError, match="at least 1, got 0"):
        Pool(0)
