"""What is asked in a classroom, and how a guess that a phone sent is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from explorer.lessons import Answer, Choice, Kind, Line, Number, Order, Points, Wrong

#: Why something is refused: no such code, too many wrong ones, too many people or rooms, sent too often, not asked now,
#: no guess of its kind, over.
Why = Literal["code", "codes", "full", "often", "late", "guess", "over"]


class Refusal(ValueError):
    """What is not done; the message is one sentence for whoever asked."""

    def __init__(self, why: Why, sentence: str) -> None:
        """Say why, as a word and as a sentence."""
        super().__init__(sentence)
        self.why: Why = why


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        key: names it within its classroom.
        ask: the question, in words.
        kind: what is guessed, and how a guess is read.
        titles: of an Order the titles of its panels; else empty.
        rows: how many training points there are, for Points.
        picture: the player's bytes on which one guesses, for Points and Line. They hold no answer.
    """

    key: str
    ask: str
    kind: Kind
    titles: tuple[str, ...] = ()
    rows: int = 0
    picture: bytes = field(default=b"", repr=False)

    def read(self, text: str) -> Answer:
        """Return the guess that a text says.

        Raises:
            Refusal: if it is none of this kind, or names a point that there is not.
        """
        try:
            answer: Answer = self.kind.read(text)
        except Wrong as error:
            raise Refusal("guess", str(error)) from None
        if isinstance(self.kind, Points) and answer[-1] >= self.rows:
            raise Refusal("guess", f"a row must lie in [0, {self.rows - 1}], got {answer[-1]}")
        return answer

    def card(self) -> dict[str, Any]:
        """Return what a phone must know to ask it, as JSON values."""
        kind = self.kind
        said: dict[str, Any] = {"key": self.key, "ask": self.ask, "kind": type(kind).__name__.lower()}
        if isinstance(kind, Choice):
            said["options"] = list(kind.options)
        elif isinstance(kind, Number):
            said |= {"low": kind.low, "high": kind.high, "step": kind.step, "unit": kind.unit}
        elif isinstance(kind, Order):
            said |= {"options": list(self.titles), "first": kind.first}
        return said

    @property
    def on_picture(self) -> bool:
        """Return whether one guesses on a picture."""
        return isinstance(self.kind, Points | Line)
