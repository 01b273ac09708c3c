"""Exclusive or: four Gaussians at (+-1, +-1); class 0 where both signs agree, class 1 where they differ.

Sub-cluster 0 of a class has x1 < 0, sub-cluster 1 has x1 > 0; *cluster* grows from the latter's
inner side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toy_data._draw import balanced, generator, spread

TITLE = "Exclusive or"
NAMES = ("same signs", "different signs")
RANGES: dict[str, dict] = {"noise": {"default": 0.35}}
# Cluster g belongs to class g % 2 and is sub-cluster g // 2 of it.
CENTRES = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [1.0, -1.0]])


def make(n: int, noise: float, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw n points (n, 2) float32 and their labels (n,) int64."""
    rng = generator("xor", n, seed)
    group = balanced(n, 4, rng)
    return spread(CENTRES[group], noise, rng), group % 2


def subclasses(n: int, noise: float, seed: int) -> NDArray[np.int64]:
    """Return the sub-cluster of each point (n,) int64: 0 on the left, 1 on the right."""
    return balanced(n, 4, generator("xor", n, seed)) // 2


def anchors() -> NDArray[np.float32]:
    """Return the inner side of each class's right-hand part (2, 2) float32."""
    return (0.2 * CENTRES[2:]).astype(np.float32)
