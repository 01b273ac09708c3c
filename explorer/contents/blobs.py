"""Make the player's bytes of a View, whole or one panel of it: what an address answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from explorer import pipeline
from explorer.contents import picture
from explorer.player import pack
from explorer.session.desk import Here, silent
from explorer.view import View


def whole(view: View, memo: pipeline.Memo, tick: Callable[..., None]) -> bytes:
    """Return the bytes of all panels.

    Args:
        view: what to show.
        memo: see `pipeline`.
        tick: tick(done, total, sentence); may raise to cancel.

    Raises:
        ValueError: one sentence, if there can be no picture at all.
    """
    for ready in picture.pictures(view, Here(memo), silent):
        tick(len(ready.panels), len(view.panels))
        if ready.facts is not None:
            return picture.blob(ready, view)
    raise AssertionError("a picture has facts before it is complete")


def panel(view: View, index: int, memo: pipeline.Memo, tick: Callable[..., None]) -> bytes:
    """Return the bytes of one panel and of the scene in which it stands; arguments and errors as of `whole`."""
    scene = picture.scene(view.base, memo, tick)
    frames = replace(picture.frames(view.base, view.panels[index], memo, tick), name=picture.panel_names(view)[index])
    return pack(scene, [frames], picture.look(view, None))
