"""Routes beside Streamlit's own: a picture is a pure function of its View, so it has an address.

    GET /picture?<View query>&panel=k   the player's bytes of one panel, of the whole View without `panel`
    GET /events?<View query>            a stream: progress, each panel, words and numbers as they are ready
    GET /news?tab=<name>                a stream: which parts of a page of the app have something new
    GET /embed?<View query>             the player alone, the one page that others may frame
    GET /?page=<name>&<View query>      goes on to the page that the query names

`&tab=` names who asks. A tab may have a few requests under way. Of those that wait the latest stays. What all routes
refuse stands in `door.py`. Nothing heavy is imported until the first request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import Route

PICTURE, EVENTS, EMBED, NEWS = "/picture", "/events", "/embed", "/news"


def routes(base: str = "") -> list[Route]:
    """Return the routes.

    Args:
        base: the path below which the app is served, as Streamlit's `server.baseUrlPath` names it.
    """
    from starlette.routing import Route

    from explorer.service.answers import Answers
    from explorer.service.door import Door
    from explorer.service.events import Events
    from explorer.service.news import Told
    from explorer.service.onward import Onward
    from explorer.service.turns import Turns

    answers, events = Answers(Turns()), Events()
    doors = {
        PICTURE: Door(answers.picture),
        EVENTS: Door(events.stream),
        NEWS: Door(Told().stream),
        EMBED: Door(answers.embed, framed=True),
    }
    return [*(Route(under(base, path), door) for path, door in doors.items()), Onward(under(base, "/"))]


def under(base: str, path: str) -> str:
    """Return the path of a route below a base path."""
    return f"/{base.strip('/')}{path}" if base.strip("/") else path
