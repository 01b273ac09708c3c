"""Outlines of the symbols that stand for classes: those of `theme.SYMBOLS`, all about equally large."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from explorer.figures.theme import class_symbol

#: Corners, size, and where the first corner lies in turns from the right.
_REGULAR = {
    "circle": (16, 1.0, 0.0), "square": (4, 1.15, 0.125), "triangle-up": (3, 1.35, 0.25), "diamond": (4, 1.3, 0.0),
    "triangle-down": (3, 1.35, -0.25), "pentagon": (5, 1.15, 0.25), "hexagon": (6, 1.1, 0.25),
}  # fmt: skip
ARM = 0.42  # half the width of a cross's arm


@cache
def symbol(k: int) -> NDArray[np.float64]:
    """Return the closed outline (m, 2) of a class's symbol around 0, in units of a dot's radius, upwards positive."""
    name = class_symbol(k)
    if name in _REGULAR:
        corners, size, turn = _REGULAR[name]
        return size * _ring(np.ones(corners), turn)
    if name == "star":
        return 1.45 * _ring(np.tile([1.0, 0.45], 5), 0.25)
    ends = np.array([[ARM, ARM], [1.2, ARM], [1.2, -ARM], [ARM, -ARM]])
    turns = [np.array([[c, -s], [s, c]]) for c, s in ((1, 0), (0, -1), (-1, 0), (0, 1))]
    cross = np.concatenate([ends @ turn.T for turn in turns])
    half = np.sqrt(0.5)
    return cross if name == "cross" else cross @ np.array([[half, half], [-half, half]])


def _ring(radii: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    angle = 2 * np.pi * (np.arange(len(radii)) / len(radii) + turn)
    return radii[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
