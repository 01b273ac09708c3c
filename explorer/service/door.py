"""What every route checks before it answers, and the headers of every answer.

Only GET and HEAD, no body, a short query. A page of another origin is refused where the browser says so: by the header
Sec-Fetch-Site, or by Origin. Only a route that may be framed lets others in. What is refused is one line of text.
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
FRAMED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors *",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Door:
    """An ASGI application around one route: it checks the request, and says every fault in one line."""

    def __init__(self, answer: Answer, *, framed: bool = False) -> None:
        """Stand before an answer; `framed`: pages of any origin may show it in a frame."""
        self._answer = answer
        self._framed = framed
        self._headers = EVERY | (FRAMED if framed else ALONE)

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
        if request.method not in ("GET", "HEAD"):
            raise Refused(f"the method must be GET or HEAD, got {request.method}", 405, {"Allow": "GET, HEAD"})
        if "transfer-encoding" in headers or headers.get("content-length", "0") != "0":
            raise Refused("a request must have no body", 413, {"Connection": "close"})
        length = len(request.scope["query_string"])
        if length > LONGEST:
            raise Refused(f"a query must have at most {LONGEST} bytes, got {length}")
        if not self._framed and not _same_origin(headers):
            raise Refused("only pages of this app may ask for this", 403)


def _same_origin(headers: Mapping[str, str]) -> bool:
    """Return whether a request comes from a page of this server, or from no page at all."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in (None, "same-origin", "none"):
        return False
    # Behind a proxy the scheme is not known here, so the host alone is compared.
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
