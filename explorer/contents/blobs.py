"""Make the player's bytes of a View, whole or one panel of it: what an address answers."""

from __future__ import annotations

from explorer import pipeline
from explorer.contents import picture
from explorer.contents.picture import Tick
from explorer.player import pack
from explorer.view import View


def whole(view: View, memo: pipeline.Memo, tick: Tick) -> bytes:
    """Return the bytes of all panels.

    Args:
        view: what to show.
        memo: see `pipeline`.
        tick: tick(done, total, sentence); may raise to cancel.

    Raises:
        ValueError: one sentence, if there can be no picture at all.
    """
    ready = next(piece for piece in picture.pictures(view, memo, tick) if piece.facts is not None)
    return picture.blob(ready, view)


def panel(view: View, index: int, memo: pipeline.Memo, tick: Tick) -> bytes:
    """Return the bytes of one panel and of the scene in which it stands; arguments and errors as of `whole`."""
    run = pipeline.Run(view.base, memo, lambda done, total: tick(done, total, "Training"))
    _ = run.references
    name = picture.panel_names(view)[index]
    frames = picture.frames(view.base, view.panels[index], name, memo, tick)
    return pack(pipeline.scene(run), [frames], picture.look(view, None))
