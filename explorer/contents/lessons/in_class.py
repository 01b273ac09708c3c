"""A guess of a lesson on a slide before a class: what its phones are asked, and the picture with what all guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from explorer import pipeline
from explorer.classroom import Classroom, Question, Tally
from explorer.contents.lessons import asked, shown
from explorer.contents.lessons.staged import Staged, staged
from explorer.lessons import SKIPPED, Guess, Place, first_of, lessons, moved, place_of
from explorer.player import looking
from explorer.session.desk import Here, Tick, silent
from explorer.view import View


@dataclass(frozen=True)
class AtGuess:
    """A slide that stands at a guess of a lesson.

    Attributes:
        place: where, with its answer if it tells it.
        step: the guess.
    """

    place: Place
    step: Guess

    @property
    def view(self) -> View:
        """Return the View of the question, without any answer."""
        return moved(first_of(replace(View.default(), page="lessons"), self.place.key), self.place.at)


@dataclass(frozen=True)
class Put:
    """A guess that can be put to a class.

    Attributes:
        question: for the phones.
        found: all that its step shows.
    """

    question: Question
    found: Staged


@dataclass(frozen=True)
class Slide:
    """What the slide shows while a class takes part.

    Attributes:
        blob: the player's bytes.
        said: {"phase": "ask" or "told", "bars": [{"title", "count", "right"}]}, the bars of answers that are no panels,
            so that the picture cannot show them.
    """

    blob: bytes
    said: Mapping[str, Any]


def guess_at(view: View) -> AtGuess | None:
    """Return at which guess of a lesson a View stands; None where it stands at none."""
    place = place_of(view, lessons()) if view.page == "lessons" else None
    if place is None or place.trouble or not isinstance(place.step, Guess):
        return None
    return AtGuess(place, place.step)


def put(view: View, memo: pipeline.Memo, tick: Tick) -> Put:
    """Return the guess at which a View stands, computed.

    Args:
        view: at a guess of a lesson, answered or not.
        memo: see `pipeline`.
        tick: tick(done, total, sentence); may raise to cancel.

    Raises:
        ValueError: one sentence, if it stands elsewhere, or there can be no picture.
    """
    at = guess_at(view)
    if at is None:
        raise ValueError("a class can be asked what a lesson asks only")
    *_, found = staged(at.step, at.step.picture, Here(memo), silent)
    return Put(asked.question_of(replace(at.place, answers={}), at.step.picture, found), found)


def met(room: Classroom, at: AtGuess, ready: Put) -> Slide:
    """Ask the class, or tell it the answer; return what the slide shows: the answer with all that was guessed."""
    step, view, question, found = at.step, at.step.picture, ready.question, ready.found
    if at.place.locked:
        room.ask(question)
        return Slide(_blob(at, ready, None), {"phase": "ask", "bars": []})
    room.tell(question, *asked.said_of(step, view, found))
    tally = asked.tallied(question, room.guesses(question), found)
    in_picture = bool(getattr(step.kind, "panels", ()))
    bars = [] if in_picture else [asdict(bar) for bar in asked.bars(step, view, tally, found.truth)]
    return Slide(_blob(at, ready, tally), {"phase": "told", "bars": bars})


def _blob(at: AtGuess, ready: Put, tally: Tally | None) -> bytes:
    step, found = at.step, ready.found
    marks = partial(_marks, step, tally, found) if tally is not None and tally.people else None
    made = shown.blob(at.place, step.picture, found, marks, elsewhere=True)
    words: dict[str, str] = {}
    if tally is not None:
        words["told"] = f"{shown.outcome(step, step.picture, SKIPPED, found)} {asked.summary(step, tally, found)}"
    return looking(made, controls=(), lines=(0, 0), words=words)


def _marks(step: Guess, tally: Tally, found: Staged, named: Mapping[str, str]) -> Mapping[str, Any]:
    return asked.marks(step, tally, found, named)
