"""Make the player's picture of recorded runs: one plane, the chosen methods, and the accuracies under each."""

from __future__ import annotations

from explorer.contents.recorded import player
from explorer.contents.recorded.cut import Cut
from explorer.contents.recorded.runs import Choice, Opened
from explorer.contents.words import MOVED, method_title
from explorer.player import Look
from explorer.spec.catalog import CATALOG
from explorer.view import View


def blob(opened: Opened, chosen: Choice, view: View, cut: Cut) -> bytes:
    """Return the player's bytes.

    Args:
        opened: the folder.
        chosen: which methods, and the one looked at closely.
        view: how it is looked at.
        cut: the plane.
    """
    look = Look(
        step=view.step, layers=view.layers, projector=view.layout == "projector", focus=chosen.shown,
        lines=player.LINES, words=player.words_of(opened), play=view.step == 1.0,
        controls=tuple(name for name in player.CONTROLS if name not in view.hidden),
    )  # fmt: skip
    return player.blob(cut, chosen, look, title=method_title, kind=_kind)


def _kind(key: str) -> str:
    key = key.partition(MOVED)[0]
    return CATALOG.methods[key].kind if key in CATALOG.methods else "approximate"
