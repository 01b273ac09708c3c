"""Waiting a moment for a job: it ends with the job, with the time, or where another run of the page is wanted."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from explorer.pages.frame import progress
from explorer.session.jobs import Job, Tick
from explorer.session.tab import Tab
from explorer.view import View


class Stopped(Exception):
    """What Streamlit raises inside a run that is to end."""


@pytest.fixture
def go() -> Iterator[threading.Event]:
    """Yield what lets the job of a test end."""
    event = threading.Event()
    yield event
    event.set()


def held(go: threading.Event) -> Job:
    def work(tick: Tick) -> Iterator[int]:
        yield 1
        go.wait(20)
        yield 2

    return Job("held", work).start()


def test_a_quick_job_is_ready_in_the_same_run(go: threading.Event):
    assert progress.soon(held(go), lambda partial: partial == 1, 20.0)


def test_a_slow_job_is_waited_for_no_longer_than_was_said(go: threading.Event, monkeypatch: pytest.MonkeyPatch):
    looks = list[float]()
    monkeypatch.setattr(progress, "opened", lambda: looks.append(time.monotonic()))
    start = time.monotonic()
    assert not progress.soon(held(go), lambda partial: partial == 2, 0.3)
    assert time.monotonic() - start >= 0.3 and len(looks) >= 1


def test_a_run_that_is_to_end_does_not_wait_on(go: threading.Event, monkeypatch: pytest.MonkeyPatch):
    def stop() -> bool:
        raise Stopped

    monkeypatch.setattr(progress, "opened", stop)
    with pytest.raises(Stopped):
        progress.soon(held(go), lambda partial: partial == 2, 1e6)


@pytest.mark.parametrize("draw", [
    lambda tab, job: progress.status(tab, job, "mine"), lambda tab, job: progress.progress(job, "mine", tab=tab)
], ids=["page", "part"])  # fmt: skip
def test_go_on_forgets_the_job_and_runs_the_whole_page(
    draw: Callable[[Tab, Job], None], monkeypatch: pytest.MonkeyPatch
):
    def clicked(label: str, on_click: Callable[[], None], **_: object) -> bool:
        assert label == "Go on"
        on_click()
        return True

    def stop() -> None:
        raise Stopped

    monkeypatch.setattr(progress.st, "button", clicked)
    monkeypatch.setattr(progress, "rerun", stop)
    tab = Tab(View.default())
    job = tab.jobs.job("mine", "one", lambda tick: iter(()))
    job.cancel()
    job.wait(lambda _: False, 20.0)
    with pytest.raises(Stopped):  # the part that was clicked holds the old job
        draw(tab, job)
    assert tab.jobs.get("mine") is None
