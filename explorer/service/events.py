"""Stream what becomes ready of a view: progress, each panel, words, numbers; one connection a tab that gave its name.

    event: progress   {"done": 2, "total": 6, "sentence": "Unlearning: JiT"}
    event: panel      {"panel": 1, "title": ..., "accuracy": {"forget": ".263", ...} at the end of its path, "cost": in
                      times retraining, "note": ..., "trouble": ..., "unmoved": ...}
    event: words      {"ratio": ..., "notes": [...]}
    event: numbers    {"html": the table of the page}
    event: done       {}                            or event: error   {"sentence": ...}

A newer connection of a tab ends the older one. Those that name no tab stand in line. Progress is told now and then;
nothing else is left out.
"""

from __future__ import annotations

import asyncio
import json
import math
import threading
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from explorer.service.answers import asks, computing, turn_of, while_there
from explorer.service.query import parts_of, view_of
from explorer.service.turns import Turns

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from explorer.contents.picture import Picture
    from explorer.service.query import Parts
    from explorer.session.jobs import Job
    from explorer.view import View

BEAT = 15.0  # seconds without news after which a line says that the connection stands
Event = tuple[str, dict[str, Any]]
END: Event = ("done", {})


class Events:
    """The connections of all tabs."""

    def __init__(self) -> None:
        """Start with none. Their turns are their own: a stream lasts, and pictures do not wait for it."""
        self._turns = Turns()
        self._open: dict[str, asyncio.Queue[Event]] = {}

    async def stream(self, request: Request) -> Response:
        """Return the stream of a view."""
        from starlette.responses import Response, StreamingResponse

        parts = parts_of(request.scope["query_string"], ("tab",))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            async with turn_of(self._turns, parts, request):
                await asyncio.to_thread(view_of, parts.view)
            return Response(media_type="text/event-stream", headers=headers)
        told = self._told(parts, request)
        await while_there(request, _begun(told))
        return StreamingResponse(told, media_type="text/event-stream", headers=headers)

    async def _told(self, parts: Parts, request: Request) -> AsyncGenerator[str]:
        """Yield "" once it has a turn and its job has begun, and then what becomes ready."""
        async with turn_of(self._turns, parts, request):
            view = await asyncio.to_thread(view_of, parts.view)
            pictures = await computing()
            news: asyncio.Queue[Event] = asyncio.Queue()
            if parts.tab in self._open:
                self._open[parts.tab].put_nowait(("error", {"sentence": "a later stream of this tab was opened"}))
            if parts.tab:
                self._open[parts.tab] = news
            job = pictures.begun(view, asks(parts, request))
            try:
                yield ""
                async for event in _heard(view, job, news):
                    yield event
            finally:
                job.cancel()
                if self._open.get(parts.tab) is news:
                    del self._open[parts.tab]


async def _begun(told: AsyncGenerator[str]) -> None:
    """Bring a stream to its beginning: what refuses it is raised here, while the answer can still say so."""
    await anext(told)


async def _heard(view: View, job: Job, news: asyncio.Queue[Event]) -> AsyncIterator[str]:
    teller = _Teller(view, job, news)
    job.listen("events", teller.tell)
    teller.tell()  # what was ready before anybody listened
    event = None
    while event not in ("done", "error"):
        try:
            event, data = await asyncio.wait_for(news.get(), BEAT)
            yield f"event: {event}\ndata: {json.dumps(data, allow_nan=False)}\n\n"
        except TimeoutError:
            yield ": still here\n\n"


class _Teller:
    """Turn the pieces of a picture into events; called from any thread."""

    def __init__(self, view: View, job: Job, news: asyncio.Queue[Event]) -> None:
        self._view = view
        self._job = job
        self._news = news
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._told: dict[str, Any] = {}

    def tell(self) -> None:
        """Tell what is new."""
        with self._lock:
            self._tell()

    def _tell(self) -> None:
        job, ended = self._job, self._job.finished  # before the result is read: then that is the last one
        if not ended:
            self._once("progress", "progress", {"done": job.done, "total": job.total, "sentence": job.sentence})
        if job.partial is not None:
            self._piece(job.partial)
        if ended:
            self._once("end", *(("error", {"sentence": " ".join(job.error.split())}) if job.error else END))

    def _piece(self, picture: Picture) -> None:
        from explorer.contents.picture import panel_names
        from explorer.contents.requests import told
        from explorer.contents.tables import numbers
        from explorer.contents.tables.cells import number
        from explorer.contents.words import ratio_sentence

        names = panel_names(self._view)
        for index, name in enumerate(names):
            if (panel := picture.panels.get(name)) is not None:
                ends = {name: number(values[-1]) for name, values in panel.accuracy.items()}
                words = {
                    "accuracy": ends, "cost": "" if math.isnan(panel.cost) else number(panel.cost), "note": panel.note,
                    "trouble": panel.trouble, "unmoved": panel.unmoved,
                }  # fmt: skip
                self._once(f"panel {index}", "panel", {"panel": index, "title": panel.title, **words})
        if picture.facts is not None:
            ratio = told(ratio_sentence(picture.facts.ratio), picture.facts.kind)
            self._once("words", "words", {"ratio": ratio, "notes": list(picture.facts.notes)})
        titled = {
            name: (panel.title, picture.numbers[name])
            for name, panel in zip(names, self._view.panels, strict=True)
            if name in picture.numbers
        }
        if titled:
            table = told(numbers.table(titled, stale=picture.stale), self._view.base.request.kind)
            self._once("numbers", "numbers", {"html": table})

    def _once(self, what: str, event: str, data: dict[str, Any]) -> None:
        if self._told.get(what) != data:
            self._told[what] = data
            self._put(event, data)

    def _put(self, event: str, data: dict[str, Any]) -> None:
        with suppress(RuntimeError):  # the server has stopped
            self._loop.call_soon_threadsafe(self._news.put_nowait, (event, data))
