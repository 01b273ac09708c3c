"""The seam: a picture that nobody waits for is not computed on, and one asked again is not computed again."""

import asyncio
import time
from concurrent.futures import CancelledError
from urllib.parse import parse_qsl

import pytest

from explorer.experiments.work.pool import Pool
from explorer.player.frames import unpack
from explorer.service import pictures
from explorer.view import View
from tests.service._asked import Asking, app, finished

SMALL = View.from_query({"data": "moons(n:60)", "training": "standard(steps:60)", "panels": "retrained~fine_tune"})[0]
LONG = "v=1&data=moons(n:60)&training=standard(steps:10000)&panels=retrained~fine_tune&evaluation=(retrained_seeds:20)"
PATIENCE = 60.0


def until(condition, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.005)


def test_a_picture_asked_by_several_is_computed_once():
    first, second = (pictures.asked(SMALL, 1, tab) for tab in "ab")
    assert first.result(PATIENCE) is second.result(PATIENCE)
    assert pictures.asked(SMALL, 1, "c").done()
    assert [panel["name"] for panel in unpack(first.result()).header["panels"]] == ["1:fine_tune"]


def test_a_whole_view_has_all_its_panels_and_the_words_of_the_page():
    header = unpack(pictures.asked(SMALL, None, "a").result(PATIENCE)).header
    assert [panel["name"] for panel in header["panels"]] == ["0:retrained", "1:fine_tune"]
    assert "times as much" in header["look"]["ratio"]


def test_a_cancelled_picture_is_computed_no_more(workers: Pool):
    future = pictures.asked(View.from_query(dict(parse_qsl(LONG)))[0], 1, "a")
    until(lambda: workers.busy(""))
    future.cancel()
    until(lambda: not workers.busy(""))
    with pytest.raises(CancelledError):
        future.result()
    assert pictures.asked(SMALL, 1, "b").result(PATIENCE)


def test_a_browser_that_goes_away_ends_the_work(workers: Pool):
    async def check() -> int:
        asking = Asking(app(), "/picture", f"{LONG}&panel=1&tab=a")
        task = asyncio.ensure_future(asking())
        await asyncio.to_thread(until, lambda: workers.busy(""))
        asking.leave()
        await asyncio.to_thread(until, lambda: not workers.busy(""))
        return (await task).status

    assert finished(check()) == 499


def test_a_fault_is_one_line_and_stands_in_the_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    def fault(*_: object) -> bytes:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(pictures, "asked", fault)
    answer = finished(Asking(app(), "/picture", "v=1&panel=1")())
    assert (answer.status, answer.text) == (500, "RuntimeError: two lines\n")
    assert "a request failed" in caplog.text


def test_the_pieces_of_a_view_come_one_after_the_other():
    job = pictures.begun(SMALL, "a")
    assert job.wait(lambda picture: picture.complete, PATIENCE)
    assert set(job.partial.numbers) == {"1:fine_tune"} and not job.error
