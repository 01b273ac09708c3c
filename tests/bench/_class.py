"""Thirty people on one server: each moves another knob of one of five methods every few seconds, as browsers ask.

The client speaks Streamlit's protocol: it opens a page, moves a slider, and reads what comes until the picture and the
table of that value have come.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import DoubleArray
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

from explorer.knobs import knob_infos
from explorer.pages.frame.news import PAGE
from explorer.player.frames import unpack
from explorer.spec.catalog import CATALOG
from tests.browser._server import running

PEOPLE = int(os.environ.get("PEOPLE") or 30)
SECONDS = float(os.environ.get("SECONDS") or 120)
FLOODED = 30.0  # seconds of a flood
EVERY = 5.0  # seconds from one move of a person to the next
LONG = 15.0  # seconds after which an answer is told
LONGEST = 60.0  # seconds after which an answer counts as never
LESSON = "v=1&lesson=never_saw&at=1"
KNOBS = {
    "gradient_ascent": ("steps", 5, 60), "fine_tune": ("steps", 20, 200), "jit": ("epochs", 2, 40),
    "random_labels": ("steps", 20, 200), "neg_grad_plus": ("steps", 20, 200),
}  # fmt: skip


@dataclass
class Seen:
    """What all people saw: seconds from a move to the new picture, and to its numbers."""

    pictures: list[float] = field(default_factory=list[float])
    numbers: list[float] = field(default_factory=list[float])
    opened: list[float] = field(default_factory=list[float])
    errors: list[str] = field(default_factory=list[str])  # what a page said of a fault, instead of what was asked for

    def without_errors(self) -> Seen:
        """Return itself.

        Raises:
            RuntimeError: if anybody's page showed an exception or an error.
        """
        if self.errors:
            raise RuntimeError(f"pages must show no error, got {len(self.errors)}, first: {self.errors[0]}")
        return self


@dataclass
class Waiting:
    """A part of the page that waits for news: its fragment, the widget by which it asks, what it has drawn."""

    fragment: str
    widget: str
    count: int
    asked: bool = False


class Person:
    """One browser tab."""

    def __init__(self, address: str, number: int, seen: Seen) -> None:
        self.method = list(KNOBS)[number % len(KNOBS)]
        self.knob, self.low, self.high = KNOBS[self.method]
        self.address, self.seen, self.draw = address, seen, random.Random(number)
        self.query = f"v=1&panels=retrained~{self.method}"
        self.page = self.slider = self.picture = ""
        self.table, self.stale, self.running, self.there = "", False, False, False
        self.default = knob_infos(CATALOG.methods[self.method].knobs)[self.knob].default  # which no address names
        self.value = self.default
        self.pages = dict[str, str]()  # path -> what Streamlit calls the page
        self.tab, self.counts, self.waiting = "", dict[str, int](), dict[str, Waiting]()

    async def live(self, until: float) -> None:
        await asyncio.sleep(self.draw.random() * EVERY)
        url = self.address.replace("http", "ws") + "/_stcore/stream"
        async with connect(url, subprotocols=["streamlit"], max_size=None) as wire:  # type: ignore[list-item]
            begun = time.perf_counter()
            await self.say(wire)
            await self.wait(wire, lambda: bool(self.tab))
            hearing = asyncio.ensure_future(self.hear(wire))
            await self.wait(wire, lambda: bool(self.picture and self.slider))
            self.seen.opened.append(time.perf_counter() - begun)
            while time.perf_counter() < until:
                moved = time.perf_counter()
                await self.move(wire)
                await self.read_for(wire, moved + EVERY - time.perf_counter())
            hearing.cancel()

    async def move(self, wire: ClientConnection) -> None:
        """Move the slider to another value, and note when the picture and the numbers have come."""
        value = self.value
        while value == self.value:  # a hand that does not move asks for nothing
            value = self.draw.randint(self.low, self.high)
        self.value, was = value, self.picture
        start, self.table = time.perf_counter(), ""
        hand = asyncio.ensure_future(self.hand(value))  # the player asks for the picture before the page knows
        await self.say(wire, WidgetState(id=self.slider, double_array_value=DoubleArray(data=[value])))
        page = LONGEST
        if await self.wait(wire, lambda: self.says(value) and self.picture != was):
            page = time.perf_counter() - start
        self.seen.pictures.append(min(page, await hand - start))
        came = await self.wait(wire, lambda: bool(self.table) and not self.stale and not self.running)
        self.seen.numbers.append(time.perf_counter() - start if came else LONGEST)
        if max(self.seen.pictures[-1], self.seen.numbers[-1]) > LONG:
            waits = ", ".join(f"{part} at {one.count} of {self.counts.get(part)}" for part, one in self.waiting.items())
            print(f"{self.method}({self.knob}:{value}): page {page:.1f} s, {self.query}; {waits}", file=sys.stderr)

    def says(self, value: int) -> bool:
        """Say whether the address names a value of the knob; it leaves out the default."""
        if value == self.default:
            return f"{self.knob}:" not in self.query
        return f"({self.knob}:{value})" in self.query

    async def hand(self, value: int) -> float:
        """Ask the route for the picture of a value, as explorer/player/live.js does; return when it had come."""
        host, port = self.address.removeprefix("http://").split(":")
        query = f"v=1&panels=retrained~{self.method}({self.knob}:{value})&panel=1&tab={self.tab}"
        reader, writer = await asyncio.open_connection(host, int(port), limit=2**22)
        try:
            writer.write(f"GET /picture?{query} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            answer = await asyncio.wait_for(reader.read(), LONGEST)
        except TimeoutError:
            return time.perf_counter() + LONGEST
        finally:
            writer.close()
        assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
        return time.perf_counter()

    async def hear(self, wire: ClientConnection) -> None:
        """Ask for what is new, as explorer/pages/frame/news.js does."""
        host, port = self.address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(f"GET /news?tab={self.tab} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    self.counts = json.loads(line.removeprefix(b"data: "))
                    await self.look(wire)
        finally:
            writer.close()

    async def look(self, wire: ClientConnection) -> None:
        for part, waiting in self.waiting.items():
            if self.counts.get(part, 0) > waiting.count and not waiting.asked:
                waiting.asked = True
                news = json.dumps([{"event": "news", "value": 1}])
                await self.say(wire, WidgetState(id=waiting.widget, json_trigger_value=news), fragment=waiting.fragment)

    async def say(self, wire: ClientConnection, *states: WidgetState, fragment: str = "") -> None:
        """Ask for a run; a browser sends the values of all widgets each time, so the slider's goes with every other."""
        if self.value != self.default and not any(state.id == self.slider for state in states):
            states = (*states, WidgetState(id=self.slider, double_array_value=DoubleArray(data=[self.value])))
        message = BackMsg()
        message.rerun_script.CopyFrom(
            ClientState(
                query_string=self.query, page_script_hash=self.page, widget_states=WidgetStates(widgets=states),
                fragment_id=fragment,
            )
        )  # fmt: skip
        await wire.send(message.SerializeToString())

    async def wait(self, wire: ClientConnection, ready) -> bool:
        end = time.perf_counter() + LONGEST
        while not ready():
            try:
                self.read(await asyncio.wait_for(wire.recv(decode=False), end - time.perf_counter()))
                await self.look(wire)
            except TimeoutError:
                return False
        return True

    async def read_for(self, wire: ClientConnection, seconds: float) -> None:
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            try:
                self.read(await asyncio.wait_for(wire.recv(decode=False), left))
                await self.look(wire)
            except TimeoutError:
                return

    def read(self, content: bytes) -> None:
        """Note what a browser would show."""
        message = ForwardMsg.FromString(content)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page, self.running = message.new_session.page_script_hash, True
        elif kind == "script_finished":
            self.running = False
        elif kind == "navigation":
            self.pages = {one.url_pathname: one.page_script_hash for one in message.navigation.app_pages}
        elif kind == "page_info_changed":
            self.query = unquote(message.page_info_changed.query_string)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            shown = element.WhichOneof("type")
            if error := _error(element):
                self.seen.errors.append(f"{self.query}: {error}")
            if shown == "slider" and f"knob:1:{self.method}:{self.knob}" in element.slider.id:
                self.slider = element.slider.id
            elif shown == "bidi_component" and element.bidi_component.component_name == "explorer_news":
                self.told(element.bidi_component.id, json.loads(element.bidi_component.json), message.delta.fragment_id)
            elif shown == "bidi_component" and element.bidi_component.bytes:
                panels = unpack(element.bidi_component.bytes).header["panels"]
                self.picture = next((panel["id"] for panel in panels if panel["name"].startswith("1:")), self.picture)
            elif shown == "html" and "ue-numbers" in element.html.body:
                self.table, self.stale = element.html.body, "ue-stale" in element.html.body

    def told(self, widget: str, data: dict[str, Any], fragment: str) -> None:
        self.tab = data["tab"]
        if data["part"] != PAGE:
            self.waiting[data["part"]] = Waiting(fragment, _make_trigger_id(widget, "events"), data["count"])

    async def follow(self, link: str, begin: asyncio.Event) -> None:
        """Open the app; when everybody is there, go to a link within two seconds, and note when it is on screen."""
        url = self.address.replace("http", "ws") + "/_stcore/stream"
        async with connect(url, subprotocols=["streamlit"], max_size=None) as wire:  # type: ignore[list-item]
            await self.say(wire)
            await self.wait(wire, lambda: bool(self.tab))
            hearing = asyncio.ensure_future(self.hear(wire))
            await self.wait(wire, lambda: bool(self.picture and self.slider) and not self.running)
            self.there = True
            await self.read_until(wire, begin)
            await self.read_for(wire, 2 * self.draw.random())
            self.page, self.query, was, start = self.pages["lessons"], link, self.picture, time.perf_counter()
            await self.say(wire)
            came = await self.wait(wire, lambda: self.picture not in ("", was))
            self.seen.pictures.append(time.perf_counter() - start if came else LONGEST)
            hearing.cancel()

    async def read_until(self, wire: ClientConnection, begin: asyncio.Event) -> None:
        while not begin.is_set():
            await self.read_for(wire, 0.1)


def _error(element: Element) -> str:
    """Return what an element says of a fault; "" if it shows none."""
    shown = element.WhichOneof("type")
    if shown == "exception":
        return f"{element.exception.type}: {element.exception.message}"
    if shown == "alert" and element.alert.format == Alert.ERROR:
        return element.alert.body
    if shown == "html" and 'role="alert"' in element.html.body:  # as pages draw it
        return element.html.body
    return ""


async def _together_at(address: str, seen: Seen) -> None:
    begin = asyncio.Event()
    people = [Person(address, number, seen) for number in range(PEOPLE)]
    going = [asyncio.ensure_future(person.follow(LESSON, begin)) for person in people]
    while sum(person.there for person in people) < PEOPLE and not any(one.done() for one in going):
        await asyncio.sleep(0.1)
    begin.set()
    await asyncio.gather(*going)


async def _lesson(address: str, seen: Seen) -> None:
    until = time.perf_counter() + SECONDS
    await asyncio.gather(*(Person(address, number, seen).live(until) for number in range(PEOPLE)))


def _together(server: int) -> float:
    """Return the memory of a process and its children, pages that they share counted once, in bytes."""
    found = subprocess.run(["pgrep", "-P", str(server)], capture_output=True, text=True).stdout
    total = 0
    for pid in [server, *map(int, found.split())]:
        with contextlib.suppress(OSError):  # it has just ended
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024


@contextmanager
def noted_memory(address: str) -> Iterator[list[float]]:
    """Note the memory of the server at an address and of its workers every second, in bytes."""
    said = f"explorer app --port {address.rpartition(':')[2]}"
    server = int(subprocess.run(["pgrep", "-f", said], capture_output=True, text=True).stdout.split()[0])
    noted, over = list[float](), threading.Event()

    def watch() -> None:
        while not over.wait(1.0):
            noted.append(_together(server))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield noted
    finally:
        over.set()
        thread.join()


@cache
def seen() -> tuple[Seen, list[float]]:
    """Return what thirty people saw, and the memory of all processes, every second, in bytes."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as store, running(Path(store)) as address, noted_memory(address) as noted:
        asyncio.run(_lesson(address, seen))
    return seen, noted


@cache
def _flooded() -> float:
    """Return the 95th percentile of eight people's new pictures beside a flood, over that without."""
    found = list[float]()
    for flood in (False, True):
        seen = Seen()
        with tempfile.TemporaryDirectory() as store, running(Path(store)) as address:
            asyncio.run(_eight(address, seen, flood))
        found.append(_p95(seen.without_errors().pictures))
    return found[1] / found[0]


async def _eight(address: str, seen: Seen, flood: bool) -> None:
    until = time.perf_counter() + FLOODED
    people = [Person(address, number, seen).live(until) for number in range(8)]
    await asyncio.gather(*people, *([_flood(address, until)] if flood else []))


async def _flood(address: str, until: float) -> None:
    """Ask for 200 pictures a second in the name of one tab, whatever comes back."""
    host, port = address.removeprefix("http://").split(":")
    under_way = set[asyncio.Task[None]]()

    async def ask(number: int) -> None:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(host, int(port))
            query = f"v=1&panels=retrained~fine_tune(steps:{20 + number % 180})&panel=1&tab=flood"
            writer.write(f"GET /picture?{query} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
            await reader.read()
            writer.close()

    for number in itertools.count():
        if time.perf_counter() > until:
            break
        task = asyncio.ensure_future(ask(number))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        await asyncio.sleep(1 / 200)
    for task in under_way:
        task.cancel()


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def class_30() -> float:
    """Seconds from a move to the first new picture, 95th percentile."""
    return _p95(seen()[0].without_errors().pictures)


def class_30_numbers() -> float:
    """Seconds from a move to the numbers of that value, 95th percentile."""
    return _p95(seen()[0].without_errors().numbers)


def class_30_longest() -> float:
    """Seconds of the longest answer."""
    found = seen()[0].without_errors()
    return max(found.pictures + found.numbers)


def class_same() -> float:
    """Seconds until the same picture is on everybody's screen, 95th percentile."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as store, running(Path(store)) as address:
        asyncio.run(_together_at(address, seen))
    return _p95(seen.without_errors().pictures)


def class_flood() -> float:
    """Times by which a flood of requests from one tab makes others wait longer, 95th percentile."""
    return _flooded()


def class_30_memory() -> float:
    """Bytes that all processes take together, at most."""
    return max(seen()[1])


def class_30_growth() -> float:
    """Times by which they take more at the end than half-way, each over a sixth of the time."""
    noted = seen()[1]
    sixth, half = len(noted) // 6, len(noted) // 2
    return statistics.mean(noted[-sixth:]) / statistics.mean(noted[half - sixth // 2 : half + sixth // 2])
