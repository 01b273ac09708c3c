"""Measure how far apart the outputs of two models are on the same points.

None of these is 0 between two retrained models: read each beside the retrained-to-retrained floor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.outputs import Each, softmax


def activation_distance(logits: ArrayLike, others: ArrayLike) -> Each:
    """Return the mean Euclidean distance of the predicted probabilities, in [0, sqrt 2]; 0 = the same outputs.

    Args:
        logits: (..., n, c).
        others: (..., n, c), leading axes broadcast against those of `logits`.

    Returns:
        A float for one pair, (...) float64 for stacks; NaN over no points.

    Source: the "activation distance" of bad teaching and SSD (L2; SCRUB's notebook uses L1).
    """
    return _mean(np.linalg.norm(softmax(logits) - softmax(others), axis=-1))


def js_divergence(logits: ArrayLike, others: ArrayLike) -> Each:
    """Return the mean Jensen-Shannon divergence in nats: (KL(p|m) + KL(q|m)) / 2 with m = (p + q) / 2.

    It lies in [0, ln 2] and is symmetric. The code released with bad teaching, SSD and JiT divides by the number of
    classes and turns the divergence round (0.048 instead of 0.258 on one example); this one follows the formula.

    Args:
        logits: (..., n, c).
        others: (..., n, c), leading axes broadcast against those of `logits`.

    Returns:
        A float for one pair, (...) float64 for stacks; NaN over no points.
    """
    return _mean(js_by_point(softmax(logits), softmax(others)))


def js_by_point(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the Jensen-Shannon divergence of each pair of distributions (..., c), in nats, in [0, ln 2]."""
    middle = (p + q) / 2
    divergence = (_relative(p, middle) + _relative(q, middle)) / 2
    return np.clip(divergence, 0.0, np.log(2.0))  # rounding alone may leave the interval, by some 1e-17


def _relative(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = p > 0
    ratio = np.divide(p, q, out=np.ones_like(p * q), where=inside & (q > 0))
    return (p * np.log(ratio)).sum(axis=-1)


def _mean(values: NDArray[np.float64]) -> Each:
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], np.nan)[()]
    return values.mean(axis=-1)
