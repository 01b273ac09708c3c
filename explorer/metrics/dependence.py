"""Measure how much a model's outputs depend on an erased feature, beside what chance alone would show.

    HSIC(u, v) = trace(K H L H) / (m - 1)^2,   H = I - 1 1^T / m,   K, L = Gaussian kernels of u and v (m rows)
    nHSIC = HSIC(u, v) / sqrt(HSIC(u, u) HSIC(v, v)), in [0, 1]

0 = independent. The width of a kernel is the median distance between rows. In a finite sample nHSIC is above 0 even
under independence. The null is nHSIC of the same values paired at random: a number within it may be chance.
Source: Gretton et al., Measuring Statistical Dependence with Hilbert-Schmidt Norms, ALT 2005; unbiased form of Song et
al., Feature Selection via Dependence Maximization, JMLR 2012.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from explorer.metrics.outputs import Numbers, softmax

PERMUTATIONS = 200
_NARROW = 1e-6


@dataclass(frozen=True)
class Dependence:
    """How much one thing depends on another.

    Attributes:
        nhsic: biased and normalised, in [0, 1]; NaN where either is constant (not defined).
        unbiased: HSIC without bias, about 0 for independence and then of either sign; NaN for fewer than 4 rows.
        null: 5 % and 95 % points of nHSIC over random pairings.
        p_value: share of the pairings (this one counted) that reach nHSIC, in (0, 1].
    """

    nhsic: float
    unbiased: float
    null: tuple[float, float]
    p_value: float


def dependence(one: ArrayLike, other: ArrayLike, rng: np.random.Generator) -> Dependence:
    """Measure how much two things that were seen together depend on each other.

    Args:
        one: (m,) or (m, d), for instance probabilities.
        other: (m,) or (m, e), for instance values of the erased feature.
        rng: draws PERMUTATIONS pairings.

    Returns:
        The dependence, all NaN where either is constant.
    """
    k, h = gaussian(one), gaussian(other)
    found, unbiased = nhsic(k, h), hsic_unbiased(k, h)
    if np.isnan(found):
        return Dependence(found, unbiased, (np.nan, np.nan), np.nan)
    pairings = [rng.permutation(len(h)) for _ in range(PERMUTATIONS)]
    chance = np.array([nhsic(k, h[np.ix_(order, order)]) for order in pairings])
    low, high = (float(level) for level in np.quantile(chance, [0.05, 0.95]))
    p_value = float((1 + (chance >= found).sum()) / (1 + PERMUTATIONS))
    return Dependence(found, unbiased, (low, high), p_value)


def nhsic(one: Numbers, other: Numbers) -> float:
    """Return nHSIC from two kernel matrices (m, m), in [0, 1]; NaN where a kernel is constant."""
    scale = np.sqrt(max(hsic(one, one), 0.0) * max(hsic(other, other), 0.0))
    return float(hsic(one, other) / scale) if scale > np.finfo(float).eps else float("nan")


def hsic(one: Numbers, other: Numbers) -> float:
    """Return the biased HSIC from two kernel matrices (m, m); not negative but for rounding, 0 = independent."""
    centred = one - one.mean(axis=0) - one.mean(axis=1, keepdims=True) + one.mean()
    return float((centred * other).sum()) / (len(one) - 1) ** 2


def hsic_unbiased(one: Numbers, other: Numbers) -> float:
    """Return the unbiased HSIC from two kernel matrices (m, m); NaN for fewer than 4 rows."""
    m = len(one)
    if m < 4:
        return float("nan")
    k, h = (kernel - np.diag(np.diag(kernel)) for kernel in (one, other))
    middle = k.sum() * h.sum() / ((m - 1) * (m - 2)) - 2 / (m - 2) * (k.sum(axis=0) @ h.sum(axis=1))
    return float(((k * h).sum() + middle) / (m * (m - 3)))


def gaussian(values: ArrayLike, width: float | None = None) -> Numbers:
    """Return the kernel matrix (m, m) exp(-distance^2 / 2 width^2) of rows (m,) or (m, d).

    Args:
        values: the rows.
        width: above 0; the median distance between rows if not given.
    """
    squared = squares(values)
    width = median_width(squared) if width is None else width
    return np.exp(-squared / (2 * width**2))


def squares(values: ArrayLike) -> Numbers:
    """Return the squared distances (m, m) between rows (m,) or (m, d)."""
    rows = np.asarray(values, dtype=np.float64)
    rows = rows.reshape(len(rows), -1)
    return np.square(rows[:, None] - rows[None]).sum(axis=-1)


def median_width(squared: Numbers) -> float:
    """Return the median distance between rows; the mean distance where the median is 0, and 1 where both are 0."""
    distance = np.sqrt(squared[np.triu_indices(len(squared), k=1)])
    width = float(np.median(distance)) if len(distance) else 0.0
    if width <= _NARROW and len(distance):
        width = float(distance.mean())
    return width if width > _NARROW else 1.0


def probes(
    x: ArrayLike, column: int, marginal: ArrayLike, count: int, rng: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """Return affected rows with new values in the erased column, drawn independently of the other columns.

    Args:
        x: (a, d) affected rows.
        column: which one is erased.
        marginal: (n,) values of that column over all rows, from which new ones are drawn.
        count: how many probes.
        rng: draws rows and values.

    Returns:
        Probes (count, d) and their values in the column (count,).
    """
    rows, values = np.asarray(x, dtype=np.float64), np.asarray(marginal, dtype=np.float64)
    points = rows[rng.integers(len(rows), size=count)]
    drawn = values[rng.integers(len(values), size=count)]
    points[:, column] = drawn
    return points, drawn


def sweep(x: ArrayLike, column: int, values: ArrayLike) -> Numbers:
    """Return each row (a, d) with each value (s,) in a column: (a, s, d)."""
    rows, steps = np.asarray(x, dtype=np.float64), np.asarray(values, dtype=np.float64)
    points = np.repeat(rows[:, None], len(steps), axis=1)
    points[:, :, column] = steps
    return points


def sensitivity(logits: ArrayLike) -> float:
    """Return how far the probabilities move as the erased feature sweeps its range, in [0, 1]; 0 = not at all.

    Args:
        logits: (a, s, c) of affected rows at s values of the feature, as from `sweep`.

    Returns:
        For each row the largest range (maximum minus minimum) of any class's probability; of these the mean over rows.
        NaN over no rows.
    """
    p = softmax(logits)
    if len(p) == 0:
        return float("nan")
    return float((p.max(axis=1) - p.min(axis=1)).max(axis=-1).mean())
