"""Answer with a picture: its bytes, or a page that plays it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from explorer.service.query import Parts, Refused, panel_of, parts_of, view_of
from explorer.service.turns import Turns
from explorer.session import hands

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from explorer.view import View

PATIENCE = 180.0  # seconds that a picture may take
BYTES = "application/octet-stream"
OWNER = "X-Explorer-Owner"  # a header: the secret of the tab that asks for points of its own
T = TypeVar("T")


class Answers:
    """The routes that answer with one picture."""

    def __init__(self, turns: Turns) -> None:
        """Share one set of turns between the routes."""
        self._turns = turns

    async def picture(self, request: Request) -> Response:
        """Return the bytes of one panel or of the whole view, or 304 where the browser holds them."""
        from starlette.responses import Response

        parts = parts_of(request.scope["query_string"], ("panel", "tab"))
        with hands.asking(parts.tab) if parts.panel is not None else contextlib.nullcontext():
            view, blob = await while_there(request, self._blob(parts, request, request.headers.get(OWNER, "")))
        if view.base.data.name == "csv":  # nothing of it stays with a browser
            return Response(blob, media_type=BYTES, headers={"Cache-Control": "no-store"})
        tag = await asyncio.to_thread(_tag, blob)
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if _held(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        return Response(blob, media_type=BYTES, headers=headers)

    async def embed(self, request: Request) -> Response:
        """Return a page that plays the whole view."""
        from starlette.responses import HTMLResponse

        parts = parts_of(request.scope["query_string"], ("tab",))
        view, blob = await while_there(request, self._blob(parts, request))
        shown = "CIFAR" if view.page == "images" else view.base.data.name
        page = await asyncio.to_thread(_page, blob, f"Unlearning Explorer: {shown}")
        return HTMLResponse(page, headers={"Cache-Control": "private, no-cache"})

    async def _blob(self, parts: Parts, request: Request, owner: str = "") -> tuple[View, bytes]:
        async with turn_of(self._turns, parts, request):
            view = await asyncio.to_thread(view_of, parts.view, owner)
            return view, await _made(view, panel_of(parts.panel, view), parts.tab)


def asks(parts: Parts, request: Request) -> str:
    """Return who asks: the tab, or where nobody said so the machine."""
    return parts.tab or f"from {request.client.host if request.client else 'nowhere'}"


def turn_of(turns: Turns, parts: Parts, request: Request) -> AbstractAsyncContextManager[None]:
    """Return the turn of a request: of a tab the latest comes next, where no tab is named the one that came first."""
    return turns.turn(asks(parts, request), in_line=not parts.tab)


async def _made(view: View, panel: int | None, tab: str) -> bytes:
    pictures = await computing()
    return await patiently(pictures.asked(view, panel, tab))


async def patiently(work: Future[T] | Coroutine[Any, Any, T]) -> T:
    """Return what a picture's Future, or its coroutine, gives.

    Raises:
        Refused: if it takes more than PATIENCE, or there can be no such picture.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await (asyncio.wrap_future(work) if isinstance(work, Future) else work)
    except TimeoutError:
        raise Refused(f"the picture took more than {PATIENCE:g} s", 503) from None
    except ValueError as error:
        raise Refused(str(error)) from None


async def computing() -> ModuleType:
    """Return `explorer.service.pictures`; what it imports may take seconds, so a thread does."""
    return await asyncio.to_thread(importlib.import_module, "explorer.service.pictures")


async def while_there(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what some work returns; end it when whoever asked goes away.

    Raises:
        Refused: if they went away; nobody reads it.
    """
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Refused("nobody waits for this any more", 499)
        return task.result()
    finally:
        for one in (task, gone):
            one.cancel()
        with contextlib.suppress(asyncio.CancelledError, Refused):
            await task


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _page(blob: bytes, title: str) -> str:
    from explorer.player import standalone

    return standalone.page(blob, title)


def _tag(blob: bytes) -> str:
    from explorer.player.frames import unpack

    return f'W/"{unpack(blob).header["id"]}"'


def _held(none_match: str, tag: str) -> bool:
    return none_match.strip() == "*" or tag in (one.strip() for one in none_match.split(","))
