"""Tell a browser tab which parts of its page have something new; one connection a tab, while work goes on.

    event: message    {"stage:watch": 5, ...}    how often there was something new, of every part

A connection begins with what stands. A newer connection of a tab ends the older one.
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

BEAT = 15.0  # seconds without news after which a line says that the connection stands
APART = 0.05  # seconds from one message to the next


class Told:
    """The connections of all tabs."""

    def __init__(self) -> None:
        """Start with none."""
        self._open: dict[str, asyncio.Queue[bool]] = {}

    async def stream(self, request: Request) -> Response:
        """Return the stream of a tab."""
        from starlette.responses import Response, StreamingResponse

        parts = parts_of(request.scope["query_string"], ("tab",))
        if parts.view:
            raise Refused(f"{parts.view[0][0]}: it is not a part of this address")
        told = news.of(parts.tab)
        if told is None or not told.alive():  # it slept, and Streamlit has forgotten it
            raise Refused("tab: there is no such tab", 404)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=headers)
        return StreamingResponse(self._told(told), media_type="text/event-stream", headers=headers)

    async def _told(self, told: news.News) -> AsyncIterator[str]:
        if told.name in self._open:
            self._open[told.name].put_nowait(False)
        mine: asyncio.Queue[bool] = asyncio.Queue()  # True for news, False for the end
        self._open[told.name], loop = mine, asyncio.get_running_loop()

        def tell() -> None:
            with suppress(RuntimeError):  # the server has stopped
                loop.call_soon_threadsafe(mine.put_nowait, True)

        leave, goes_on = told.listen(tell), True
        try:
            yield f"data: {json.dumps(told.counts())}\n\n"
            while goes_on:
                try:
                    goes_on = await asyncio.wait_for(mine.get(), BEAT)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                while goes_on and not mine.empty():
                    goes_on = mine.get_nowait()
                if goes_on:
                    yield f"data: {json.dumps(told.counts())}\n\n"
                    await asyncio.sleep(APART)
        finally:
            leave()
            if self._open.get(told.name) is mine:
                del self._open[told.name]
