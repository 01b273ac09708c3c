"""Choose round places for the ticks of an axis."""

from __future__ import annotations

import numpy as np

TICKS = 4  # at most, an axis


def ticks(low: float, high: float) -> list[float]:
    """Return at most TICKS round places on an axis, away from its upper end, where its name stands."""
    span = high - low
    power = 10.0 ** np.floor(np.log10(span / TICKS))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= span / TICKS)
    places = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return [round(float(place), 10) for place in places if 0.06 < (place - low) / span < 0.85]
