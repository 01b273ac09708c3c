"""Go on from the front address to the page that its query means: the one that it names, else *Watch*."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Match, Route
from starlette.types import Scope

from explorer.service.query import LONGEST


class Onward(Route):
    """A route that a query takes; without one the front address reaches Streamlit, which opens the first page."""

    def __init__(self, front: str) -> None:
        """Stand at the front address, "/" or a base path with "/" at its end."""
        super().__init__(front, self._answer, methods=["GET"])

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether this route answers."""
        match, child = super().matches(scope)
        return (match, child) if match is Match.FULL and _named(scope) else (Match.NONE, {})

    async def _answer(self, request: Request) -> RedirectResponse:
        query = [(name, text) for name, text in _pairs(request.scope) if name != "page"]
        return RedirectResponse(f"{_named(request.scope)}?{urlencode(query)}" if query else _named(request.scope))


def _named(scope: Scope) -> str:
    """Return the page that a query means, *Watch* where it names none; "" without a query, and for the first page."""
    from explorer.view import PAGES

    query = dict(_pairs(scope))
    page = query.get("page", "watch")
    return "" if not query or page == PAGES[0] else page if page in PAGES else "watch"


def _pairs(scope: Scope) -> list[tuple[str, str]]:
    query = scope["query_string"]
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True) if len(query) <= LONGEST else []
