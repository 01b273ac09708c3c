"""Write numbers as the tables that are kept in files do: all that are below 1 with three digits after the point."""

from __future__ import annotations

import math


def number(value: float, *, from_one: int = 2) -> str:
    """Return a number without the zero before its point and with a real minus sign, a dash where it is not defined.

    Args:
        value: rounded to three digits after the point.
        from_one: digits after the point of a number whose size is 1 or more.
    """
    if math.isnan(value):
        return "–"
    said = f"{abs(value):.3f}".removeprefix("0") if abs(value) < 1 else f"{abs(value):.{from_one}f}"
    return f"−{said}" if value < 0 and said.strip(".0") else said
