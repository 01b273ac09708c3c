"""What the page *Start* says and shows: one sentence, one moving picture of two panels, and where to go from there.

The picture ships with the package (`player.START`), so that it is on screen before anything is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from explorer.player import Look, pack
from explorer.session.desk import Desk, silent
from explorer.view import View

WHAT = (
    "Machine unlearning tries to change a trained model until it behaves as if it had never seen some of its "
    "training data."
)
LOOK = (
    "The ringed points are to be forgotten. *Retrained* was trained without them: that is the goal. *Random labels* is "
    "a method; it moves the old model's line towards that goal."
)
#: A calm picture: these entries of the legend are left out, others are said in fewer words.
WORDS = {
    "confidence": "",
    "focus": "",
    "boundary": "line between the classes",
    "original": "the line before",
    "retrained": "the goal",
    "forget": "point to forget",
    "lost": "gets another label",
}


@dataclass(frozen=True)
class Door:
    """A way to go on from *Start*.

    Attributes:
        title: what one wants to do.
        says: what is behind it, in one short sentence.
        page: the page it leads to.
        icon: name of its symbol.
        query: the address there.
    """

    title: str
    says: str
    page: str
    icon: str
    query: Mapping[str, str] = field(default_factory=dict[str, str])


DOORS = (
    Door("Take a lesson", "A few minutes each: guess first, then see.", "lessons", "school"),
    Door("Explore", "Move the knobs of a method, and the picture follows.", "watch", "tune"),
    Door(
        "Present", "Talks that are ready, and your own: large type, the keys of a clicker.", "decks", "present_to_all"
    ),
    Door("Report", "What was done about a request to delete, on two pages.", "report", "description"),
)  # fmt: skip


def view() -> View:
    """Return what the moving picture shows: retrained, and a method that ends near it."""
    return View.parse({"panels": [{"method": "retrained"}, {"method": "random_labels"}], "focus": 1})


def blob(desk: Desk) -> bytes:
    """Return the player's bytes of the moving picture, without numbers and with no control but play."""
    from explorer.contents import picture as contents_picture  # torch comes with it: the page is on screen before

    shown = view()
    *_, last = (now for now in contents_picture.pictures(shown, desk, silent) if now.ready(shown))
    assert last.scene is not None
    panels = [
        replace(last.panels[name], accuracy={}, cost=float("nan"), note="", several=0)
        for name in contents_picture.panel_names(shown)
    ]
    expected = tuple((panel.name, panel.title) for panel in panels)
    look = Look(expected=expected, controls=("play",), words=WORDS)
    return pack(last.scene, panels, look)
