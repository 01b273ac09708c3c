"""Draw the picture of a step, and take what is guessed on it."""

from __future__ import annotations

from typing import Any

from explorer.contents.lessons import shown
from explorer.contents.lessons.staged import Staged
from explorer.lessons import Guess, Line, Place
from explorer.pages.frame import player
from explorer.pages.frame.binding import current, publish, rerun
from explorer.pages.frame.progress import status, waiting, watched
from explorer.pages.parts import lectern
from explorer.pages.parts.lesson import steps
from explorer.session.jobs import Job
from explorer.session.tab import Tab
from explorer.view import View


def show(place: Place, view: View, job: Job) -> None:
    """Draw the player of a step, again whenever more of it is ready."""
    seen = current().view.looks.lesson

    def draw() -> None:
        tab = current()
        if tab.view.looks.lesson != seen:
            rerun()  # a guess on the picture; the card depends on it too
        status(tab, job)
        made = _bytes(tab, place, view, job)
        if made is None:
            waiting()
        else:
            player.mount(made, key="player:lesson", on_guess=_sketched)
        publish()

    watched(job, "lesson", draw)


def _bytes(tab: Tab, place: Place, view: View, job: Job) -> bytes | None:
    """Return the player's bytes; of the same step as before until all of it is ready."""
    found: Staged | None = job.partial
    step, held = (place.key, place.at), tab.shown.get("lesson")
    counted = lectern.tally(place, found)
    if found is None or not (found.complete or held is None or held[0] != step):
        return held[1] if held is not None and held[0] == step else None
    guessed, of_class = lectern.marks(place, found, counted), lectern.room() is not None
    made = tab.kept(
        "lesson_bytes",
        (job, job.version, place, of_class, counted is None),
        lambda: shown.blob(place, view, found, guessed, elsewhere=of_class),
    )
    tab.shown["lesson"] = (step, made)
    return made


def _sketched(value: dict[str, Any]) -> None:
    """Take what was guessed on the picture."""
    place = steps.here()
    step = place.step
    if not isinstance(step, Guess) or not place.locked:
        return
    if isinstance(step.kind, Line):
        guess: Any = tuple((float(u), float(v)) for u, v in value.get("line", ()))
    else:
        guess = tuple(int(row) for row in value.get("index", ()))
    steps.answer(guess)
