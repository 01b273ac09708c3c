"""The seam: a picture that nobody waits for is not computed on, and one asked again is not computed again."""

import asyncio
import time
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


def asked(view: View, panel: int | None) -> bytes:
    return finished(asyncio.wait_for(pictures.asked(view, panel, "a"), PATIENCE))


def test_a_panel_and_the_page_that_shows_it_are_computed_once(monkeypatch: pytest.MonkeyPatch):
    begun, ask = [], Pool.ask
    monkeypatch.setattr(Pool, "ask", lambda self, task, **how: begun.append(task.key) or ask(self, task, **how))
    job = pictures.begun(SMALL, "b")
    header = unpack(asked(SMALL, 1)).header
    assert job.wait(lambda picture: picture.ready(SMALL), PATIENCE)
    job.cancel()
    assert [panel["name"] for panel in header["panels"]] == ["1:fine_tune"]
    of_panel = [key for key in begun if key.startswith("panel-fine_tune")]
    assert len(of_panel) == 2 and len(set(of_panel)) == 1  # one key, so the pool runs one task


def test_a_whole_view_has_all_its_panels_and_the_words_of_the_page():
    header = unpack(asked(SMALL, None)).header
    assert [panel["name"] for panel in header["panels"]] == ["0:retrained", "1:fine_tune"]
    assert "times as much" in header["look"]["ratio"]


def test_the_audit_of_a_view_is_another_picture_than_its_methods():
    audits = View.from_query({**SMALL.to_query(), "page": "audits", "audit": "weight_path"})[0]
    audit, method = (unpack(asked(one, 1)).header["panels"][0] for one in (audits, SMALL))
    assert (audit["way"], method.get("way")) == ("a", None)


def test_the_stream_of_a_view_is_another_picture_too():
    stream = View.from_query({**SMALL.to_query(), "page": "streams", "batches": "3", "size": "2"})[0]
    drawn, whole = unpack(asked(stream, 1)).header, unpack(asked(stream, None)).header
    (panel,) = drawn["panels"]
    assert (panel["name"], panel["way"], panel["step"]) == ("1:fine_tune", "request", [0, 1, 2, 3])
    assert drawn["scene"]["id"] == whole["scene"]["id"] and drawn["look"] == whole["look"]
    assert panel["id"] == next(one for one in whole["panels"] if one["name"] == "1:fine_tune")["id"]


def test_a_cancelled_picture_is_computed_no_more(workers: Pool):
    async def check() -> None:
        task = asyncio.ensure_future(pictures.asked(View.from_query(dict(parse_qsl(LONG)))[0], 1, "a"))
        await asyncio.to_thread(until, lambda: workers.busy(""))
        task.cancel()
        await asyncio.to_thread(until, lambda: not workers.busy(""))
        with pytest.raises(asyncio.CancelledError):
            await task

    finished(check())
    assert asked(SMALL, 1)


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
