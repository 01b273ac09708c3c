"""A class on phones: the page that joins it, what that page asks for, and the lecturer's count.

    GET  /join                              the page; `?code=` is typed in already
    GET  /join/page.js, /join/page.css      its script and style
    GET  /join/player.js, /join/player.css  the player, for what is guessed on a picture
    POST /join/enter   {"code": "BKTR"}     {"token": ..., "guess": "", "standing": ...}
    POST /join/guess   {"token": ..., "question": ..., "guess": "1"}    {"guess": "1"}
    GET  /join/standing?token=              {"guess": ..., "standing": ...}
    GET  /join/events?token=                a stream: what phones show, first as it stands, then each change
    GET  /join/picture?token=&question=     the player's bytes of a question that is guessed on a picture
    GET  /class?key=                        a stream of the lecturer's: {"people": 30, "answered": 27, "over": false}

`talk_class.py` has what a talk asks of its class.

A standing is {"phase": "rest", "ask", "told" or "over", "said": ..., "truth": ..., "question": ...}. Nothing here knows
who somebody is: a token is random, and lives as long as its classroom. What a request sends is read and bounded before
anything is done; none takes longer than a lookup, so the loop that serves everybody is never held up.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from explorer.service.class_rooms import done, rooms
from explorer.service.door import PAGE, Door
from explorer.service.query import Refused
from explorer.service.sent import answered, asked, body_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from explorer.classroom import Classroom

LONGEST_BODY = 4096  # bytes: 400 rows of five digits fit
BEAT = 15.0  # seconds without news after which a line says that the connection stands
APART = 0.2  # seconds from one count of the lecturer's to the next
STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def doors(join: str, count: str) -> dict[str, Door]:
    """Return the routes by their paths.

    Args:
        join: path of the page; what it asks for stands below it.
        count: path of the lecturer's stream.
    """
    from explorer.service import joining_page

    phones = Phones()
    return {
        join: Door(joining_page.page, PAGE),
        **{f"{join}/{name}": Door(joining_page.asset(name)) for name in joining_page.ASSETS},
        f"{join}/enter": Door(phones.enter, takes=LONGEST_BODY),
        f"{join}/guess": Door(phones.guess, takes=LONGEST_BODY),
        f"{join}/standing": Door(phones.standing),
        f"{join}/events": Door(phones.events),
        f"{join}/picture": Door(phones.picture),
        count: Door(phones.counts),
    }


class Phones:
    """What phones ask for, and the lecturer's count."""

    def __init__(self) -> None:
        """Start with nobody connected."""
        self._streams: dict[str, asyncio.Queue[bool]] = {}  # token or key -> its newest stream

    async def _room(self, token: str) -> Classroom:
        open_ = await rooms()
        return done(lambda: open_.of_phone(token))

    async def enter(self, request: Request) -> Response:
        """Let a phone in by its code."""
        open_, sent = await rooms(), await body_of(request, ("code",), ("token",))
        room, token = done(lambda: open_.enter(sent["code"], _address(request), sent.get("token", "")))
        return answered({"token": token, **_standing(room, token)})

    async def guess(self, request: Request) -> Response:
        """Keep a guess."""
        sent = await body_of(request, ("token", "question", "guess"))
        room = await self._room(sent["token"])
        return answered({"guess": done(lambda: room.guess(sent["token"], sent["question"], sent["guess"]))})

    async def standing(self, request: Request) -> Response:
        """Return what a phone shows."""
        token = asked(request, ("token",))["token"]
        return answered(_standing(await self._room(token), token))

    async def picture(self, request: Request) -> Response:
        """Return the picture of the question at hand."""
        from starlette.responses import Response

        sent = asked(request, ("token", "question"))
        question = (await self._room(sent["token"])).standing.question
        if question is None or question.key != sent["question"] or not question.picture:
            raise Refused("This question is no longer open.", 409)
        return Response(question.picture, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})

    async def events(self, request: Request) -> Response:
        """Return the stream of a phone."""
        token = asked(request, ("token",))["token"]
        room = await self._room(token)
        return self._stream(request, token, room, "standing", lambda: room.standing.text, 0.0)

    async def counts(self, request: Request) -> Response:
        """Return the stream of a lecturer."""
        key = asked(request, ("key",))["key"]
        room = (await rooms()).of_lecturer(key)
        if room is None:
            raise Refused("This class has ended.", 410)

        def counted() -> str:
            people, answered = room.counts()
            return json.dumps({"people": people, "answered": answered, "over": room.standing.phase == "over"})

        return self._stream(request, key, room, "counts", counted, APART)

    def _stream(
        self, request: Request, name: str, room: Classroom, to: Any, said: Callable[[], str], apart: float
    ) -> Response:
        from starlette.responses import Response, StreamingResponse

        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=STREAM)
        told = self._told(name, room, to, said, apart)
        return StreamingResponse(told, media_type="text/event-stream", headers=STREAM)

    async def _told(
        self, name: str, room: Classroom, to: Any, said: Callable[[], str], apart: float
    ) -> AsyncIterator[str]:
        if name in self._streams:
            self._streams[name].put_nowait(False)  # a newer one of the same phone ends the older one
        mine: asyncio.Queue[bool] = asyncio.Queue()  # True for news, False for the end
        self._streams[name], loop = mine, asyncio.get_running_loop()

        def tell() -> None:
            with suppress(RuntimeError):  # the server has stopped
                loop.call_soon_threadsafe(mine.put_nowait, True)

        leave, goes_on, was = room.listen(to, tell), True, ""
        try:
            while goes_on:
                if (text := said()) != was:
                    was = text
                    yield f"data: {text}\n\n"
                    if room.over:
                        return
                    await asyncio.sleep(apart)
                else:
                    yield ": still here\n\n"
                goes_on = await _next(mine)
        finally:
            leave()
            if self._streams.get(name) is mine:
                del self._streams[name]


async def _next(news: asyncio.Queue[bool]) -> bool:
    """Wait for news or a while; of several only the last counts. Return False for the end."""
    with suppress(TimeoutError):
        goes_on = await asyncio.wait_for(news.get(), BEAT)
        while goes_on and not news.empty():
            goes_on = news.get_nowait()
        return goes_on
    return True


def _standing(room: Classroom, token: str) -> dict[str, Any]:
    return {"guess": room.guess_of(token), "standing": json.loads(room.standing.text)}


def _address(request: Request) -> str:
    """Return from where a request comes; of IPv6 the network, in which one machine has many addresses."""
    host = request.client.host if request.client else "nowhere"
    with suppress(ValueError):
        found = ipaddress.ip_address(host)
        if found.version == 6 and not found.ipv4_mapped:
            return str(ipaddress.ip_network(f"{found}/64", strict=False))
    return host
