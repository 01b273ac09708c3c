"""Make the player's bytes of a View, whole or one panel of it: what an address answers.

That is the picture of its page: the audit's, the stream's, the recorded run's, one method; elsewhere all methods. That
of recorded runs is answered whole alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from explorer import pipeline
from explorer.contents import audits, export, picture, streams
from explorer.experiments.store.store import Store
from explorer.player import pack
from explorer.records import PanelFrames, Scene
from explorer.session.desk import Here, silent
from explorer.view import View

#: Pages whose panels are other pictures than those of their methods -> what makes one: of a view and its place.
ALONE: Mapping[str, Callable[..., bytes]] = {"audits": audits.alone, "streams": streams.alone}
NO_PICTURE = ("lessons", "quiz", "decks", "report")  # one works there, or reads


def refuse(view: View, *, alone: bool) -> None:
    """Refuse what a page has no picture of.

    Args:
        view: what to show.
        alone: one panel of it; else all.

    Raises:
        ValueError: one sentence.
    """
    if view.page in NO_PICTURE:
        raise ValueError(f"page: {view.page} has no picture of its own; name a page that has one, such as watch")
    if alone and view.page == "images":
        raise ValueError("panel: recorded runs are answered whole; leave `panel` out, or name another page than images")


def whole(view: View, memo: pipeline.Memo, tick: Callable[..., None]) -> bytes:
    """Return the bytes of all panels.

    Args:
        view: what to show.
        memo: see `pipeline`.
        tick: tick(done, total, sentence); may raise to cancel.

    Raises:
        ValueError: one sentence, if there can be no picture at all.
    """
    refuse(view, alone=False)
    if view.page == "audits":
        return audits.whole(view, memo, tick)
    if view.page == "images":
        return export.recorded_blob(view, Store.default())
    if view.page == "streams":
        now = streams.Streamed()
        for now in streams.streaming(view, Here(memo), silent):
            tick(len(now.panels), len(view.panels))
        return streams.blob(view, now)
    if view.page == "method":
        view = view.alone(view.focus)
    for ready in picture.pictures(view, Here(memo), silent):
        tick(len(ready.panels), len(view.panels))
        if ready.facts is not None:
            return picture.blob(ready, view)
    raise AssertionError("a picture has facts before it is complete")


def alone(scene: Scene, frames: PanelFrames, view: View, index: int) -> bytes:
    """Return the bytes of one panel of methods and of the scene in which it stands."""
    return pack(scene, [replace(frames, name=picture.panel_names(view)[index])], picture.look(view, None))
