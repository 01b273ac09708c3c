"""What a lesson is: one question, steps to its answer, and the sentence that one can say afterwards. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

from explorer.lessons._kinds import Kind
from explorer.view import View

MOST_STEPS = 12
MOST_WORDS = 60


@dataclass(frozen=True)
class Shown:
    """What a step shows.

    Attributes:
        view: a View as JSON values; what is left out takes its default. Its page says what kind of picture it is:
            "audits" an audit, "images" recorded runs, any other the panels of points.
        spotlight: panel that is spoken of, by its method or reference, "forget" for the points to forget, or "". All
            else is dimmed.
        titles: names above the panels in place of their own, for instance "A", until a guess is revealed.
        others: more panels after the View's: other retrained models, "paired" for the one that shares the original's
            seed, "seed <k>" for others.
        numbers: whose accuracies stand under the panels ("forget", "retain", "test") while nothing is asked.
        hides: the points to forget are not marked until a guess is revealed.
        lines: whether the boundaries of original and retrained lie over every panel; "told": once a guess is revealed.
        equation: method whose equation stands below the words while nothing is asked, by key; "" for none.
    """

    view: Mapping[str, Any] = field(repr=False)
    spotlight: str = ""
    titles: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    hides: bool = False
    lines: bool | Literal["told"] = True
    equation: str = ""

    @cached_property
    def picture(self) -> View:
        """Return the View.

        Raises:
            SpecError: one sentence, if a value is not allowed.
        """
        return View.parse({"base": {}, **self.view})


@dataclass(frozen=True, kw_only=True)
class Look(Shown):
    """The picture plays, and a few sentences say what to look at.

    Attributes:
        say: at most MOST_WORDS words.
    """

    say: str


@dataclass(frozen=True, kw_only=True)
class Guess(Shown):
    """A question; the picture is locked until it is answered or skipped, then it plays and shows guess and truth.

    Attributes:
        ask: the question.
        kind: what is guessed.
        why: one sentence or two on the truth, said with it.
        ends: whether the locked picture stands at its end, not at its beginning.
    """

    ask: str
    kind: Kind
    why: str
    ends: bool = False


@dataclass(frozen=True, kw_only=True)
class Attack(Shown):
    """The quiz on the View's points: one says of each whether it was in the training set, then sees who did better.

    Attributes:
        ask: what to do.
        why: said once it is done.
    """

    ask: str
    why: str


@dataclass(frozen=True)
class InBand:
    """Done once an accuracy of a method lies within the range of the retrained models.

    Attributes:
        method: its key.
        of: "forget", "retain" or "test".
        within: how far outside the range still counts.
    """

    method: str
    of: str
    within: float = 0.0


@dataclass(frozen=True)
class Below:
    """Done once an accuracy of a method lies below a number."""

    method: str
    of: str
    limit: float


@dataclass(frozen=True)
class Above:
    """Done once an accuracy of a method lies above a number."""

    method: str
    of: str
    limit: float


Done: TypeAlias = InBand | Below | Above


@dataclass(frozen=True, kw_only=True)
class Try(Shown):
    """Something to do with a knob or two; done once all conditions on the numbers of the picture hold.

    Attributes:
        knobs: "<method>.<knob>", one to three.
        ask: what to do.
        done: conditions.
        hint: said after a while.
        answer: values of the knobs that do it, for *Show me*.
        why: said once it is done.
        paper: values of the first knob whose numbers stand in a table on paper.
    """

    knobs: tuple[str, ...]
    ask: str
    done: tuple[Done, ...]
    hint: str
    answer: Mapping[str, float]
    why: str
    paper: tuple[float, ...] = ()


Step: TypeAlias = Look | Guess | Try | Attack


@dataclass(frozen=True)
class Lesson:
    """One question and the way to its answer.

    Attributes:
        title: a few words.
        question: what it answers.
        goal: what one can say afterwards, one sentence.
        minutes: how long it takes.
        steps: at most MOST_STEPS.
    """

    title: str
    question: str
    goal: str
    minutes: int
    steps: tuple[Step, ...]
