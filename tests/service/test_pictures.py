"""The seam: a picture that nobody waits for is not computed on, and one asked again is not computed again."""

import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from explorer.contents import blobs
from explorer.contents.picture import Tick
from explorer.service import pictures
from explorer.view import View
from tests.service._asked import Asking, app

VIEW = View.default()
PATIENCE = 60.0


class Slow:
    """A picture that ticks until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.times = 0

    def __call__(self, view: View, index: int, memo: object, tick: Tick) -> bytes:
        self.times += 1
        self.begun.set()
        try:
            while not self.go.wait(0.01):
                tick(0, 0)
            return b"blob"
        finally:
            self.ended.set()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    monkeypatch.setattr(blobs, "panel", made)
    return made


def test_a_picture_asked_again_is_not_computed_again(slow: Slow):
    slow.go.set()
    assert [pictures.asked(VIEW, 1, tab).result(PATIENCE) for tab in "ab"] == [b"blob", b"blob"]
    assert slow.times == 1


def test_a_cancelled_picture_ends_at_its_next_tick(slow: Slow):
    future = pictures.asked(VIEW, 1, "a")
    assert slow.begun.wait(PATIENCE)
    assert future.cancel()
    assert slow.ended.wait(PATIENCE)
    with pytest.raises(CancelledError):
        future.result()


def test_a_picture_that_is_cancelled_before_its_turn_is_never_begun(slow: Slow):
    busy = [pictures.asked(VIEW, index, "a") for index in range(pictures.WORKERS)]
    late = pictures.asked(VIEW, 5, "a")
    late.cancel()
    slow.go.set()
    assert [one.result(PATIENCE) for one in busy] == [b"blob"] * pictures.WORKERS
    assert pictures.asked(VIEW, 3, "a").result(PATIENCE) == b"blob"
    assert slow.times == pictures.WORKERS + 1


def test_a_browser_that_goes_away_ends_the_work(slow: Slow):
    async def check() -> int:
        asking = Asking(app(), "/picture", "v=1&panel=1")
        task = asyncio.ensure_future(asking())
        assert await asyncio.to_thread(slow.begun.wait, PATIENCE)
        asking.leave()
        assert await asyncio.to_thread(slow.ended.wait, PATIENCE)
        return (await task).status

    assert asyncio.run(check()) == 499


def test_a_fault_is_one_line_and_stands_in_the_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    def fault(*_: object) -> bytes:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(blobs, "panel", fault)
    answer = asyncio.run(Asking(app(), "/picture", "v=1&panel=1")())
    assert (answer.status, answer.text) == (500, "RuntimeError: two lines\n")
    assert "a picture for somebody failed" in caplog.text


def test_blobs_are_kept_up_to_a_number_of_bytes_and_those_asked_last_stay():
    known = pictures.Known(10)
    for key in "ab":
        known.put(key, b"12345")
    assert known.get("a") == b"12345"
    known.put("c", b"12345")
    assert [known.get(key) for key in "abc"] == [b"12345", None, b"12345"]
    known.put("d", b"1" * 11)
    assert [known.get(key) for key in "acd"] == [None, None, None]
