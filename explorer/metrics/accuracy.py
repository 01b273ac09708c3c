"""Count how often a model is right, and how often two models say the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.outputs import Each, predicted


def accuracy(logits: ArrayLike, labels: ArrayLike) -> Each:
    """Return the share of points whose predicted class is the label, in [0, 1].

    Args:
        logits: (..., n, c).
        labels: (n,).

    Returns:
        A float for one model, (...) float64 for a stack; NaN where there are no points (never 0, never 1).
    """
    return share(predicted(logits) == np.asarray(labels))


def agreement(logits: ArrayLike, others: ArrayLike) -> Each:
    """Return the share of points on which two models predict the same class, in [0, 1]; NaN over no points.

    On the forget points against a retrained model this is the *forget agreement*: 1 = answers as if it had never seen
    them, right or wrong.

    Args:
        logits: (..., n, c).
        others: (..., n, c), leading axes broadcast against those of `logits`.
    """
    return share(predicted(logits) == predicted(others))


def share(true: NDArray[np.bool_]) -> Each:
    """Return the share of True along the last axis; NaN where that axis is empty."""
    if true.shape[-1] == 0:
        return np.full(true.shape[:-1], np.nan)[()]
    return true.mean(axis=-1, dtype=np.float64)
