"""Answer with a talk: the presenter's page of a deck, and what each of its slides shows.

    GET /present?deck=<key>           a deck that is there, by its key: a group of presets, or a lesson
    GET /present?page=...&<View query>   one picture; of a lesson the whole lesson, at the step named
    GET /present#deck=<packed>        a deck of one's own; the page itself reads what stands behind the #
    GET /slide?page=...&<View query>  what a slide shows; the header X-Slide says which kind of content it is

`&slide=` names the slide on which a talk opens, counted from 1, `&present=notes` the window of who speaks. What cannot
be used of a link is said on the page; a slide is refused as strictly as any picture.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from explorer.knobs import shorten
from explorer.service.answers import BYTES, computing, patiently, turn_of, while_there
from explorer.service.query import parts_of, view_of
from explorer.service.turns import Turns

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from explorer.decks import Deck

OWN = ("deck", "slide", "present", "tab")  # parts of an address that are not of a View
JSON = "application/json"


class Talks:
    """The routes of a talk."""

    def __init__(self, turns: Turns, home: str, route: str, classes: str) -> None:
        """Share turns with the other routes.

        Args:
            turns: who is under way.
            home: the address of the app, with "/" at its end.
            route: the path of `slide`.
            classes: the path below which a class is opened.
        """
        self._turns, self._home, self._route, self._classes = turns, home, route, classes
        self._pages = Turns()  # of their own: a page takes a moment, and must not wait for pictures

    async def slide(self, request: Request) -> Response:
        """Return what a slide shows."""
        from starlette.responses import Response

        parts = parts_of(request.scope["query_string"], ("tab",))

        async def made() -> Any:
            async with turn_of(self._turns, parts, request):
                view = await asyncio.to_thread(view_of, parts.view)
                pictures = await computing()
                return await patiently(pictures.slide(view, parts.tab))

        found = await while_there(request, made())
        kind = BYTES if found.kind == "player" else JSON
        return Response(found.body, media_type=kind, headers={"X-Slide": found.kind, "Cache-Control": "no-store"})

    async def present(self, request: Request) -> Response:
        """Return the presenter's page."""
        from starlette.responses import HTMLResponse

        parts = parts_of(request.scope["query_string"], OWN)
        async with turn_of(self._pages, parts, request):
            page = await asyncio.to_thread(self._page, parts.own, dict(parts.view))
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    def _page(self, own: Mapping[str, str], query: dict[str, str]) -> str:
        from explorer.player import presenter

        deck, at, said = _asked(own.get("deck"), query)
        if "deck" in own and query:
            said = [*said, f"{shorten(next(iter(query)))} was ignored: a deck has no other parts"]
        shown = _with_troubles(deck) if deck is not None else None
        return presenter.served(shown, route=self._route, home=self._home, classes=self._classes, said=said, at=at)


def _asked(key: str | None, query: dict[str, str]) -> tuple[Deck | None, int, list[str]]:
    """Return the deck that an address means (None: the one behind its #), where it opens, and what was ignored."""
    from explorer.decks import BARE, alone, at_step, known
    from explorer.view import View

    if key is not None:
        if key in known():
            return known()[key], 0, []
        return known()["first"], 0, [f"There is no deck {shorten(key)}; this is the first one."]
    if not query:
        return None, 0, []
    view, ignored = View.from_query(query)
    said = [f"{sentence[:1].upper()}{sentence[1:]}." for sentence in ignored]
    if view.page == "lessons":
        deck, at, trouble = at_step(view)
        return deck, at, [*said, trouble] if trouble else said
    if view.page in BARE:
        view = replace(view, page="watch")
    return alone(view), 0, said


def _with_troubles(deck: Deck) -> dict[str, Any]:
    """Return a deck as the page takes it, each slide with why it cannot be shown."""
    slides = [{**slide.as_json(), "trouble": slide.trouble} for slide in deck.slides]
    return {"title": deck.title, "slides": slides}
