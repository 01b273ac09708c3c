"""Two spirals, one turned by half a circle against the other.

    2 r (cos a, sin a),    a = 2 pi turns r + pi class,    r even in [0.1, 1]

*cluster* grows from the outer tips: without them the arm of the other class reaches farther out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toy_data._draw import balanced, even, generator, spread

TITLE = "Spirals"
RANGES: dict[str, dict] = {
    "noise": {"default": 0.1},
    "turns": {
        "default": 1.0,
        "low": 0.5,
        "high": 2.5,
        "title": "Turns",
        "help": "How often each arm winds around the middle.",
    },
}


def make(n: int, noise: float, seed: int, turns: float = 1.0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw n points (n, 2) float32 and their labels (n,) int64."""
    rng = generator("spirals", n, seed)
    y = balanced(n, 2, rng)
    return spread(_arms(0.1 + 0.9 * even(y, rng), y, turns), noise, rng), y


def anchors(turns: float = 1.0) -> NDArray[np.float32]:
    """Return the outer tips (2, 2) float32."""
    return _arms(np.ones(2), np.arange(2), turns).astype(np.float32)


def _arms(r: NDArray[np.float64], y: NDArray[np.int64], turns: float) -> NDArray[np.float64]:
    angle = 2 * np.pi * turns * r + np.pi * y
    return np.stack([2 * r * np.cos(angle), 2 * r * np.sin(angle)], axis=1)
