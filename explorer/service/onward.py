"""Go on from an address to what it means: a page, the front for the first page's name, a page's presenter."""

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


class First(Route):
    """The first page by its name; Streamlit knows it at the front address only."""

    def __init__(self, page: str, front: str) -> None:
        """Stand at an address that ends in the page's name, and go on to the front address."""
        super().__init__(page, self._answer, methods=["GET"])
        self._front = front

    async def _answer(self, request: Request) -> RedirectResponse:
        from explorer.view import PAGES

        rest = [(name, text) for name, text in _pairs(request.scope) if name != "page"]
        return RedirectResponse(f"{self._front}?{urlencode([('page', PAGES[0]), *rest])}" if rest else self._front)


class Presented(Route):
    """A route that a page's address takes with `present=` in its query; without that it reaches Streamlit."""

    def __init__(self, pages: str, presenter: str) -> None:
        """Stand before the pages of the app.

        Args:
            pages: their address, with {page} where the name stands.
            presenter: the address of the presenter's page.
        """
        super().__init__(pages, self._answer, methods=["GET"])
        self._presenter = presenter

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether this route answers."""
        from explorer.view import PAGES

        match, child = super().matches(scope)
        page = child.get("path_params", {}).get("page")
        meant = match is Match.FULL and page in PAGES and dict(_pairs(scope)).get("present", "") not in ("", "0")
        return (match, child) if meant else (Match.NONE, {})

    async def _answer(self, request: Request) -> RedirectResponse:
        page = request.path_params["page"]
        query = [(name, text) for name, text in _pairs(request.scope) if name != "page"]
        if page == "decks":
            query = [(name, text) for name, text in query if name in ("deck", "slide", "present")]
        else:
            query = [("page", page), *query]
        return RedirectResponse(f"{self._presenter}?{urlencode(query)}")


def _named(scope: Scope) -> str:
    """Return the page that a query means, *Watch* where it names none; "" without a query, and for the first page."""
    from explorer.view import PAGES

    query = dict(_pairs(scope))
    page = query.get("page", "watch")
    return "" if not query or page == PAGES[0] else page if page in PAGES else "watch"


def _pairs(scope: Scope) -> list[tuple[str, str]]:
    query = scope["query_string"]
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True) if len(query) <= LONGEST else []
