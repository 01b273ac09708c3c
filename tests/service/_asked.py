"""Ask the routes as a server would, without one: each request is a call of the ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.applications import Starlette

from explorer.service import routes

T = TypeVar("T")
NONE: Mapping[str, str] = {}


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Asking:
    """One request; it goes away when `leave` is called."""

    app: Starlette
    path: str
    query: str = ""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self.gone = asyncio.Event()
        self.answer = Answer()

    def leave(self) -> None:
        self.gone.set()

    async def __call__(self) -> Answer:
        begun = iter([{"type": "http.request", "body": self.body, "more_body": False}])

        async def receive() -> dict[str, object]:
            if (first := next(begun, None)) is not None:
                return first
            await self.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict) -> None:
            if message["type"] == "http.response.start":
                self.answer.status = message["status"]
                self.answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                self.answer.body += message.get("body", b"")

        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        scope = {
            "type": "http", "method": self.method, "path": self.path, "raw_path": self.path.encode(), "root_path": "",
            "query_string": self.query.encode(), "headers": headers, "client": (self.client, 1), "scheme": "http",
            "server": ("127.0.0.1", 8501), "http_version": "1.1", "asgi": {"version": "3.0"},
        }  # fmt: skip
        await self.app(scope, receive, send)  # type: ignore[arg-type]
        return self.answer


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns. It runs in a thread of its own: a browser test leaves a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def app(base: str = "") -> Starlette:
    return Starlette(routes=routes(base))


def ask(
    path: str, query: str = "", *, of: Starlette | None = None, method: str = "GET", headers: Mapping[str, str] = NONE
) -> Answer:
    """Return the answer to one request; `headers` with _ for -."""
    named = {"host": "127.0.0.1:8501"} | {name.replace("_", "-"): value for name, value in headers.items()}

    async def asked() -> Answer:
        return await Asking(of or app(), path, query, method, named)()

    return finished(asked())
