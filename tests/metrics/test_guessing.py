"""Rates of a few answers: worked out by hand, and against the coverage that an exact interval promises."""

import math

import numpy as np
import pytest

from explorer.metrics.guessing import coin, guessed, highest, rate


@pytest.mark.parametrize(("right", "share"), [(20, 1 / 2**20), (0, 1.0), (15, 21700 / 2**20), (14, 60460 / 2**20)])
def test_how_often_a_coin_does_as_well(right: int, share: float):
    assert coin(right, 20) == share


def test_the_interval_of_none_of_ten_ends_where_none_is_as_rare_as_a_fortieth():
    none = rate(0, 10)
    assert none.low == 0 and (1 - none.high) ** 10 == pytest.approx(0.025)
    every = rate(10, 10)
    assert every.high == 1 and every.low**10 == pytest.approx(0.025)


def test_an_interval_holds_the_true_rate_at_least_95_times_of_100():
    each = [rate(k, 20) for k in range(21)]
    for p in np.linspace(0.05, 0.95, 19):
        held = sum(math.comb(20, k) * p**k * (1 - p) ** (20 - k) for k in range(21) if each[k].low <= p <= each[k].high)
        assert held >= 0.95


def test_answers_are_counted_by_kind():
    one = guessed([True, True, False, False], [True, False, True, False])
    assert (one.found.hits, one.found.of, one.false.hits, one.false.of, one.right.hits) == (1, 2, 1, 2, 2)
    assert one.right.value == 0.5 and one.coin == 11 / 16


def test_an_attack_calls_its_highest_scores_members_and_nothing_undefined():
    assert highest([0.1, math.nan, 0.9, 0.5], 2).tolist() == [False, False, True, True]
    assert highest([1.0, 1.0, 1.0], 1).tolist() == [True, False, False]
