"""What every route checks before it answers, and the headers of every answer.

Only GET and HEAD, no body, a short query; a route that takes something is asked by POST, with a short body of JSON. A
page of another origin is refused where the browser says so: by the header Sec-Fetch-Site, or by Origin. Only a route
that may be framed lets others in. What is refused is one line of text.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from explorer.knobs import shorten
from explorer.service.query import LONGEST, Refused

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

Answer = Callable[["Request"], Awaitable["Response"]]
_log = logging.getLogger(__name__)

EVERY = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
ALONE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
#: A page of ours whose scripts stand in it: anybody may link to it, nobody may frame it, and it asks this server only.
INLINE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
FRAMED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors *",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: A page of ours: it runs scripts of this server alone, asks this server alone, and stands in no frame.
PAGE = ALONE | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
JSON = "application/json"


class Door:
    """An ASGI application around one route: it checks the request, and says every fault in one line."""

    def __init__(self, answer: Answer, headers: Mapping[str, str] = ALONE, *, takes: int = 0) -> None:
        """Stand before an answer.

        Args:
            answer: of the route.
            headers: ALONE for what only pages of this app may ask, PAGE or INLINE for a page to which anybody may link,
                FRAMED for one that pages of any origin may show in a frame.
            takes: bytes of JSON that it takes at most; then it is asked by POST.
        """
        self._answer = answer
        self._anybody = headers is not ALONE
        self._methods = ("POST",) if takes else ("GET", "HEAD")
        self._takes = takes
        self._headers = {**EVERY, **headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        from starlette.requests import Request

        response = await self._response(Request(scope, receive))
        for name, value in self._headers.items():
            response.headers[name] = value
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        from starlette.responses import PlainTextResponse

        try:
            self._check(request)
            return await self._answer(request)
        except Refused as refused:
            return PlainTextResponse(f"{refused}\n", refused.status, refused.headers)
        except Exception as error:
            _log.exception("a request failed")
            return PlainTextResponse(f"{type(error).__name__}: {shorten(error, 200)}\n", 500)

    def _check(self, request: Request) -> None:
        headers = request.headers
        if request.method not in self._methods:
            allowed = {"Allow": ", ".join(self._methods)}
            raise Refused(f"the method must be {' or '.join(self._methods)}, got {request.method}", 405, allowed)
        self._check_body(headers)
        length = len(request.scope["query_string"])
        if length > LONGEST:
            raise Refused(f"a query must have at most {LONGEST} bytes, got {length}")
        if not self._anybody and not _same_origin(headers):
            raise Refused("only pages of this app may ask for this", 403)

    def _check_body(self, headers: Mapping[str, str]) -> None:
        length, close = headers.get("content-length", "0"), {"Connection": "close"}
        if not self._takes:
            if "transfer-encoding" in headers or length != "0":
                raise Refused("a request must have no body", 413, close)
            return
        # No form of another page can send this type without asking first.
        if headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise Refused(f"a body must be {JSON}", 415, close)
        if "transfer-encoding" in headers or not (length.isascii() and length.isdigit()):
            raise Refused("a body must say its length", 411, close)
        if int(length[:9]) > self._takes:
            raise Refused(f"a body must have at most {self._takes} bytes, got {length[:9]}", 413, close)


def _same_origin(headers: Mapping[str, str]) -> bool:
    """Return whether a request comes from a page of this server, or from no page at all."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in (None, "same-origin", "none"):
        return False
    # Behind a proxy the scheme is not known here, so the host alone is compared.
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
