"""Tell a browser tab which parts of its page have something new; one connection a tab, while work goes on.

    event: message    {"stage:watch": 5, ...}    how often there was something new, of every part

A connection begins with what stands. The page drops it when nothing it shows is being computed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from explorer.service.query import Refused, parts_of
from explorer.session import news

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

MOST = 4  # connections of a tab: a page that was left may close its own late
BEAT = 15.0  # seconds without news after which a line says that the connection stands
APART = 0.05  # seconds from one message to the next


class Told:
    """The connections of all tabs."""

    def __init__(self) -> None:
        """Start with none."""
        self._open: dict[str, int] = {}

    async def stream(self, request: Request) -> Response:
        """Return the stream of a tab."""
        from starlette.responses import Response, StreamingResponse

        parts = parts_of(request.scope["query_string"], ("tab",))
        if parts.view:
            raise Refused(f"{parts.view[0][0]}: it is not a part of this address")
        told = news.of(parts.tab)
        if told is None:
            raise Refused("tab: there is no such tab", 404)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=headers)
        if self._open.get(told.name, 0) >= MOST:
            raise Refused("this tab listens already", 409)
        return StreamingResponse(self._told(told), media_type="text/event-stream", headers=headers)

    async def _told(self, told: news.News) -> AsyncIterator[str]:
        fresh, loop = asyncio.Event(), asyncio.get_running_loop()

        def tell() -> None:
            with suppress(RuntimeError):  # the server has stopped
                loop.call_soon_threadsafe(fresh.set)

        self._open[told.name] = self._open.get(told.name, 0) + 1
        leave = told.listen(tell)
        try:
            yield f"data: {json.dumps(told.counts())}\n\n"
            while True:
                try:
                    await asyncio.wait_for(fresh.wait(), BEAT)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                fresh.clear()
                yield f"data: {json.dumps(told.counts())}\n\n"
                await asyncio.sleep(APART)
        finally:
            leave()
            self._open[told.name] -= 1
            if not self._open[told.name]:
                del self._open[told.name]
