"""Routes beside Streamlit's own: a picture is a pure function of its View, so it has an address.

    GET /picture?<View query>&panel=k   the player's bytes of one panel, of the whole View without `panel`
    GET /events?<View query>            a stream: progress, each panel, words and numbers as they are ready
    GET /news?tab=<name>                a stream: which parts of a page of the app have something new
    GET /embed?<View query>             the player alone, the one page that others may frame
    GET /present?deck=<key>             the presenter's page of a deck (`present.py`)
    GET /slide?page=<name>&<View query> what one of its slides shows
    GET /<page>?present=1&<View query>  goes on to the presenter's page
    GET /?page=<name>&<View query>      goes on to the page that the query names
    GET /start                          goes on to the front address, where the first page stands
    GET /join                           the page of a phone in a class; what it asks for stands in `join.py`
    GET /class?key=<secret>             a stream: how many have joined a class and answered
    POST /class/open                    a class from a talk; what else a talk asks for stands in `talk_class.py`

`&tab=` names who asks. A tab may have a few requests under way. Of those that wait the latest stays. Requests without a
name, such as those of frames, stand in line by address. What all routes refuse stands in `door.py`. Nothing heavy is
imported until the first request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import Route

PICTURE, EVENTS, EMBED, NEWS, PRESENT, SLIDE = "/picture", "/events", "/embed", "/news", "/present", "/slide"
JOIN, CLASS, START = "/join", "/class", "/start"  # the last is the name of `PAGES[0]`, which is not imported here


def routes(base: str = "", server: str = "") -> list[Route]:
    """Return the routes.

    Args:
        base: the path below which the app is served, as Streamlit's `server.baseUrlPath` names it.
        server: the address of the server, for phones that join a class; "" where it is not known.
    """
    from starlette.routing import Route

    from explorer.service.answers import Answers
    from explorer.service.door import FRAMED, INLINE, Door
    from explorer.service.events import Events
    from explorer.service.join import doors as doors_of_a_class
    from explorer.service.news import Told
    from explorer.service.onward import First, Onward, Presented
    from explorer.service.present import Talks
    from explorer.service.talk_class import doors as doors_of_a_talk
    from explorer.service.turns import Turns

    turns = Turns()
    answers, events = Answers(turns), Events()
    talks = Talks(turns, under(base, "/"), under(base, SLIDE), under(base, CLASS))
    doors = {
        PICTURE: Door(answers.picture),
        EVENTS: Door(events.stream),
        NEWS: Door(Told().stream),
        EMBED: Door(answers.embed, FRAMED),
        PRESENT: Door(talks.present, INLINE),
        SLIDE: Door(talks.slide),
        **doors_of_a_class(JOIN, CLASS),
        **doors_of_a_talk(CLASS, turns, under(base, JOIN), server),
    }
    front = under(base, "/")
    onward = (Presented(under(base, "/{page}"), under(base, PRESENT)), Onward(front), First(under(base, START), front))
    return [*(Route(under(base, path), door) for path, door in doors.items()), *onward]


def under(base: str, path: str) -> str:
    """Return the path of a route below a base path."""
    return f"/{base.strip('/')}{path}" if base.strip("/") else path
