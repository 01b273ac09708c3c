"""The page on which a phone joins a class, and the files that it loads; it is no page of Streamlit.

Nothing of a class stands in it, so it is the same for everybody, and is made once.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SCRIPT, STYLE = "text/javascript", "text/css"
ASSETS = {"page.js": SCRIPT, "page.css": STYLE, "player.js": SCRIPT, "player.css": STYLE}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Join a class: Unlearning Explorer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{join}/page.css?{version}">
<script type="module" src="{join}/page.js?{version}"></script>
</head>
<body>
<main id="class" data-join="{join}" data-version="{version}">
<noscript><p>This page needs JavaScript.</p></noscript>
</main>
</body>
</html>
"""


async def page(request: Request) -> Response:
    """Return the page."""
    from starlette.responses import HTMLResponse

    await asyncio.to_thread(_version)  # it reads files, once
    join = request.scope["path"].rstrip("/").rpartition("/")[2]  # beside the page, below any base path
    return HTMLResponse(_PAGE.format(join=join, version=_version()), headers={"Cache-Control": "no-cache"})


def asset(name: str) -> Callable[[Request], Awaitable[Response]]:
    """Return the route of a file."""

    async def answer(request: Request) -> Response:
        from starlette.responses import Response

        small = "gzip" in request.headers.get("accept-encoding", "")
        content = await asyncio.to_thread(_small if small else _content, name)
        known = request.scope["query_string"].decode("latin-1") == _version()
        keep = "private, max-age=86400, immutable" if known else "no-cache"
        headers = {"Cache-Control": keep, "Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if small else {})
        return Response(content, media_type=ASSETS[name], headers=headers)

    return answer


@cache
def _content(name: str) -> bytes:
    from explorer import player

    if name == "player.js":
        return player.script().encode()
    if name == "player.css":
        return player.style().encode()
    here = Path(__file__).parent
    parts = ("join_kinds.js", "join.js") if name == "page.js" else ("join.css",)  # a class stands before its first use
    return b"\n".join((here / part).read_bytes() for part in parts)


@cache
def _small(name: str) -> bytes:
    """Return a file compressed, once for all phones: a class that joins at once would hold up the server by that."""
    return gzip.compress(_content(name), 9, mtime=0)


@cache
def _version() -> str:
    """Return a short name of the files as they are; another one after an update."""
    return hashlib.sha256(b"".join(map(_content, ASSETS))).hexdigest()[:12]
