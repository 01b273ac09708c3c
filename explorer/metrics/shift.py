"""Measure how much a correction shifts the data, and whether it strikes evenly.

A correction of rows drawn at random changes the data alike everywhere. One that strikes a region or a class does not,
and a method that reckons with small even changes then fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.dependence import gaussian, median_width, nhsic, squares
from explorer.metrics.outputs import Numbers
from explorer.metrics.roc import auc
from explorer.records import Split

MOST = 1000  # rows that kernels are built over
NEIGHBOURS = 15
FOLDS = 5


@dataclass(frozen=True)
class Shift:
    """How strong a shift is; every number is larger for a stronger one, and NaN where it is not defined.

    Attributes:
        class_priors: total variation distance between the shares of the classes, in [0, 1].
        flag_on_x: nHSIC of being affected and the inputs, in [0, 1]: 0 = struck evenly.
        classifier_auc: how well rows before and after are told apart, in [0, 1]: .5 = not at all.
        mmd: squared distance of the two distributions of (x, y) in the kernel's space, at least 0.
    """

    class_priors: float
    flag_on_x: float
    classifier_auc: float
    mmd: float


def shift(before: Split, after: Split, affected: ArrayLike, classes: int, rng: np.random.Generator) -> Shift:
    """Measure the shift from one training set to another.

    Args:
        before: (n) rows as the original saw them.
        after: the same rows as they should be.
        affected: (n,) bool.
        classes: how many there are.
        rng: draws rows where there are many.
    """
    flag = np.asarray(affected, dtype=bool)
    here = rng.permutation(len(flag))[:MOST]
    scale = before.x.std(axis=0)
    one, two = (_rows(part, scale, classes) for part in (before, after))
    return Shift(
        class_priors=total_variation(before.y, after.y, classes),
        flag_on_x=flag_dependence(flag[here], before.x[here] / _positive(scale)),
        classifier_auc=classifier_auc(one[here], here, two[here], here),
        mmd=mmd(one[here], two[here]),
    )


def total_variation(labels: ArrayLike, others: ArrayLike, classes: int) -> float:
    """Return half the sum of the differences between the shares of the classes, in [0, 1]; NaN where there are none."""
    counts = [np.bincount(np.asarray(y, dtype=np.int64), minlength=classes) for y in (labels, others)]
    if not all(count.any() for count in counts):
        return float("nan")
    one, two = (count / count.sum() for count in counts)
    return float(np.abs(one - two).sum() / 2)


def flag_dependence(flag: ArrayLike, x: ArrayLike) -> float:
    """Return nHSIC of a flag (n,) and inputs (n, d), with the linear kernel on the flag; NaN where all are alike."""
    of_flag = np.asarray(flag, dtype=np.float64)
    return nhsic(np.outer(of_flag, of_flag), gaussian(x))


def mmd(one: ArrayLike, other: ArrayLike) -> float:
    """Return the biased squared maximum mean discrepancy between rows (a, d) and (b, d), at least 0.

    The kernel is Gaussian, as wide as the median distance between rows of both.
    """
    both = np.concatenate([np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)])
    squared, a = squares(both), len(np.asarray(one))
    kernel = gaussian(both, median_width(squared))
    return float(kernel[:a, :a].mean() + kernel[a:, a:].mean() - 2 * kernel[:a, a:].mean())


def classifier_auc(one: Numbers, rows: NDArray[np.int64], other: Numbers, other_rows: NDArray[np.int64]) -> float:
    """Return how well a classifier of nearest neighbours tells two sets of rows apart, on rows it was not fitted to.

    Both copies of a row that is in both sets fall into one fold, so a row is never judged by its own copy.

    Args:
        one: (a, d).
        rows: (a,) number of each row.
        other: (b, d).
        other_rows: (b,) number of each row.

    Returns:
        AUC in [0, 1]; .5 = cannot be told apart.
    """
    from sklearn.neighbors import KNeighborsClassifier  # pyright: ignore[reportMissingTypeStubs]  # it has none

    points, fold = np.concatenate([one, other]), np.concatenate([rows, other_rows]) % FOLDS
    second = np.arange(len(points)) >= len(one)
    score = np.full(len(points), np.nan)
    for part in range(FOLDS):
        here = fold == part
        if here.any() and 0 < second[~here].sum() < (~here).sum():
            neighbours: Any = KNeighborsClassifier(min(NEIGHBOURS, int((~here).sum())))
            score[here] = neighbours.fit(points[~here], second[~here]).predict_proba(points[here])[:, 1]
    scored = np.isfinite(score)
    if not 0 < second[scored].sum() < scored.sum():
        return float("nan")
    return float(auc(score[scored], second[scored]))


def _rows(part: Split, scale: Numbers, classes: int) -> Numbers:
    """Return inputs, of spread 1 a column, and labels one-hot, side by side."""
    inputs = (part.x / _positive(scale)).reshape(len(part), -1)
    return np.concatenate([inputs, np.eye(classes)[part.y]], axis=1)


def _positive(scale: Numbers) -> Numbers:
    return np.where(scale > 0, scale, 1.0)
