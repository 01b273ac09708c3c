"""A clock that is set by hand, and questions of every kind."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.classroom import Question
from explorer.lessons import Choice, Line, Number, Order, Points


@dataclass
class Clock:
    """Seconds, as they are set."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


CHOICE = Question("one:1", "Which one?", Choice(("A", "B", "C"), ""))
NUMBER = Question("one:2", "How many?", Number(0, 80, "", unit="points"))
ORDER = Question("one:3", "In which order?", Order(("jit", "scrub", "dui"), ""), titles=("JiT", "SCRUB", "DUI"))
POINTS = Question("one:4", "Which points?", Points(""), rows=40, picture=b"points")
LINE = Question("one:5", "Where?", Line(""), picture=b"line")
EVERY = (CHOICE, NUMBER, ORDER, POINTS, LINE)
