"""Two moons: interleaving half circles of radius 1.

    class 0: (cos a, sin a)    class 1: (1 - cos a, 1/2 - sin a)    a even in [0, pi]

The inner tip of a moon (a = 0) lies inside the other one: (1, 0) and (0, 1/2). A model that never saw the points there
gives the place to the other class, so forgetting them moves the boundary far.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toy_data._draw import balanced, even, generator, spread

TITLE = "Two moons"
NAMES = ("upper moon", "lower moon")
RANGES: dict[str, dict] = {}


def make(n: int, noise: float, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw n points (n, 2) float32 and their labels (n,) int64."""
    rng = generator("moons", n, seed)
    y = balanced(n, 2, rng)
    return spread(_arcs(np.pi * even(y, rng), y), noise, rng), y


def anchors() -> NDArray[np.float32]:
    """Return the inner tips (2, 2) float32."""
    return _arcs(np.zeros(2), np.arange(2)).astype(np.float32)


def _arcs(angle: NDArray[np.float64], y: NDArray[np.int64]) -> NDArray[np.float64]:
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    return np.where((y == 0)[:, None], upper, lower)
