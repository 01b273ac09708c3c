"""Write numbers as notes under a picture say them."""

from __future__ import annotations

import math


def short(value: float) -> str:
    """Return a number with two digits after the point, or none, and no zero before it; "not defined" for NaN."""
    if not math.isfinite(value):
        return "not defined"
    text = f"{abs(value):.2f}".removesuffix(".00")
    text = text.removeprefix("0") if text.startswith("0.") else text
    return f"{'−' if value < 0 and text != '0' else ''}{text}"


def share(value: float) -> str:
    """Return a share in [0, 1] as per cent of one digit."""
    return f"{100 * value:.1f} %"
