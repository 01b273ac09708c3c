"""Judge a few answers of yes and no: rates with exact intervals, and how often a coin would do as well.

P(coin right at least k of n times) = sum over i >= k of C(n, i) / 2^n
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

LEVEL = 0.95  # share of the intervals that hold the true rate, at least


@dataclass(frozen=True)
class Rate:
    """How often something was so.

    Attributes:
        hits: how many times.
        of: of how many.
        low: lower end of its 95 % interval, in [0, 1].
        high: upper end.
    """

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Return the rate in [0, 1], NaN of none."""
        return self.hits / self.of if self.of else math.nan


@dataclass(frozen=True)
class Guessed:
    """What some answers come to.

    Attributes:
        found: members that were called members.
        false: others that were called members.
        right: answers that were right.
        coin: how often somebody who tosses a coin is right as often or more, in [0, 1].
    """

    found: Rate
    false: Rate
    right: Rate
    coin: float


def rate(hits: int, of: int) -> Rate:
    """Return a rate with its exact 95 % interval.

    Args:
        hits: in [0, of].
        of: how many there are; with none the interval is [0, 1].

    Source: Clopper and Pearson, Biometrika 26, 1934, 404-413.
    """
    from scipy.special import betaincinv  # pyright: ignore[reportMissingTypeStubs]  # it has none

    tail = (1 - LEVEL) / 2
    low = float(betaincinv(hits, of - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, of - hits, 1 - tail)) if hits < of else 1.0
    return Rate(hits, of, low, high)


def coin(right: int, of: int) -> float:
    """Return how often a coin is right at least `right` of `of` times, in [0, 1]."""
    return sum(math.comb(of, k) for k in range(right, of + 1)) / 2**of


def guessed(called: ArrayLike, member: ArrayLike) -> Guessed:
    """Return what answers come to.

    Args:
        called: (n,) bool, whether each was called a member.
        member: (n,) bool, whether it is one.
    """
    said, true = np.asarray(called, dtype=bool), np.asarray(member, dtype=bool)
    right = int((said == true).sum())
    return Guessed(
        rate(int((said & true).sum()), int(true.sum())), rate(int((said & ~true).sum()), int((~true).sum())),
        rate(right, len(true)), coin(right, len(true)),
    )  # fmt: skip


def highest(score: ArrayLike, count: int) -> np.ndarray:
    """Return the answers (n,) bool of an attack that knows how many are members: it calls its highest scores so.

    Args:
        score: (n,) float, higher = more member-like; of equal ones the first counts. NaN is lowest.
        count: how many it calls members, in [0, n].
    """
    values = np.nan_to_num(np.asarray(score, dtype=np.float64), nan=-np.inf)
    called = np.zeros(len(values), dtype=bool)
    called[np.argsort(-values, kind="stable")[:count]] = True
    return called
