"""What a talk asks of its class: open it, put to it what a slide asks, and show what all of it guessed.

    POST /class/open   {} or {"key": ...}              {"key", "code", "address", "picture", "alone"}
    POST /class/slide  {"key": ..., "link": ...}       the player's bytes of the slide; 204 where it asks nothing
    POST /class/end    {"key": ...}                    {}

`picture` is a QR code. With the bytes of a slide comes the header X-Class, JSON {"phase": "ask" or "told", "bars":
[{"title", "count", "right"}]}. The link of a slide is a View of the app; phones wait while it is at no guess.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from explorer.service.answers import BYTES, computing, patiently, while_there
from explorer.service.class_rooms import done, rooms
from explorer.service.door import Door
from explorer.service.query import Refused, view_of
from explorer.service.sent import answered, body_of
from explorer.service.turns import Turns
from explorer.service.where import way_in

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from explorer.classroom import Classroom
    from explorer.contents.lessons.in_class import AtGuess, Slide

LONGEST_BODY = 8192  # bytes: a link with twelve answers fits
ENDED = "This class has ended."


def doors(path: str, turns: Turns, join: str, server: str) -> dict[str, Door]:
    """Return the routes by their paths.

    Args:
        path: below which they stand.
        turns: who is under way.
        join: path of the page on which phones join.
        server: address of this server, "" where it is not known.
    """
    talk = TalkClass(turns, join, server)
    each = {"open": talk.open, "slide": talk.slide, "end": talk.end}
    return {f"{path}/{name}": Door(answer, takes=LONGEST_BODY) for name, answer in each.items()}


class TalkClass:
    """The routes of a talk before a class."""

    def __init__(self, turns: Turns, join: str, server: str) -> None:
        """Share the turns of the other pictures; see `doors`."""
        self._turns, self._join, self._server = turns, join, server

    async def open(self, request: Request) -> Response:
        """Open a class, or find again the one of a key."""
        open_, sent = await rooms(), await body_of(request, (), ("key",))
        room = open_.of_lecturer(sent["key"]) if "key" in sent else done(open_.open)
        if room is None:
            raise Refused(ENDED, 410)
        return answered(await asyncio.to_thread(self._way, room, str(request.url)))

    def _way(self, room: Classroom, url: str) -> Mapping[str, Any]:
        from explorer.contents.qr import scanned

        here = urlsplit(url)
        way = way_in(url, self._server or f"{here.scheme}://{here.netloc}", self._join)
        picture = scanned(way.ticket(room.ticket))
        return {"key": room.key, "code": room.code, "address": way.short, "picture": picture, "alone": way.alone}

    async def slide(self, request: Request) -> Response:
        """Put to the class what a slide asks, or tell it the answer; return the picture of the slide."""
        from starlette.responses import Response

        sent = await body_of(request, ("key", "link"))
        room = await _room(sent["key"])
        at = await asyncio.to_thread(_at, sent["link"])
        if at is None:
            room.rest()
            return Response(status_code=204)
        slide = await while_there(request, self._met(room, at))
        headers = {"X-Class": json.dumps(slide.said), "Cache-Control": "no-store"}
        return Response(slide.blob, media_type=BYTES, headers=headers)

    async def _met(self, room: Classroom, at: AtGuess) -> Slide:
        who = f"class {room.code}"
        async with self._turns.turn(who):
            pictures = await computing()
            ready = await patiently(pictures.put(at.view, who))
            return await asyncio.to_thread(pictures.in_class.met, room, at, ready)

    async def end(self, request: Request) -> Response:
        """End a class."""
        (await _room((await body_of(request, ("key",)))["key"])).end()
        return answered({})


async def _room(key: str) -> Classroom:
    room = (await rooms()).of_lecturer(key)
    if room is None:
        raise Refused(ENDED, 410)
    return room


def _at(link: str) -> AtGuess | None:
    """Return the guess of a lesson at which a link stands; None at every other picture."""
    from explorer.contents.lessons.in_class import guess_at

    path, _, query = link.partition("#")[0].partition("?")
    if path.rstrip("/").rpartition("/")[2] != "lessons":
        return None
    parts = {name: text for name, text in parse_qsl(query) if name != "page"}
    return guess_at(view_of((("page", "lessons"), *parts.items())))
