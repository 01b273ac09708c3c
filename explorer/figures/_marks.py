"""Draw many points as one trace of outlines: some thousand single markers on a poster would take seconds to appear."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

CORNERS = 8  # of a dot; small ones need no more
RING_CORNERS = 16

#: Corners, size and turn (in turns) of what stands for each class; all look equally large.
SHAPES = ((CORNERS, 1.0, 0.0), (4, 1.15, 0.125), (3, 1.35, 0.25), (4, 1.3, 0.0), (3, 1.35, -0.25))


def outlines(
    x: NDArray[np.float32], reach: ArrayLike, *, corners: int = CORNERS, turn: float = 0.0
) -> NDArray[np.float32]:
    """Return closed outlines around points, each followed by NaN.

    Args:
        x: (n, 2).
        reach: how far corners lie from a point along each axis, in the units of x.
        corners: of each outline.
        turn: where the first corner lies, in turns from the right.

    Returns:
        (n * (corners + 2), 2).
    """
    angle = 2 * np.pi * (np.arange(corners + 1) / corners + turn)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.asarray(reach)
    paths = np.concatenate([around, np.full((1, 2), np.nan)])
    return (x[:, None, :] + paths[None]).reshape(-1, 2).astype(np.float32)
