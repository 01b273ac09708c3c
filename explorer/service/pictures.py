"""Where the routes meet the computing: the workers of this server, which the pages ask too."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any

from explorer.contents import blobs, slides
from explorer.contents.lessons import in_class
from explorer.contents.picture import Pieces, pictures, scene_key
from explorer.session.desk import HAND, SCREEN, Wish, Workers, silent, workers
from explorer.session.jobs import Job
from explorer.view import View


async def asked(view: View, panel: int | None, tab: str) -> bytes:
    """Return the player's bytes of one panel, of the whole view where `panel` is None.

    A panel of methods is packed here from the pieces of which the page makes its own picture, so what a hand asks for
    and what the page asks for a moment later is computed once. Whoever cancels this does not want the picture any more.

    Args:
        view: what to show.
        panel: its place among the panels.
        tab: who asks; tabs take turns.

    Raises:
        ValueError: one sentence, where there can be no such picture.
    """
    parts = {"page": view.page, **view.to_query()}  # the picture of an audit is another one than that of its methods
    desk, what = Workers(workers(), tab), "&".join(f"{name}={text}" for name, text in parts.items())
    if panel is None:
        return await _of(desk.ask(f"blob-{what}", view.base, blobs.whole, view, urgency=SCREEN, tick=silent))
    blobs.refuse(view, alone=True)
    if alone := blobs.ALONE.get(view.page):
        key = f"blob-{what}-{panel}-{scene_key(view.base)}"
        return await _of(desk.ask(key, view.base, alone, view, panel, urgency=HAND, tick=silent))
    pieces = Pieces(view.base, desk, silent)
    scene = await _of(pieces.ask(*pieces.scene(), urgency=HAND))  # first: its models would be trained twice
    frames = await _of(pieces.ask(*pieces.panel(view.panels[panel]), urgency=HAND))
    return await asyncio.to_thread(blobs.alone, scene, frames, view, panel)  # of many models it takes some 30 ms


def slide(view: View, tab: str) -> Future[slides.Content]:
    """Return what the slide of a View shows; arguments as of `asked`, whose errors the Future holds."""
    return slides.wished(view, Workers(workers(), tab)).future


def put(view: View, tab: str) -> Future[in_class.Put]:
    """Return a guess of a lesson that can be put to a class; arguments and errors as of `slide`."""
    desk, place = Workers(workers(), tab), view.looks.lesson
    key = f"class-{place.lesson}-{place.at}"
    return desk.ask(key, view.base, in_class.put, view, urgency=HAND, tick=silent).future


def begun(view: View, tab: str) -> Job:
    """Return a job that yields the picture of a view piece by piece; whoever began it cancels it."""
    desk = Workers(workers(), tab)
    return Job(view, lambda tick: pictures(view, desk, tick)).start()


async def _of(wish: Wish) -> Any:  # `Any`: what was wished for, whoever asked knows its type
    return await asyncio.wrap_future(wish.future)
