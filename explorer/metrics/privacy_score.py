"""Compute the worst-case privacy score of the Unlearning Comparator: one unlearned against one retrained model.

For two statistics of the forget points (entropy at temperature 2, log-odds of the largest probability), both
directions and 51 thresholds:

    epsilon = max(0, min( ln((1 - d - FPR) / FNR), ln((1 - d - FNR) / FPR) )),  d = 1e-5
    privacy score = 2^(-largest epsilon), in [0, 1]; 1 = cannot be told apart

It compares points under one pair of models. Show the number of points and retrained's own scores beside it: two halves
of one model's own points score .88 on average and .73 at worst, with 100 points each.
Source: Unlearning Comparator, 2025, arXiv:2508.12730, and its released code. Differs: with 13 classes and more, where
entropies can pass its grid of [0, 2.5] (ln 13 > 2.5), thresholds go over the joint range of both models.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from explorer.metrics.outputs import Numbers, entropy, log_softmax

DELTA = 1e-5
TEMPERATURE = 2.0
THRESHOLDS = 51
ENTROPY_RANGE = (0.0, 2.5)
CONFIDENCE_RANGE = (-2.5, 10.0)


def passes_grid(classes: int) -> bool:
    """Return whether the entropy of so many classes can pass the released grid, so that the joint range is used."""
    return bool(np.log(classes) > ENTROPY_RANGE[1])


def privacy_score(unlearned: ArrayLike, retrained: ArrayLike) -> float:
    """Return the worst-case privacy score, in [0, 1]; higher = harder to tell from retrained.

    Args:
        unlearned: (m, c) logits of the unlearned model on the forget points.
        retrained: (m', c) logits of a retrained model on them.

    Returns:
        The score; NaN over no points.
    """
    one, two = (np.asarray(logits, dtype=np.float64) for logits in (unlearned, retrained))
    if len(one) == 0 or len(two) == 0:
        return float("nan")
    joint = passes_grid(two.shape[-1])
    pairs = [
        (entropy(one / TEMPERATURE), entropy(two / TEMPERATURE), ENTROPY_RANGE),
        (log_odds(one), log_odds(two), CONFIDENCE_RANGE),
    ]
    worst = max(_worst(first, second, _ends(first, second) if joint else ends) for first, second, ends in pairs)
    return float(2.0**-worst)


def log_odds(logits: ArrayLike) -> Numbers:
    """Return log(p_max / (1 - p_max)) (...), from logits, so that it does not saturate."""
    log_p = np.sort(log_softmax(logits), axis=-1)
    rest = log_p[..., :-1]
    largest = rest.max(axis=-1, keepdims=True)
    return log_p[..., -1] - largest[..., 0] - np.log(np.exp(rest - largest).sum(axis=-1))


def _ends(one: Numbers, two: Numbers) -> tuple[float, float]:
    return float(min(one.min(), two.min())), float(max(one.max(), two.max()))


def _worst(one: Numbers, two: Numbers, ends: tuple[float, float]) -> float:
    cuts = np.linspace(*ends, THRESHOLDS)
    above_one = (np.clip(one, *ends)[None] >= cuts[:, None]).mean(axis=1)
    above_two = (np.clip(two, *ends)[None] >= cuts[:, None]).mean(axis=1)
    return max(_largest(above_two, 1 - above_one), _largest(1 - above_two, above_one))


def _largest(false_positive: Numbers, false_negative: Numbers) -> float:
    first, second = _log_ratio(false_positive, false_negative), _log_ratio(false_negative, false_positive)
    return float(np.maximum(0.0, np.minimum(first, second)).max())


def _log_ratio(first: Numbers, second: Numbers) -> Numbers:
    """Return ln((1 - d - first) / second): +inf where second is 0, -inf where nothing is left above it."""
    rest = 1 - DELTA - first
    top = np.log(rest, out=np.full(rest.shape, -np.inf), where=rest > 0)
    bottom = np.log(second, out=np.full(second.shape, -np.inf), where=second > 0)
    return np.where(rest > 0, np.where(second > 0, top - np.where(second > 0, bottom, 0.0), np.inf), -np.inf)
