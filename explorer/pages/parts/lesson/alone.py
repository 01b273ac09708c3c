"""Let a lesson go on by itself."""

from __future__ import annotations

from explorer.contents.lessons.staged import Staged
from explorer.lessons import SKIPPED, Attack, Look, Place, Try
from explorer.pages.frame import clock
from explorer.pages.frame.binding import current
from explorer.pages.parts.lesson import steps

AUTO = "lesson:auto"  # whether it plays by itself; not kept in the address
WAIT = 8.0  # seconds that a step stays at least, where it plays by itself
WORDS_A_SECOND = 3.0  # read at ease


def playing() -> bool:
    """Return whether the lesson plays by itself."""
    return bool(current().shown.get(AUTO))


def play_on(place: Place, found: Staged | None) -> None:
    """Go on after a while: a guess is revealed as skipped, a task shows itself, an attack is left out.

    Args:
        place: where one stands.
        found: what is ready of the step; the while begins in the run that draws all of it.
    """
    step = place.step
    assert step is not None
    done = place.locked is False and not (isinstance(step, Try) and place.answer is None)
    if isinstance(step, Attack):
        clock.due("lesson:clock", WAIT, f"{place.key}:{place.at}:{done}", _due)
        return
    if found is None or not found.complete:
        return
    said = step.say if isinstance(step, Look) else step.why if done else ""
    seconds = max(WAIT, len(said.split()) / WORDS_A_SECOND)
    clock.due("lesson:clock", seconds, f"{place.key}:{place.at}:{done}", _due)


def _due(where: str) -> None:
    place = steps.here()
    step = place.step
    done = where.endswith(":True")
    if step is None or not current().shown.get(AUTO) or not where.startswith(f"{place.key}:{place.at}:"):
        return
    if done:
        steps.go(place.at + 1)
    elif isinstance(step, Try):
        steps.answer(dict(step.answer))
    else:
        steps.answer(SKIPPED)


def play(on: bool) -> None:
    """Begin to play, or stop."""
    current().shown[AUTO] = on
