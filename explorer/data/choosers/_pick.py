"""What choosers share: how many points a fraction is, which rows come first, the knobs that several have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.knobs import knob
from explorer.records import Float, Int


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


def column_knob() -> Any:
    """Declare the knob `column`."""
    return knob(0, ge=0, le=1, title="Column", help="0 is x1, 1 is x2.")


def above_knob(default: float) -> Any:
    """Declare the knob `above`; uploaded points may lie anywhere within a million."""
    return knob(default, ge=-1e6, le=1e6, title="Above", help="Smallest value, exclusive, in data units.", step=0.05)


def half_plane(x: Float, y: Int, column: int, above: float, label: int | None) -> Int:
    """Return the rows of x (n, 2) whose column lies above a value, of one class or of all."""
    beyond = x[:, column] > above
    return np.flatnonzero(beyond if label is None else beyond & (y == label))
