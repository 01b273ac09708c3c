"""Describe a point's margin over many models by a normal distribution; shared by LiRA and its kin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.attacks import Numbers

FEW = 64  # below so many models one standard deviation is shared by all points
SMALLEST = 1e-3  # of a standard deviation, in logits: a density must not become a needle


def normal(phi: Numbers, used: NDArray[np.bool_], *, shared: bool | None = None) -> tuple[Numbers, Numbers]:
    """Return mean and standard deviation of each point over the models marked for it.

    Args:
        phi: (k, n) margins.
        used: (k, n) bool.
        shared: give all points one standard deviation; None: with fewer than 64 models.

    Returns:
        mean (n,), NaN for a point without models; standard deviation (n,): the point's own, or, where it is shared, the
        root mean square of all within-point deviations.
    """
    count = used.sum(axis=0)
    total = np.where(used, phi, 0.0).sum(axis=0)
    mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    squares = np.where(used, (phi - np.nan_to_num(mean)) ** 2, 0.0).sum(axis=0)
    if not (len(phi) < FEW if shared is None else shared):
        spread = np.sqrt(np.divide(squares, count, out=np.zeros(count.shape), where=count > 0))
    else:
        free = (count - 1).clip(0).sum()  # each point's mean costs one
        spread = np.full(count.shape, np.sqrt(squares.sum() / free) if free else 0.0)
    return mean, np.maximum(spread, SMALLEST)


def log_density(phi: Numbers, mean: Numbers, spread: Numbers) -> Numbers:
    """Return the log-density of margins (j, n) under one normal distribution a point, up to a common constant."""
    return -np.log(spread) - ((phi - mean) / spread) ** 2 / 2
