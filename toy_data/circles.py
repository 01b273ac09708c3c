"""Two circles around the origin: class 0 of radius 1, class 1 inside it, of radius `factor`.

*cluster* grows from the rightmost point of each circle: without that arc the ring of class 0 stands open.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toy_data._draw import balanced, even, generator, spread

TITLE = "Circles"
NAMES = ("outer circle", "inner circle")
RANGES: dict[str, dict] = {
    "noise": {"default": 0.1},
    "factor": {
        "default": 0.4,
        "low": 0.1,
        "high": 0.9,
        "title": "Inner radius",
        "help": "Radius of the inner circle; the outer has radius 1.",
    },
}


def make(n: int, noise: float, seed: int, factor: float = 0.4) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw n points (n, 2) float32 and their labels (n,) int64."""
    rng = generator("circles", n, seed)
    y = balanced(n, 2, rng)
    angle = 2 * np.pi * even(y, rng)
    radius = np.where(y == 0, 1.0, factor)
    return spread(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), noise, rng), y


def anchors(factor: float = 0.4) -> NDArray[np.float32]:
    """Return the rightmost point of each circle (2, 2) float32."""
    return np.array([[1, 0], [factor, 0]], dtype=np.float32)
