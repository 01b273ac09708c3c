"""Streamed work comes piece by piece and ends with its tab; of tabs that have gone the pool keeps nothing."""

import time
from typing import Any, cast

import pytest

from explorer.experiments.work import pool as work_pool
from explorer.experiments.work.pool import Ask, Pool, Task
from explorer.session import desk, jobs
from explorer.session.desk import Workers
from explorer.session.jobs import Job, Jobs
from explorer.view import View


class Slow:
    """A pool that tells what the test tells, and computes nothing."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []

    def ask(self, task: Task, *, owner: str, urgency: int, tell: Any, piece: Any) -> Ask:
        self.asked.append(Ask(lambda ask: None, tell, piece))
        return self.asked[-1]


def wait_for(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.002)


def streaming(there: list[bool]) -> tuple[Job, Ask]:
    pool, spec = Slow(), View.default().base
    streamed = Workers(cast(Pool, pool), "a").stream
    job = Jobs(lambda: there[0]).job("attack", 1, lambda tick: streamed(spec, print, tick=tick))
    wait_for(lambda: pool.asked)
    return job, pool.asked[0]


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "LOOK", 0.01)
    monkeypatch.setattr(jobs, "GONE", 0.05)


def test_streamed_work_of_a_closed_tab_ends_though_it_has_nothing_to_tell():
    there = [True]
    job, ask = streaming(there)
    there[0] = False
    wait_for(lambda: job.finished)
    assert job.abandoned and ask.future.cancelled() and not job.error


def test_streamed_work_of_an_open_tab_waits_for_every_piece():
    job, ask = streaming([True])
    assert ask.piece is not None
    time.sleep(0.1)  # several looks
    for number in (1, 2):
        ask.piece(number)
    ask.future.set_result(None)
    wait_for(lambda: job.finished)
    assert (job.partial, job.version, job.error) == (2, 2, "")


def test_a_pool_forgets_the_turns_of_tabs_that_have_gone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(work_pool, "OWNERS", 3)
    pool = Pool(100)
    monkeypatch.setattr(pool, "_enough_threads", lambda: None)  # the test takes the tasks itself

    def begun(owner: str) -> Ask:
        ask = pool.ask(Task(f"of {owner}", print), owner=owner)
        assert pool._next() is not None
        return ask

    begun("stays")
    for number in range(20):
        begun(str(number)).future.cancel()
    assert len(pool._served) <= 3 and "stays" in pool._served
