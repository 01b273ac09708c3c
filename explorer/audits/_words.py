"""Write numbers as notes under a picture say them."""

from __future__ import annotations

import math


def short(value: float) -> str:
    """Return a number with two digits after the point and no zero before it; "not defined" for NaN."""
    if not math.isfinite(value):
        return "not defined"
    text = f"{abs(value):.2f}"
    text = text.removeprefix("0") if abs(value) < 1 and text != "0.00" and text != "1.00" else text
    return "0" if text == "0.00" else f"{'−' if value < 0 else ''}{text}"


def share(value: float) -> str:
    """Return a share in [0, 1] as per cent of one digit."""
    return f"{100 * value:.1f} %"
