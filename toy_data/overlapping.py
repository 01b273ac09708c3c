"""Two Gaussians that overlap, at (-1, -1) and (1, 1), with a share `flip` of all labels wrong.

A flipped point keeps its place and carries the other class's label, in training, test and held-out points alike. No
model can be right on them but by heart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toy_data._draw import balanced, generator, spread

TITLE = "Overlapping Gaussians"
RANGES: dict[str, dict] = {
    "noise": {"default": 1.0},
    "flip": {
        "default": 0.1,
        "low": 0.0,
        "high": 0.5,
        "title": "Wrong labels",
        "help": "Share of the points whose label is flipped.",
    },
}
CENTRES = np.array([[-1.0, -1.0], [1.0, 1.0]])


def make(n: int, noise: float, seed: int, flip: float = 0.1) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw n points (n, 2) float32 and their labels (n,) int64, a share of them wrong."""
    rng = generator("overlapping", n, seed)
    group, wrong = _drawn(n, flip, rng)
    return spread(CENTRES[group], noise, rng), np.where(wrong, 1 - group, group)


def flipped(n: int, noise: float, seed: int, flip: float = 0.1) -> NDArray[np.bool_]:
    """Return whose label is wrong (n,) bool: round(flip * n) points, drawn from all."""
    return _drawn(n, flip, generator("overlapping", n, seed))[1]


def anchors(flip: float = 0.1) -> NDArray[np.float32]:
    """Return a place of each class on the line between the two (2, 2) float32."""
    return np.array([[-1, 1], [1, -1]], dtype=np.float32)


def _drawn(n: int, flip: float, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    group = balanced(n, 2, rng)
    return group, rng.permutation(n) < round(flip * n)
