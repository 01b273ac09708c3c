"""Read what a page sends, strictly: these fields, each a text; and answer with JSON that nobody keeps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from explorer.knobs import shorten
from explorer.service.query import Refused, parts_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PATIENCE = 10.0  # seconds in which a body must have come


def answered(value: Mapping[str, Any]) -> Response:
    """Return JSON that no browser keeps."""
    from starlette.responses import JSONResponse

    return JSONResponse(value, headers={"Cache-Control": "no-store"})


def asked(request: Request, names: Collection[str]) -> dict[str, str]:
    """Return the parts of a query, which must be these.

    Raises:
        Refused: one line, if they are not.
    """
    return _exactly(dict(parts_of(request.scope["query_string"]).view), names)


async def body_of(request: Request, names: Collection[str], also: Collection[str] = ()) -> dict[str, str]:
    """Return the fields of a body, which must be these, each a text. The door has checked that it is short.

    Args:
        request: asked by POST.
        names: of fields.
        also: of fields that may be there.

    Raises:
        Refused: one line, if they are not.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            sent = json.loads(await request.body())
    except TimeoutError:
        raise Refused(f"a body must come within {PATIENCE:g} s", 408, {"Connection": "close"}) from None
    except (ValueError, RecursionError):
        raise Refused("a body must be JSON") from None
    if not isinstance(sent, dict):
        raise Refused("a body must be an object with named fields")
    return _exactly(sent, names, also)


def _exactly(sent: Mapping[str, Any], names: Collection[str], also: Collection[str] = ()) -> dict[str, str]:
    for name in sent:
        if name not in names and name not in also:
            raise Refused(f"{shorten(name)}: it is not a part of this")
    for name in (*names, *(one for one in also if one in sent)):
        value = sent.get(name)
        if not isinstance(value, str) or not value:
            raise Refused(f"{name}: it must be a text")
    return dict(sent)
