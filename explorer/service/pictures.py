"""Where the routes meet the computing: the workers of this server, which the pages ask too."""

from __future__ import annotations

from concurrent.futures import Future

from explorer.contents import blobs
from explorer.contents.picture import pictures, scene_key
from explorer.session.desk import HAND, SCREEN, Workers, silent, workers
from explorer.session.jobs import Job
from explorer.view import View


def asked(view: View, panel: int | None, tab: str) -> Future[bytes]:
    """Return the player's bytes of one panel, of the whole view where `panel` is None.

    Args:
        view: what to show.
        panel: its place among the panels.
        tab: who asks; tabs take turns.

    Returns:
        A Future; whoever cancels it does not want the picture any more. It fails with ValueError, one sentence, where
        there can be no such picture.
    """
    desk, what = Workers(workers(), tab), "&".join(f"{name}={text}" for name, text in view.to_query().items())
    if panel is None:
        return desk.ask(f"blob-{what}", view.base, blobs.whole, view, urgency=SCREEN, tick=silent).future
    key = f"blob-{what}-{panel}-{scene_key(view.base)}"
    return desk.ask(key, view.base, blobs.panel, view, panel, urgency=HAND, tick=silent).future


def begun(view: View, tab: str) -> Job:
    """Return a job that yields the picture of a view piece by piece; whoever began it cancels it."""
    desk = Workers(workers(), tab)
    return Job(view, lambda tick: pictures(view, desk, tick)).start()
