"""Judge scores once, whatever attack they come from: ROC curve, AUC with interval, balanced accuracy, rates at low FPR.

Scores are directional: higher = more member-like. An AUC below one half is shown as it is and never folded to
max(a, 1 - a): folded, blind attacks average .53. Ties count half.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.outputs import Numbers

LOW_RATES = (0.01, 0.001)
LEVEL = 0.95  # share of the intervals that hold the true value
DRAWS = 200  # how often models are drawn anew


@dataclass(frozen=True)
class Roc:
    """A ROC curve at every threshold that makes a difference; equal scores move together.

    Attributes:
        fpr: (t,) ascending from 0 to 1: share of the others called members.
        tpr: (t,) ascending from 0 to 1: share of the members called members.
        threshold: (t,) descending, called a member if score >= threshold; the first is inf.
    """

    fpr: Numbers
    tpr: Numbers
    threshold: Numbers


def split(score: ArrayLike, member: ArrayLike) -> tuple[Numbers, Numbers]:
    """Return the scores of members and of the others.

    Raises:
        ValueError: if there are none of either, or a score is not a number.
    """
    values, inside = np.asarray(score, dtype=np.float64), np.asarray(member, dtype=bool)
    if values.shape != inside.shape:
        raise ValueError(f"`score` and `member` must have one shape, got {values.shape} and {inside.shape}")
    if np.isnan(values).any():
        raise ValueError(f"`score` must hold numbers, got {int(np.isnan(values).sum())} NaN")
    if inside.all() or not inside.any():
        raise ValueError(f"`member` must hold both kinds, got {int(inside.sum())} members of {inside.size}")
    return values[inside], values[~inside]


def roc(score: ArrayLike, member: ArrayLike) -> Roc:
    """Return the ROC curve of scores (n,) for membership (n,) bool."""
    members, others = split(score, member)
    cuts = np.unique(np.concatenate([members, others]))[::-1]
    tpr = 1 - np.searchsorted(np.sort(members), cuts, side="left") / len(members)
    fpr = 1 - np.searchsorted(np.sort(others), cuts, side="left") / len(others)
    return Roc(np.append(0.0, fpr), np.append(0.0, tpr), np.append(np.inf, cuts))


def auc(score: ArrayLike, member: ArrayLike) -> float:
    """Return P(score of a member > score of another), ties half, in [0, 1]; .5 = cannot tell, below = the other way.

    Args:
        score: (n,) float, higher = more member-like.
        member: (n,) bool.
    """
    members, others = split(score, member)
    return float(_placement(members, others).mean())


def auc_interval(score: ArrayLike, member: ArrayLike) -> tuple[float, float]:
    """Return the 95 % confidence interval of the AUC, for new points under the same models.

    It is DeLong's variance on the logit scale, so that the interval stays inside [0, 1]. Under perfect separation that
    variance is 0; then it is the exact binomial bound of the smaller sample.

    Args:
        score: (n,) float.
        member: (n,) bool.

    Returns:
        low, high.

    Source: DeLong, DeLong and Clarke-Pearson, 1988, Biometrics 44:837.
    """
    from statistics import NormalDist

    members, others = split(score, member)
    by_member, by_other = _placement(members, others), 1 - _placement(others, members)
    value, tail, few = float(by_member.mean()), (1 - LEVEL) / 2, min(len(members), len(others))
    if value in (0.0, 1.0):
        edge = tail ** (1 / few)
        return (edge, 1.0) if value == 1.0 else (0.0, 1.0 - edge)
    if few < 2:
        return 0.0, 1.0
    variance = by_member.var(ddof=1) / len(members) + by_other.var(ddof=1) / len(others)
    half = NormalDist().inv_cdf(1 - tail) * np.sqrt(variance) / (value * (1 - value))
    centre = np.log(value / (1 - value))
    return _sigmoid(centre - half), _sigmoid(centre + half)


def pairs_interval(
    score: ArrayLike, member: ArrayLike, half: ArrayLike, rng: np.random.Generator
) -> tuple[float, float]:
    """Return the 95 % interval of the AUC over all pairs of a model and a point, for new models on the same points.

    Pairs of one model are not independent, so whole models are drawn anew, with replacement, within each half. The
    interval lies between quantiles of the AUCs, each averaged over the halves. It covers the choice of the models only:
    the attack is not fitted again, and the points stay the same. With few models it is a little too narrow: of 32
    models, judged in halves, it held the true value in about nine cases of ten.

    Args:
        score: (k, m) of each model and point, higher = more member-like; NaN where not judged.
        member: (k, m) bool, whether the model saw the point.
        half: (k,) bool; pairs are compared within a half only. All True: one pool.
        rng: draws the models; the same state draws the same ones for every attack.

    Returns:
        low, high in [0, 1]; NaN where a half lacks either kind.

    Source: the percentile bootstrap; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13.
    """
    values, inside = np.asarray(score, dtype=np.float64), np.asarray(member, dtype=bool)
    parts = [(values[part], inside[part]) for part in _parts(half)]
    drawn = [_drawn(one, saw, _times(len(one), rng)) for one, saw in parts]
    return _quantiles(np.mean(drawn, axis=0))


def paired_difference(
    score: ArrayLike, other: ArrayLike, member: ArrayLike, half: ArrayLike, rng: np.random.Generator
) -> tuple[float, float]:
    """Return the 95 % interval of the AUC of one attack less that of another, for new points under the same models.

    Points are drawn anew, with replacement, the same for both attacks; each is drawn with all its models.

    Args:
        score: (k, m) of each model and point by the first attack, higher = more member-like; NaN where not judged.
        other: (k, m) by the second.
        member: (k, m) bool, whether the model saw the point.
        half: (k,) bool; pairs are compared within a half only. All True: one pool.
        rng: draws the points.

    Returns:
        low, high in [-1, 1]; NaN where a half lacks either kind.

    Source: the percentile bootstrap; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 13.
    """
    inside = np.asarray(member, dtype=bool)
    times = _times(inside.shape[1], rng)
    ours, theirs = (
        np.mean([_drawn(values[part].T, inside[part].T, times) for part in _parts(half)], axis=0)
        for values in (np.asarray(score, dtype=np.float64), np.asarray(other, dtype=np.float64))
    )
    return _quantiles(ours - theirs)


def _parts(half: ArrayLike) -> list[NDArray[np.bool_]]:
    first = np.asarray(half, dtype=bool)
    return [part for part in (first, ~first) if part.any()]


def _quantiles(drawn: Numbers) -> tuple[float, float]:
    defined = drawn[~np.isnan(drawn)]
    if len(defined) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def balanced_accuracy(score: ArrayLike, member: ArrayLike, rng: np.random.Generator) -> float:
    """Return the balanced accuracy of a threshold chosen on one half and reported on the other, both ways averaged.

    On the same points it would be too high, most of all with few points.

    Args:
        score: (n,) float, higher = more member-like.
        member: (n,) bool.
        rng: draws the halves.

    Returns:
        (true positive rate + true negative rate) / 2, in [0, 1]; NaN with fewer than two of either kind.
    """
    members, others = split(score, member)
    if min(len(members), len(others)) < 2:
        return float("nan")
    (members_1, members_2), (others_1, others_2) = _halves(members, rng), _halves(others, rng)
    there = _reported(members_1, others_1, members_2, others_2)
    back = _reported(members_2, others_2, members_1, others_1)
    return (there + back) / 2


def tpr_at_fpr(score: ArrayLike, member: ArrayLike, *, fpr: float) -> float:
    """Return the true positive rate at the given false positive rate.

    Args:
        score: (n,) float, higher = more member-like.
        member: (n,) bool.
        fpr: in (0, 1); the largest rate on the curve not above it is used, without interpolation.

    Returns:
        A rate in [0, 1]; NaN where there are fewer than 1 / fpr others, for then the rate cannot be seen.

    Source: Carlini et al., Membership Inference Attacks From First Principles, 2022, arXiv:2112.03570, sec. IV.
    """
    curve = roc(score, member)
    if int((~np.asarray(member, dtype=bool)).sum()) * fpr < 1 - 1e-9:
        return float("nan")
    return float(curve.tpr[curve.fpr <= fpr + 1e-12].max())


def statistics(score: ArrayLike, member: ArrayLike, rng: np.random.Generator) -> dict[str, float]:
    """Return every reported number of one attack on one model.

    Args:
        score: (n,) float, higher = more member-like.
        member: (n,) bool.
        rng: draws the halves of the balanced accuracy.

    Returns:
        auc, auc_low, auc_high (95 %), balanced_accuracy, tpr_at_1 and tpr_at_01 (at a false positive rate of 1 % and
        .1 %; NaN where too few others), members and others (how many were judged).
    """
    members, others = split(score, member)
    low, high = auc_interval(score, member)
    return {
        "auc": auc(score, member),
        "auc_low": low,
        "auc_high": high,
        "balanced_accuracy": balanced_accuracy(score, member, rng),
        "tpr_at_1": tpr_at_fpr(score, member, fpr=LOW_RATES[0]),
        "tpr_at_01": tpr_at_fpr(score, member, fpr=LOW_RATES[1]),
        "members": float(len(members)),
        "others": float(len(others)),
    }


def _times(k: int, rng: np.random.Generator) -> Numbers:
    """Return how often each of k models, or points, is in each draw (DRAWS, k)."""
    return rng.multinomial(k, np.full(k, 1 / k), size=DRAWS).astype(np.float64)


def _drawn(score: Numbers, member: NDArray[np.bool_], times: Numbers) -> Numbers:
    """Return the AUC over all pairs of (k, m) with rows drawn so often (DRAWS, k); NaN where a draw lacks a kind."""
    k, there = len(score), ~np.isnan(score)
    inside, outside = there & member, there & ~member
    members, whose, wins = score[inside], np.nonzero(inside)[0], np.zeros((k, k))
    for other in np.flatnonzero(outside.any(axis=1)):  # wins[a, b]: of model a's members over model b's others
        among = score[other, outside[other]]
        wins[:, other] = np.bincount(whose, _placement(members, among) * len(among), minlength=k)
    pairs = (times @ inside.sum(axis=1)) * (times @ outside.sum(axis=1))
    return np.divide(((times @ wins) * times).sum(axis=1), pairs, out=np.full(DRAWS, np.nan), where=pairs > 0)


def _placement(values: Numbers, among: Numbers) -> Numbers:
    """Return for each value the share of the others below it, ties half."""
    ordered = np.sort(among)
    below, not_above = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return (below + not_above) / 2 / len(ordered)


def _halves(values: Numbers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    order, middle = rng.permutation(len(values)), len(values) // 2
    return values[order[:middle]], values[order[middle:]]


def _reported(members: Numbers, others: Numbers, new_members: Numbers, new_others: Numbers) -> float:
    score = np.concatenate([members, others])
    member = np.arange(len(score)) < len(members)
    curve = roc(score, member)
    cut = curve.threshold[int(np.argmax(curve.tpr - curve.fpr))]
    return float((new_members >= cut).mean() + (new_others < cut).mean()) / 2


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
