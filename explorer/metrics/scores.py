"""Compute the single-model scores that papers report, as they define them, and say what each assumes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from explorer.metrics.divergences import js_divergence

KNOWN_AGAIN = 0.05  # how near to the original's forget accuracy counts as known again
_SETS = ("retain", "forget", "test")


def zrf(logits: ArrayLike, random: ArrayLike) -> float:
    """Return 1 minus the mean Jensen-Shannon divergence to a freshly initialised model, in [1 - ln 2, 1].

    It rewards randomness on the forget points, which is not what retraining leaves: read it against retrained's value,
    not against 1.

    Args:
        logits: (m, c) on the forget points.
        random: (m, c) of a model of the same architecture with fresh weights.

    Source: Chundawat et al., Can Bad Teaching Induce Forgetting?, 2023, arXiv:2205.08096. Their code divides the
    divergence by the number of classes; this is the formula, in nats.
    """
    return 1.0 - float(js_divergence(logits, random))


def tow(accuracy: Mapping[str, float], retrained: Mapping[str, float]) -> float:
    """Return the tug of war: product over the three sets of 1 - |accuracy - retrained's|, in [0, 1]; 1 = equal.

    Args:
        accuracy: "retain", "forget", "test" -> share of right answers of the model in question.
        retrained: the same of a retrained model.

    Returns:
        The product; NaN where one of the accuracies is not defined.

    Source: Zhao et al., What makes unlearning hard and what to do about it, 2024, arXiv:2406.01257.
    """
    return float(np.prod([1.0 - abs(accuracy[name] - retrained[name]) for name in _SETS]))


def weight_distance(weights: ArrayLike, paired: ArrayLike) -> float:
    """Return |w - w_paired| / |w_paired|, of flat weights (p,): 0 = the same weights.

    Only the paired retrained model (same initialisation and batches) will do: between seeds the units stand in another
    order and the number says nothing.
    """
    reference = np.asarray(paired, dtype=np.float64)
    length = float(np.linalg.norm(reference))
    return float(np.linalg.norm(np.asarray(weights, dtype=np.float64) - reference)) / length if length else float("nan")


def relearn_forget(accuracy: ArrayLike, target: float) -> float:
    """Return after how many steps of fine-tuning on the forget set its accuracy is back.

    Depends on rate and order of the fine-tuning: show the curve beside it.

    Args:
        accuracy: (t,) forget accuracy at steps 0, 1, ... of the relearning.
        target: the original's forget accuracy.

    Returns:
        The first step at which accuracy >= target - KNOWN_AGAIN; NaN if it never comes back in the steps recorded.
    """
    back = np.flatnonzero(np.asarray(accuracy) >= target - KNOWN_AGAIN)
    return float(back[0]) if len(back) else float("nan")
