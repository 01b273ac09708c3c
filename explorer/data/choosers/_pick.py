"""What choosers share: how many points a fraction is, which rows come first, the knobs that several have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.knobs import knob
from explorer.records import Int


def label_knob(default: int | None, help: str) -> Any:
    """Declare the knob `label`; whether the data have that class is checked when it is used."""
    return knob(default, ge=0, le=99, title="Class", help=help)


def fraction_knob(default: float, help: str) -> Any:
    """Declare the knob `fraction`."""
    return knob(default, ge=0.0, le=1.0, title="Share", help=help)


def count(fraction: float, n: int) -> int:
    """Return the share of n points as a whole number, halves rounded up."""
    return math.floor(fraction * n + 0.5)


def smallest(values: NDArray[Any], m: int, among: NDArray[np.bool_] | None = None) -> Int:
    """Return the m rows with the smallest values, ascending by row; ties go to the lower row.

    Args:
        values: (n,) numbers.
        m: how many; more than there are means all.
        among: (n,) bool, the rows to choose from.
    """
    rows = np.arange(len(values)) if among is None else np.flatnonzero(among)
    order = np.argsort(values[rows], kind="stable")
    return np.sort(rows[order[:m]]).astype(np.int64)
