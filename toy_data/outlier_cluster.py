"""Two Gaussians, and a small tight cluster of class 0 far off, above class 1.

    class 0: centre (-1.5, -1)    class 1: centre (1.5, -1)    outlier cluster: centre (1.5, 3), half the noise

A model that never saw the cluster gives its place to class 1. *cluster* of class 0 grows from the cluster's centre, of
class 1 from its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toy_data._draw import balanced, generator, spread

TITLE = "Outlier cluster"
RANGES: dict[str, dict] = {
    "noise": {"default": 0.6},
    "share": {
        "default": 0.08,
        "low": 0.02,
        "high": 0.3,
        "title": "Outliers",
        "help": "Share of all points that lie in the outlier cluster.",
    },
}
CENTRES = np.array([[-1.5, -1.0], [1.5, -1.0], [1.5, 3.0]])


def make(n: int, noise: float, seed: int, share: float = 0.08) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw n points (n, 2) float32 and their labels (n,) int64."""
    rng = generator("outlier_cluster", n, seed)
    y, far = _drawn(n, share, rng)
    group = np.where(far, 2, y)
    scale = np.where(far, 0.5, 1.0)[:, None]
    moved = spread(np.zeros((n, 2)), noise, rng)
    return (CENTRES[group] + scale * moved).astype(np.float32), y


def subclasses(n: int, noise: float, seed: int, share: float = 0.08) -> NDArray[np.int64]:
    """Return 1 for points of the outlier cluster and 0 for the others (n,) int64."""
    return _drawn(n, share, generator("outlier_cluster", n, seed))[1].astype(np.int64)


def anchors(share: float = 0.08) -> NDArray[np.float32]:
    """Return the centre of the outlier cluster and the centre of class 1 (2, 2) float32."""
    return CENTRES[[2, 1]].astype(np.float32)


def _drawn(n: int, share: float, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return labels, and which points of class 0 lie far off: round(share * n), at least one."""
    y = balanced(n, 2, rng)
    far = np.zeros(n, dtype=bool)
    far[np.flatnonzero(y == 0)[: max(1, round(share * n))]] = True
    return y, far
