"""Pack a recorded plane for the player; also the first picture, which is on screen before torch is imported.

So nothing here imports the pipeline or a method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from explorer.contents.recorded.cut import Cut
from explorer.contents.recorded.runs import Choice, Opened, at_first, choice, open_runs, places
from explorer.experiments.cifar.files import Unreadable
from explorer.player import Look, pack

WORDS = {
    "forget": "image to forget (its picture in a frame of this colour)",
    "retrained": "boundary of a retrained model (the first of its seeds)",
    "cloud": "all {count} retrained models",
    "pointNumber": "Image {index}",
    "inForget": "to forget",
    "inRetain": "retained",
    "tipConfidence": "confidence in its true class:",
    "numbers": "under a panel: accuracies of the model on screen at its step, on up to 200 images a set (the table "
    "counts all); in brackets the range of the retrained models",
    "focus": "frame: the method looked at closely below, whose keyframes the arrow keys walk",
    "summary": "{title}{step}: {kept} of {forget} images to forget are given their label; the model differs from most "
    "retrained models on {share} % of the plane.",
}
#: Where labels are corrected: what was wrong is to go.
CORRECTED = {
    **WORDS,
    "forget": "image whose label was wrong (its picture in a frame of this colour)",
    "lost": "…no longer given its wrong label",
    "inForget": "to correct",
    "setForget": "corrected",
    "summary": "{title}{step}: {kept} of {forget} images are still given their wrong label; the model differs from "
    "most retrained models on {share} % of the plane.",
}
LINES = (3, 1)  # of numbers and notes below each panel
CONTROLS = ("transport", "layers", "export")


def blob(cut: Cut, chosen: Choice, look: Look, *, title: Callable[[str], str], kind: Callable[[str], str]) -> bytes:
    """Return the player's bytes: original, retrained, then the chosen methods.

    Args:
        cut: the plane.
        chosen: which methods.
        look: how it is shown.
        title: the name on screen of a method.
        kind: "exact" or "approximate", of a method.
    """
    opened = cut.opened
    references = (("original", "Original", opened.original), ("retrained", "Retrained", opened.retrained))
    panels = [cut.panel(name, words, run, "reference") for name, words, run in references]
    for key in chosen.runs:
        run = opened.methods[key]
        panels.append(cut.panel(key, title(key), run, kind(key)))
    return pack(cut.scene(), panels, look)


def first(query: Mapping[str, str], shipped: Path) -> bytes | None:
    """Return the picture of the runs that an address asks for; None where they do not ship."""
    found = places(shipped, None)
    name = query.get("folder") or at_first(found)
    if name not in found:
        return None
    try:
        opened: Opened = open_runs(name, found[name])
    except Unreadable:
        return None
    wished = tuple(dict.fromkeys(part for part in query.get("runs", "").split("~") if part in opened.methods))
    at = query.get("cut", "0")
    chosen = choice(opened, wished, query.get("shown", ""), int(at) if at.isdecimal() else 0, str)
    look = Look(words=words_of(opened), controls=CONTROLS, focus=chosen.shown, lines=LINES, play="step" not in query)
    return blob(
        Cut(opened, chosen.cut, chosen.runs), chosen, look,
        title=lambda key: opened.methods[key].title, kind=lambda _: "approximate",
    )  # fmt: skip


def words_of(opened: Opened) -> Mapping[str, str]:
    """Return the player's words for a request."""
    return CORRECTED if opened.corrects else WORDS
