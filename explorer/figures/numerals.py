"""Write numbers as every table and every caption does, so that the same number looks the same wherever it stands."""

from __future__ import annotations

import math


def number(value: float) -> str:
    """Return a number in three digits, a dash where it is not defined."""
    if math.isnan(value):
        return "–"
    said = f"{abs(value):.3f}".removeprefix("0") if 0 < abs(value) < 1 else f"{abs(value):.3g}"
    return f"−{said}" if value < 0 else said


def span(low: float, high: float) -> str:
    """Return a range; one number where both ends look the same, and words between numbers with a minus sign."""
    first, last = number(low), number(high)
    if first == last:
        return first
    return f"{first} to {last}" if low < 0 or high < 0 else f"{first}–{last}"


def as_printed(value: float) -> float:
    """Return the value that `number` prints, so that what is compared is what is shown."""
    if not math.isfinite(value):
        return value
    return round(value, 3) if abs(value) < 1 else float(f"{value:.3g}")
