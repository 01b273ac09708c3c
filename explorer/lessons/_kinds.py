"""What can be guessed, and how a guess stands in the address: as one short text, read strictly.

The truth of each has a name, for instance "retrained.forget_right"; `explorer.contents.lessons.truths` computes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

MOST_POINTS = 400
MOST_PLACES = 24
_ROWS = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5})*", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,4})?", re.ASCII)


class Wrong(ValueError):
    """What is no guess of its kind; the message is one sentence."""


@dataclass(frozen=True)
class Choice:
    """One of a few answers.

    Attributes:
        options: two to four short texts.
        truth: name of the truth: the number of the right option, or panels in order, of which the first is right.
        panels: the panel of each option, by its method or reference, where guess and truth are framed.
    """

    options: tuple[str, ...]
    truth: str
    panels: tuple[str, ...] = ()

    def read(self, text: str) -> int:
        """Return the number of an option.

        Raises:
            Wrong: if there is no such option.
        """
        if not re.fullmatch("[0-3]", text) or int(text) >= len(self.options):
            raise Wrong(f"a choice must be the number of one of {len(self.options)} answers")
        return int(text)

    def write(self, value: int) -> str:
        """Return a guess as text."""
        return str(value)


@dataclass(frozen=True)
class Number:
    """A number on a slider.

    Attributes:
        low: the smallest that can be guessed.
        high: the largest.
        truth: name of the truth: a number.
        step: from one place of the slider to the next; whole numbers where it is whole.
        unit: what is counted, in the plural.
        near: how far off a guess still counts as right.
        panel: method or reference in whose panel the scale is drawn.
    """

    low: float
    high: float
    truth: str
    step: float = 1
    unit: str = ""
    near: float = 0.0
    panel: str = "retrained"

    def read(self, text: str) -> float:
        """Return a number.

        Raises:
            Wrong: if it is none, or outside the slider.
        """
        if not _NUMBER.fullmatch(text) or not self.low <= float(text) <= self.high:
            raise Wrong(f"a guess must be a number in [{self.low:g}, {self.high:g}]")
        return float(text)

    def write(self, value: float) -> str:
        """Return a guess as text."""
        return f"{value:g}"


@dataclass(frozen=True)
class Points:
    """Some training points, chosen on the picture.

    Attributes:
        truth: name of the truth: rows of the training set.
        near: how much of what was guessed, or is true, must be both for a guess to count as right, in (0, 1].
    """

    truth: str
    near: float = 0.8

    def read(self, text: str) -> tuple[int, ...]:
        """Return rows, ascending.

        Raises:
            Wrong: if they are no rows, or too many.
        """
        if not _ROWS.fullmatch(text) or text.count(".") >= MOST_POINTS:
            raise Wrong(f"a guess of points must list 1 to {MOST_POINTS} rows")
        return tuple(sorted({int(row) for row in text.split(".")}))

    def write(self, value: tuple[int, ...]) -> str:
        """Return a guess as text."""
        return ".".join(map(str, value[:MOST_POINTS]))


@dataclass(frozen=True)
class Line:
    """A line across the plane, where the boundary will lie.

    Attributes:
        truth: name of the truth: the classes of two on a grid of the plane.
        near: share of the plane on the right side from which a guess counts as right.
    """

    truth: str
    near: float = 0.95

    def read(self, text: str) -> tuple[tuple[float, float], ...]:
        """Return places in the unit square, from its lower left corner.

        Raises:
            Wrong: if they are not 2 to MOST_PLACES places with thousandths in [0, 1000].
        """
        if not _ROWS.fullmatch(text):
            raise Wrong("a line must be given by its places")
        each = [int(one) for one in text.split(".")]
        if len(each) % 2 or not 2 <= len(each) // 2 <= MOST_PLACES or max(each) > 1000:
            raise Wrong(f"a line must have 2 to {MOST_PLACES} places inside the picture")
        return tuple((each[at] / 1000, each[at + 1] / 1000) for at in range(0, len(each), 2))

    def write(self, value: tuple[tuple[float, float], ...]) -> str:
        """Return a guess as text."""
        return ".".join(str(round(1000 * share)) for place in value for share in place)


@dataclass(frozen=True)
class Order:
    """Panels in an order.

    Attributes:
        panels: methods or references, two to four.
        truth: name of the truth: the same, in the right order.
        first: what stands first, for instance "nearest".
    """

    panels: tuple[str, ...]
    truth: str
    first: str = "first"

    def read(self, text: str) -> tuple[str, ...]:
        """Return the panels in an order.

        Raises:
            Wrong: if one is missing or named twice.
        """
        places = [int(one) for one in text.split(".")] if _ROWS.fullmatch(text) else []
        if sorted(places) != list(range(len(self.panels))):
            raise Wrong(f"an order must name each of {len(self.panels)} once")
        return tuple(self.panels[place] for place in places)

    def write(self, value: tuple[str, ...]) -> str:
        """Return a guess as text."""
        return ".".join(str(self.panels.index(panel)) for panel in value)


# `Any`: the guess itself is of another type for each kind.
Kind: TypeAlias = Choice | Number | Points | Line | Order
Answer: TypeAlias = Any
