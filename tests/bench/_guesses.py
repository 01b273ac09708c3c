"""A class of 30 phones on one server: how long after a guess is sent the lecturer's screen counts it.

The lecturer is a real browser with a lesson open. Phones ask as the page `/join` does: each listens to its stream and
sends a guess at a moment of its own, twice: the second is a change of mind. Meanwhile one phone sends a hundred guesses
a second, and one address tries codes.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from tests.bench._loop import timed_steps
from tests.browser import chromium
from tests.browser._look import new_context
from tests.browser._server import running
from tests.service._asked import Asking, app

PEOPLE = int(os.environ.get("PEOPLE") or 30)
SPREAD = float(os.environ.get("SPREAD") or 10)  # seconds over which the class guesses
LATE = 30.0  # seconds after which a guess counts as never
#: Notes when the count of answers, which stands in a shadow tree, becomes larger.
WATCH = """() => {
    const all = (root) => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    const place = all(document).find((one) => one.tagName === 'B' && one.parentElement.textContent.includes('have answered'));
    window.counted = [];
    window.longest = 0;
    let last = performance.now();
    const frame = (now) => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    const note = () => window.counted.push([Date.now() / 1000, Number(place.textContent)]);
    new MutationObserver(note).observe(place, {childList: true, characterData: true, subtree: true});
}"""  # noqa: E501


class Phone:
    """One phone, over plain sockets: a browser each would measure thirty browsers."""

    def __init__(self, address: str, code: str, number: int) -> None:
        self.host, port = address.removeprefix("http://").split(":")
        self.port, self.code, self.draw = int(port), code, random.Random(number)
        self.token = ""
        self.sent = self.answered = 0.0

    async def asked(self, path: str, value: dict[str, Any] | None = None) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        body = json.dumps(value).encode() if value else b""
        kind = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if value else ""
        method = "POST" if value else "GET"
        head = f"{method} {path} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\nconnection: close\r\n{kind}\r\n"
        writer.write(head.encode() + body)
        answer = await reader.read()
        writer.close()
        head, _, rest = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), rest

    async def join(self) -> None:
        status, body = await self.asked("/join/enter", {"code": self.code})
        assert status == 200, body
        self.token = json.loads(body)["token"]

    async def listen(self, question: asyncio.Future[str]) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(f"GET /join/events?token={self.token} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    standing = json.loads(line.removeprefix(b"data: "))
                    if standing["phase"] == "ask" and not question.done():
                        question.set_result(standing["question"]["key"])
        finally:
            writer.close()

    async def guess(self, key: str) -> None:
        await asyncio.sleep(self.draw.random() * SPREAD)
        self.sent = time.time()
        status, body = await self.asked("/join/guess", {"token": self.token, "question": key, "guess": "1"})
        self.answered = time.time()
        assert status == 200, body
        await asyncio.sleep(1)
        await self.asked("/join/guess", {"token": self.token, "question": key, "guess": "0"})

    async def flood(self, key: str) -> None:
        while True:
            await self.asked("/join/guess", {"token": self.token, "question": key, "guess": "2"})
            await asyncio.sleep(0.01)

    async def try_codes(self) -> None:
        while True:
            await self.asked("/join/enter", {"code": "".join(self.draw.choices("BCDFGHJKLMNP", k=4))})
            await asyncio.sleep(0.05)


class Class:
    """The phones of one class, in a loop of their own, because Playwright's own calls block."""

    def __init__(self, address: str, code: str) -> None:
        self.phones = [Phone(address, code, number) for number in range(PEOPLE)]
        self.hasty, self.stranger = Phone(address, code, -1), Phone(address, code, -2)
        self.joined, self.failed = threading.Event(), list[BaseException]()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        self._thread.join(LATE + SPREAD + 30)
        if self.failed:
            raise self.failed[0]

    def _run(self) -> None:
        try:
            asyncio.run(self._together())
        except BaseException as error:
            self.failed.append(error)
            self.joined.set()

    async def _together(self) -> None:
        everybody = [*self.phones, self.hasty]
        await asyncio.gather(*(phone.join() for phone in everybody))  # all at once
        questions = [asyncio.get_running_loop().create_future() for _ in everybody]
        hearing = [asyncio.ensure_future(one.listen(q)) for one, q in zip(everybody, questions, strict=True)]
        self.joined.set()
        keys = await asyncio.gather(*questions)
        noise = [asyncio.ensure_future(self.hasty.flood(keys[0])), asyncio.ensure_future(self.stranger.try_codes())]
        await asyncio.sleep(2)
        await asyncio.gather(*(phone.guess(key) for phone, key in zip(self.phones, keys, strict=False)))
        await asyncio.sleep(2)
        for task in (*noise, *hearing):
            task.cancel()


def _measured() -> tuple[list[float], list[float], float]:
    """Return seconds until each guess was counted, until each was answered, and the longest frame of the screen."""
    with tempfile.TemporaryDirectory() as store, running(Path(store)) as address, chromium.opened() as browser:
        page = new_context(browser).new_page()
        page.goto(f"{address}/lessons?v=1&lesson=never_saw")
        page.get_by_role("button", name="With a class", exact=True).click()
        code = page.locator(".ue-huge").inner_text()
        people = Class(address, code)
        people.joined.wait(60)
        page.get_by_role("button", name="Begin", exact=True).click()
        page.get_by_role("button", name="Next", exact=True).click()
        page.get_by_role("button", name="Reveal", exact=True).wait_for()
        page.wait_for_timeout(500)
        page.evaluate(WATCH)
        end = time.monotonic() + SPREAD + LATE
        while len(page.evaluate("window.counted")) == 0 or page.evaluate("window.counted.at(-1)[1]") < PEOPLE + 1:
            if time.monotonic() > end or people.failed:
                break
            page.wait_for_timeout(100)
        people.wait()
        counted: list[tuple[float, int]] = page.evaluate("window.counted")
        longest: float = page.evaluate("window.longest")
    return _delays(people, counted), [one.answered - one.sent for one in people.phones], longest


def _delays(people: Class, counted: list[tuple[float, int]]) -> list[float]:
    """Return for the k-th guess that was sent how long after it the screen counted k, beside the hasty phone's."""
    sent = sorted(phone.sent for phone in people.phones)
    found = list[float]()
    for number, at in enumerate(sent, 1):
        shown = next((seen for seen, count in counted if count >= number + 1), at + LATE)
        found.append(max(0.0, shown - at))
    return found


def class_guess() -> float:
    """Seconds from a guess that a phone sends to the lecturer's count, 95th percentile."""
    counted, answered, longest = _measured()
    said = f"answered p95 {_p95(answered):.2f} s, counted worst {max(counted):.2f} s, longest frame {longest:.0f} ms"
    print(said, file=sys.stderr)
    return _p95(counted)


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def class_guess_loop() -> float:
    """CPU milliseconds of the longest step of the service's loop while 300 phones join and guess at once."""
    from explorer import classroom
    from explorer.lessons import Choice

    room = classroom.classrooms().open()
    room.ask(classroom.Question("one:1", "Which one?", Choice(("A", "B"), "")))
    service = app()

    async def posted(path: str, value: dict[str, str]) -> dict[str, Any]:
        body = json.dumps(value).encode()
        headers = {"host": "x", "content-type": "application/json", "content-length": str(len(body))}
        return json.loads((await Asking(service, path, "", "POST", headers, body)()).body)

    async def one(number: int) -> None:
        entered = await posted("/join/enter", {"code": room.code})
        await posted("/join/guess", {"token": entered["token"], "question": "one:1", "guess": str(number % 2)})

    async def all_of_them() -> list[float]:
        await one(0)  # what is imported is imported
        with timed_steps() as steps:
            await asyncio.gather(*(one(number) for number in range(1, 300)))
        return steps

    steps = asyncio.run(all_of_them())
    assert room.counts() == (300, 300)
    return 1000 * max(steps)
