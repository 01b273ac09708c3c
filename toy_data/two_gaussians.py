"""Two Gaussians with a gap: the setting of JiT's Figure 2.

    class 0: centre (-2, -1.7)    class 1: centre (2.2, 2.1)    standard deviation `noise`, by default 1

The last two rows are planted, at the same place under every seed and noise, both of class 1: row n - 2 at (0.6, 0.1),
in the gap beside the boundary, and row n - 1 at (1.25, 2.2), inside the blob. Forgetting the first moves a boundary
that is retrained, forgetting the second does not. Test and held-out points have none.

Source: Just in Time unlearning (JiT), Figure 2; the coordinates are read off the picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toy_data._draw import balanced, generator, spread

TITLE = "Two Gaussians"
RANGES: dict[str, dict] = {"n": {"default": 200}, "noise": {"default": 1.0}}
CENTRES = np.array([[-2.0, -1.7], [2.2, 2.1]])
GAP = (0.6, 0.1)
INNER = (1.25, 2.2)


def make(n: int, noise: float, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw n points (n, 2) float32, the last two planted, and their labels (n,) int64."""
    x, y = _draw(n, n - 2, noise, seed)
    planted = np.array([GAP, INNER], dtype=np.float32)
    return np.vstack([x, planted]), np.append(y, [1, 1])


def unplanted(n: int, noise: float, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw n points (n, 2) float32, none of them planted, and their labels (n,) int64."""
    return _draw(n, n, noise, seed)


def anchors() -> NDArray[np.float32]:
    """Return where *cluster* grows (2, 2) float32: class 1 from the gap, class 0 from the mirrored place."""
    middle = CENTRES.sum(axis=0)
    return np.array([middle - GAP, GAP], dtype=np.float32)


def _draw(n: int, drawn: int, noise: float, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    rng = generator("two_gaussians", n, seed)
    y = balanced(drawn, 2, rng)
    return spread(CENTRES[y], noise, rng), y
