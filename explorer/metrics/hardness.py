"""Say how hard a choice of points is to forget, from models alone, before any method runs.

Random points are the easiest: a model that never saw them gives the same answers. Memorised points, outliers and points
at the boundary are hard: retraining changes the answers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from explorer.metrics.accuracy import share
from explorer.metrics.outputs import cross_entropy, softmax

UNSURE = 0.9  # our choice: below this probability of the likeliest class a point counts as next to the boundary


def hardness(original: ArrayLike, never_saw: ArrayLike, labels: ArrayLike) -> dict[str, float]:
    """Return the two numbers of the read-out under a choice of points.

    Args:
        original: (m, c) logits of the original on the chosen points.
        never_saw: (r, m, c) logits of models that were trained without them.
        labels: (m,).

    Returns:
        near_boundary: share of the points whose likeliest class has a probability below .9 under the original;
        loss_unseen: mean cross-entropy of the points, in nats, under the models that never saw them;
        loss_gap: that minus the mean cross-entropy under the original: how much of their fit is memory.
        NaN over no points.
    """
    if len(np.asarray(labels)) == 0:
        return dict.fromkeys(("near_boundary", "loss_unseen", "loss_gap"), float("nan"))
    unseen = float(cross_entropy(never_saw, labels).mean())
    return {
        "near_boundary": float(share(softmax(original).max(axis=-1) < UNSURE)),
        "loss_unseen": unseen,
        "loss_gap": unseen - float(cross_entropy(original, labels).mean()),
    }
