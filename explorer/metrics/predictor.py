"""Judge a prediction of which forgotten points a retrained model still gets right (easy) and which not (hard)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from explorer.metrics.roc import auc


def prediction_quality(easy: ArrayLike, chance: ArrayLike, right: ArrayLike) -> dict[str, float]:
    """Return how well easy points were told from hard ones, as means over retrained models.

    Args:
        easy: (m,) bool, the prediction.
        chance: (m,) float, higher = more likely to be easy.
        right: (r, m) bool, whether each retrained model gives the point its label.

    Returns:
        balanced_accuracy: mean of the shares of easy and of hard points that were decided rightly; higher is better;
        auc: P(a point that is easy has a higher chance than one that is hard), ties half; higher is better;
        ceiling: the balanced accuracy of one retrained model as the prediction for another, over all pairs.
        NaN where no model has both easy and hard points.
    """
    decided, score, truths = np.asarray(easy, bool), np.asarray(chance, float), np.asarray(right, bool)
    both = [truth for truth in truths if truth.any() and not truth.all()]
    pairs = [_balanced(one, other) for i, other in enumerate(both) for k, one in enumerate(both) if i != k]
    return {
        "balanced_accuracy": _mean([_balanced(decided, truth) for truth in both]),
        "auc": _mean([auc(score, truth) for truth in both]),
        "ceiling": _mean(pairs),
    }


def _balanced(decided: np.ndarray, truth: np.ndarray) -> float:
    return float((decided[truth].mean() + (~decided[~truth]).mean()) / 2)


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
