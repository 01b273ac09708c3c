"""Place the image that a point stands for beside the point: inside the picture and away from the other points."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

CLEAR, INSIDE = 16.0, 6.0  # pixels between a point and its image, and between an image and the frame


def beside(spots: np.ndarray, frame: tuple[float, float, float, float], side: float) -> Iterator[tuple[float, float]]:
    """Yield the upper left corner of each point's image.

    Args:
        spots: (n, 2) places of the points.
        frame: x, y, width and height of the picture.
        side: of an image.
    """
    for index, spot in enumerate(spots):
        others = np.delete(spots, index, axis=0)
        yield min((_at(spot, k, side) for k in range(8)), key=lambda at, o=others: _cost(at, o, frame, side))


def _at(spot: np.ndarray, k: int, side: float) -> tuple[float, float]:
    ux, uy = math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)
    far = side / 2 / max(abs(ux), abs(uy)) + CLEAR
    return float(spot[0]) + far * ux - side / 2, float(spot[1]) + far * uy - side / 2


def _cost(at: tuple[float, float], others: np.ndarray, frame: tuple[float, float, float, float], side: float) -> float:
    """Return how bad a place is: how far it sticks out of the frame, and how near other points are."""
    x, y, width, height = frame
    out = [max(0.0, low + INSIDE - v, v + side + INSIDE - high)
           for v, low, high in ((at[0], x, x + width), (at[1], y, y + height))]  # fmt: skip
    middle = np.asarray(at) + side / 2
    return sum(out) + float((50 / (1 + np.hypot(*(others - middle).T))).sum())
