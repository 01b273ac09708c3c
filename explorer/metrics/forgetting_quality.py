"""Score unlearning as the NeurIPS 2023 challenge does: how well unlearned models are told from retrained, per point.

For each point and each attack, with false positive and false negative rates over the models:

    epsilon = max( ln((1 - d - FPR) / FNR), ln((1 - d - FNR) / FPR) ),  d = 1e-5

The largest over the attacks counts. Bins of width 1/2 turn it into H = 2 / 2^n; the mean of H over the points is the
forgetting quality F, in (0, 1], 1 = cannot be told apart. The final score is F * (retain ratio) * (test ratio).

With N models a finite epsilon cannot pass about ln N, but perfect separation is infinite at any N: both are reported.
Attacks here: every threshold in both directions, and the likelihood ratio of two fitted Gaussians.
Source: Triantafillou et al., 2024, arXiv:2406.09073.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.outputs import Numbers

DELTA = 1e-5
WIDTH = 0.5
BINS = 13


@dataclass(frozen=True)
class ForgettingQuality:
    """The score with what is needed to read it.

    Attributes:
        quality: mean of H over the points, in (0, 1]; NaN over no points.
        epsilon: (m,) of each point, 0 = cannot be told apart, inf = perfectly.
        infinite: share of points with infinite epsilon.
        discarded: number of points without a usable attack; they count as epsilon 0.
        models: how many unlearned and retrained models went in.
        cap: about the largest finite epsilon that so many models can show, ln N.
    """

    quality: float
    epsilon: Numbers
    infinite: float
    discarded: int
    models: tuple[int, int]
    cap: float

    def final(self, *, retain_ratio: float, test_ratio: float) -> float:
        """Return the challenge's score: quality times accuracy on retain and test, each divided by retrained's."""
        return self.quality * retain_ratio * test_ratio


def forgetting_quality(unlearned: ArrayLike, retrained: ArrayLike) -> ForgettingQuality:
    """Return the forgetting quality of many unlearned models against many retrained ones.

    Args:
        unlearned: (k, m) one statistic (the margin phi) of each forget point under each unlearned model.
        retrained: (r, m) the same under the retrained models.
    """
    one, two = np.asarray(unlearned, dtype=np.float64), np.asarray(retrained, dtype=np.float64)
    by_point = [_epsilon(one[:, i], two[:, i]) for i in range(one.shape[1])]
    epsilon = np.array([0.0 if np.isnan(value) else value for value in by_point])
    return ForgettingQuality(
        quality=float(h(epsilon).mean()) if len(epsilon) else float("nan"),
        epsilon=epsilon,
        infinite=float(np.isinf(epsilon).mean()) if len(epsilon) else float("nan"),
        discarded=int(np.isnan(by_point).sum()),
        models=(len(one), len(two)),
        cap=float(np.log(min(len(one), len(two)))),
    )


def h(epsilon: ArrayLike) -> Numbers:
    """Return 2 / 2^n where n = 1 for epsilon in [0, 1/2), 2 in [1/2, 1), ... and 13 for 6 and above."""
    number = np.minimum(np.floor(np.asarray(epsilon, dtype=np.float64) / WIDTH) + 1, BINS)
    return 2.0 ** (1 - number)


def _epsilon(one: Numbers, two: Numbers) -> float:
    """Return the largest epsilon over the attacks on one point, NaN where all were discarded."""
    scores = np.concatenate([two, one])
    cuts = np.unique(scores)
    above_one, above_two = _above(one, cuts), _above(two, cuts)
    ratio_one, ratio_two = _likelihood_ratio(one, one, two) > 0, _likelihood_ratio(two, one, two) > 0
    false_positive = np.concatenate([above_two, 1 - above_two, [ratio_two.mean()]])
    false_negative = np.concatenate([1 - above_one, above_one, [1 - ratio_one.mean()]])
    if ((false_positive == 0) & (false_negative == 0)).any():
        return float("inf")
    both = (false_positive > 0) & (false_negative > 0)
    if not both.any():
        return float("nan")
    return max(0.0, float(epsilons(false_positive[both], false_negative[both]).max(initial=0.0)))


def epsilons(false_positive: Numbers, false_negative: Numbers) -> Numbers:
    """Return max(ln((1 - d - FPR) / FNR), ln((1 - d - FNR) / FPR)) for rates above 0; -inf where neither is defined."""
    return np.maximum(_log_ratio(false_positive, false_negative), _log_ratio(false_negative, false_positive))


def _log_ratio(first: Numbers, second: Numbers) -> Numbers:
    rest = 1 - DELTA - first
    return np.log(rest, out=np.full(rest.shape, -np.inf), where=rest > 0) - np.log(second)


def _above(values: Numbers, cuts: Numbers) -> Numbers:
    return (values[None] > cuts[:, None]).mean(axis=1)


def _likelihood_ratio(values: Numbers, one: Numbers, two: Numbers) -> NDArray[np.float64]:
    return _log_density(values, one) - _log_density(values, two)


def _log_density(values: Numbers, sample: Numbers) -> Numbers:
    spread = max(float(sample.std()), 1e-6)
    return -np.log(spread) - ((values - sample.mean()) / spread) ** 2 / 2
