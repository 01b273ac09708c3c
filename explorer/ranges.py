"""Say what trials draw a knob from: a range of numbers, or choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Range:
    """Numbers that trials draw from.

    Attributes:
        low: the smallest, inclusive.
        high: the largest, inclusive.
        log: drawn evenly, and shown, on a logarithmic scale; then `low` is above 0.
        whole: whole numbers alone.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse a range that holds nothing, or no logarithm."""
        if not self.low < self.high or (self.log and self.low <= 0):
            raise ValueError(f"a range must have a low end below its high end, above 0 if log; got {self}")

    def holds(self, value: float) -> bool:
        """Say whether a value lies in the range."""
        return self.low <= value <= self.high


Searched = Range | tuple[Any, ...]  # a range, or choices


def log(low: float, high: float) -> Range:
    """Return a range that is drawn from evenly on a logarithmic scale."""
    return Range(low, high, log=True)


def linear(low: float, high: float) -> Range:
    """Return a range that is drawn from evenly."""
    return Range(low, high)


def whole(low: int, high: int, *, log: bool = False) -> Range:
    """Return a range of whole numbers."""
    return Range(low, high, log=log, whole=True)
