"""The place in a lesson, kept in a View: which lesson, which step, and what was answered so far.

The View holds it as bounded text and knows nothing of lessons. What cannot be read leads to the start, with a sentence.
An answer is "<step>.<text>": of a Guess the guess or SKIPPED, of a Try the values of its knobs, joined by "_", of an
Attack y or n for each point so far, or SKIPPED.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.knobs import shorten
from explorer.lessons._kinds import Wrong
from explorer.lessons._lesson import Attack, Guess, Lesson, Step, Try
from explorer.spec import SpecError
from explorer.view import QUESTIONS, View, parse_panel

SKIPPED = "skipped"
_YES_OR_NO = re.compile(rf"[yn]{{1,{QUESTIONS}}}", re.ASCII)


@dataclass(frozen=True)
class Place:
    """Where one stands in a lesson.

    Attributes:
        key: of the lesson; "" where none is open.
        lesson: None where none is open.
        at: number of the step; as many as there are steps at the end of the lesson.
        answers: step -> what was answered there: a guess, SKIPPED, or {knob: value} of a Try.
        trouble: "" or one sentence on what could not be read.
    """

    key: str = ""
    lesson: Lesson | None = None
    at: int = 0
    answers: Mapping[int, Any] = field(default_factory=dict[int, Any])
    trouble: str = ""

    @property
    def step(self) -> Step | None:
        """Return the step; None at the end of the lesson, or without one."""
        return self.lesson.steps[self.at] if self.lesson and self.at < len(self.lesson.steps) else None

    @property
    def answer(self) -> Any:
        """Return what was answered at this step, None for nothing yet."""
        return self.answers.get(self.at)

    @property
    def locked(self) -> bool:
        """Return whether a guess is due."""
        if isinstance(self.step, Attack):
            return self.answer != SKIPPED and len(self.answer or "") < QUESTIONS
        return isinstance(self.step, Guess) and self.answer is None


def place_of(view: View, known: Mapping[str, Lesson]) -> Place:
    """Return the place that a View keeps.

    Args:
        view: what the address says.
        known: the lessons by key.
    """
    kept = view.looks.lesson
    if not kept.lesson:
        return Place()
    lesson = known.get(kept.lesson)
    if lesson is None:
        return Place(trouble=f"There is no lesson {shorten(kept.lesson)}: choose one of these.")
    try:
        if kept.at > len(lesson.steps):
            raise Wrong(f"it has {len(lesson.steps)} steps, got {kept.at + 1}")
        answers = dict(_answer(lesson, text) for text in kept.g)
    except (Wrong, SpecError) as error:
        return Place(kept.lesson, lesson, trouble=f"This link does not fit the lesson, which begins anew: {error}.")
    return Place(kept.lesson, lesson, kept.at, answers)


def _answer(lesson: Lesson, text: str) -> tuple[int, Any]:
    number, _, said = text.partition(".")
    step = lesson.steps[int(number)] if int(number) < len(lesson.steps) else None
    if isinstance(step, Guess):
        return int(number), SKIPPED if said == SKIPPED else step.kind.read(said)
    if isinstance(step, Try):
        return int(number), _knobs(step, said)
    if isinstance(step, Attack):
        if said != SKIPPED and not _YES_OR_NO.fullmatch(said):
            raise Wrong(f"an attack must be answered by y and n, at most {QUESTIONS} times")
        return int(number), said
    raise Wrong(f"nothing is asked in step {int(number) + 1}")


def _knobs(step: Try, said: str) -> dict[str, float]:
    """Return the values of a Try's knobs; those of the others are the step's own."""
    texts = said.split("_")
    if len(texts) != len(step.knobs):
        raise Wrong(f"step {step.ask[:20]!r} has {len(step.knobs)} knobs, got {len(texts)} values")
    try:
        values = {name: float(text) for name, text in zip(step.knobs, texts, strict=True)}
    except ValueError:
        raise Wrong(f"a knob must be a number, got {shorten(said)}") from None
    standing(step, values)
    return values


def standing(step: Step, answer: Any) -> View:
    """Return the View of a step; of a Try with its knobs where they were put.

    Raises:
        SpecError: one sentence, if a knob cannot have its value.
    """
    view = step.picture
    if not isinstance(step, Try) or not isinstance(answer, Mapping):
        return view
    for name, value in answer.items():
        method, _, knob = name.partition(".")
        index = next(index for index, panel in enumerate(view.panels) if panel.name == method)
        knobs = view.panels[index].knobs
        assert knobs is not None
        whole = isinstance(getattr(knobs, knob), int)
        changed = {**knobs.model_dump(mode="json"), knob: int(value) if whole else value}
        view = view.with_panel(index, parse_panel({"method": method, "knobs": changed}))
    return view


def first_of(view: View, key: str) -> View:
    """Return the View at the start of a lesson; "" for no lesson."""
    return view.looking("lesson", lesson=key, at=0, g=())


def moved(view: View, at: int) -> View:
    """Return the View at another step of its lesson."""
    return view.looking("lesson", at=at)


def answered(view: View, place: Place, answer: Any) -> View:
    """Return the View with the answer at its step; None takes an answer back."""
    g = tuple(text for text in view.looks.lesson.g if int(text.partition(".")[0]) != place.at)
    if answer is not None and answer != "":
        g = (*g, f"{place.at}.{_text(place.step, answer)}")
    return view.looking("lesson", g=g)


def _text(step: Step | None, answer: Any) -> str:
    if answer == SKIPPED:
        return SKIPPED
    if isinstance(step, Guess):
        return step.kind.write(answer)
    if isinstance(step, Attack):
        return str(answer)
    assert isinstance(step, Try)
    return "_".join(f"{answer[name]:g}" for name in step.knobs)
