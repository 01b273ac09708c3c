import numpy as np
import pytest
from sklearn import metrics as sklearn

from explorer.metrics.roc import (
    auc,
    auc_interval,
    balanced_accuracy,
    paired_difference,
    pairs_interval,
    roc,
    statistics,
    tpr_at_fpr,
)


def sample(shift, n=200, m=300, seed=0, decimals=None):
    rng = np.random.default_rng(seed)
    member = np.arange(n + m) < n
    score = rng.normal(size=n + m) + shift * member
    return (score if decimals is None else score.round(decimals)), member


@pytest.mark.parametrize("shift", [-1.0, 0.0, 0.7, 3.0])
@pytest.mark.parametrize("decimals", [None, 1, 0])
def test_auc_agrees_with_scikit_learn_with_and_without_ties(shift, decimals):
    score, member = sample(shift, decimals=decimals)
    assert auc(score, member) == pytest.approx(sklearn.roc_auc_score(member, score), abs=1e-12)


def test_roc_agrees_with_scikit_learn():
    score, member = sample(0.7, decimals=1)
    fpr, tpr, threshold = sklearn.roc_curve(member, score, drop_intermediate=False)
    curve = roc(score, member)
    np.testing.assert_allclose(curve.fpr, fpr, atol=1e-12)
    np.testing.assert_allclose(curve.tpr, tpr, atol=1e-12)
    np.testing.assert_array_equal(curve.threshold[1:], threshold[1:])


def test_a_perfect_attacker_and_its_mirror_are_not_folded():
    assert auc([3, 2, 1, 0], [True, True, False, False]) == 1
    assert auc([3, 2, 1, 0], [False, False, True, True]) == 0


def test_an_attacker_that_says_the_same_of_all_has_one_half():
    score, member = np.zeros(10), np.arange(10) < 4
    assert auc(score, member) == 0.5
    assert tpr_at_fpr(score, member, fpr=0.2) == 0
    assert balanced_accuracy(score, member, np.random.default_rng(0)) == 0.5


def test_the_order_of_points_does_not_matter():
    score, member = sample(0.5, decimals=1)
    order = np.random.default_rng(1).permutation(len(score))
    assert auc(score[order], member[order]) == pytest.approx(auc(score, member), abs=1e-15)
    assert auc_interval(score[order], member[order]) == pytest.approx(auc_interval(score, member))


def test_the_interval_holds_the_true_value_about_as_often_as_it_says():
    truth, held = 0.7602, 0  # P(N(1, 1) > N(0, 1))
    for seed in range(400):
        low, high = auc_interval(*sample(1.0, 40, 60, seed))
        held += low <= truth <= high
    assert 0.92 <= held / 400 <= 0.98


def test_a_perfect_separation_of_few_points_is_not_certain():
    low, high = auc_interval([2.0, 2.0, 2.0, 0.0, 0.0, 0.0], np.arange(6) < 3)
    assert low == pytest.approx(0.025 ** (1 / 3))
    assert high == 1
    assert auc_interval([0.0, 0.0, 0.0, 2.0, 2.0, 2.0], np.arange(6) < 3)[0] == 0


def stack(k=16, n=12, seed=0):
    """Return scores and membership (k, n) of models whose members score 1 higher, and halves."""
    rng = np.random.default_rng(seed)
    member = rng.random((k, n)) < 0.5
    return rng.normal(size=(k, n)) + member, member, rng.random(k) < 0.5


def test_the_interval_over_models_worked_out_by_hand(monkeypatch: pytest.MonkeyPatch):
    # two models, one pool. Drawn twice the first (members 3; others 2): AUC 1; twice the second (1; 4): 0; one each,
    # of 3 > 2, 3 < 4, 1 < 2, 1 < 4 one pair in four. Each end comes with probability 1/4, so they are the 95 % bounds.
    score, member = np.array([[3.0, 2.0], [1.0, 4.0]]), np.array([[True, False], [True, False]])
    assert pairs_interval(score, member, np.ones(2), np.random.default_rng(0)) == (0.0, 1.0)
    monkeypatch.setattr("explorer.metrics.roc.LEVEL", 0.2)
    assert pairs_interval(score, member, np.ones(2), np.random.default_rng(0)) == (0.25, 0.25)


def test_the_interval_over_models_agrees_with_models_drawn_one_by_one():
    score, member, half = stack()
    score = score.round(1)  # ties too
    score[2, 3] = score[5] = np.nan  # not judged
    rng, values = np.random.default_rng(7), []
    times = [rng.multinomial(part.sum(), np.full(part.sum(), 1 / part.sum()), size=200) for part in (half, ~half)]
    for draw in range(200):
        one = []
        for part, often in zip((half, ~half), times, strict=True):
            rows = np.repeat(np.flatnonzero(part), often[draw])
            there = ~np.isnan(score[rows])
            one.append(sklearn.roc_auc_score(member[rows][there], score[rows][there]))
        values.append(np.mean(one))
    expected = np.quantile(values, [0.025, 0.975])
    assert pairs_interval(score, member, half, np.random.default_rng(7)) == pytest.approx(tuple(expected), abs=1e-12)


def test_the_interval_over_models_is_the_same_for_the_same_generator():
    score, member, half = stack()
    one, same, other = (pairs_interval(score, member, half, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert one == same != other


def test_the_interval_over_32_models_holds_the_true_value_nearly_as_often_as_it_says():
    truth, held = 0.7602, 0  # P(N(1, 1) > N(0, 1))
    for seed in range(200):
        low, high = pairs_interval(*stack(32, 10, seed=seed), np.random.default_rng(seed))
        held += low <= truth <= high
    assert 0.83 <= held / 200 <= 0.99


def test_the_interval_of_a_difference_agrees_with_points_drawn_one_by_one():
    score, member, half = stack()
    other = (score + np.random.default_rng(1).normal(size=score.shape)).round(1)
    score[5] = other[5] = np.nan  # not judged
    values, m = [], score.shape[1]
    for often in np.random.default_rng(7).multinomial(m, np.full(m, 1 / m), size=200):
        columns = np.repeat(np.arange(m), often)
        one = []
        for part in (half, ~half):
            there = ~np.isnan(score[part][:, columns])
            seen = member[part][:, columns][there]
            aucs = [sklearn.roc_auc_score(seen, each[part][:, columns][there]) for each in (score, other)]
            one.append(aucs[0] - aucs[1])
        values.append(np.mean(one))
    expected = np.quantile(values, [0.025, 0.975])
    found = paired_difference(score, other, member, half, np.random.default_rng(7))
    assert found == pytest.approx(tuple(expected), abs=1e-12)


def test_an_attack_is_nowhere_above_itself():
    score, member, half = stack()
    assert paired_difference(score, score, member, half, np.random.default_rng(0)) == (0.0, 0.0)


def test_an_interval_over_models_of_one_kind_is_not_defined():
    score, _, half = stack()
    assert np.isnan(pairs_interval(score, np.ones(score.shape), half, np.random.default_rng(0))).all()


def test_balanced_accuracy_of_a_blind_attacker_is_one_half_on_average():
    values = [balanced_accuracy(*sample(0.0, 20, 20, seed), np.random.default_rng(seed)) for seed in range(600)]
    assert np.mean(values) == pytest.approx(0.5, abs=0.015)  # chosen and reported on the same points: about .63


def test_balanced_accuracy_of_a_perfect_attacker_is_1():
    assert balanced_accuracy(np.arange(20), np.arange(20) >= 10, np.random.default_rng(0)) >= 0.9
    assert np.isnan(balanced_accuracy([1.0, 0.0], [True, False], np.random.default_rng(0)))


def test_tpr_at_fpr_takes_the_largest_rate_not_above_without_interpolation():
    score = np.array([9, 8, 7, 6, 5, 4.0, 3, 2, 1, 0])
    member = np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 0], dtype=bool)
    assert tpr_at_fpr(score, member, fpr=0.15) == pytest.approx(1)  # 1 of 7 others is .143
    assert np.isnan(tpr_at_fpr(score, member, fpr=0.1))  # 7 others cannot show a rate of .1


def test_low_rates_need_enough_others():
    small, large = sample(1.0, 50, 99), sample(1.0, 50, 1000)
    assert np.isnan(statistics(*small, np.random.default_rng(0))["tpr_at_1"])
    found = statistics(*large, np.random.default_rng(0))
    assert np.isfinite([found["tpr_at_1"], found["tpr_at_01"]]).all()
    assert (found["members"], found["others"]) == (50, 1000)


@pytest.mark.parametrize("member", [[True, True], [False, False]])
def test_one_kind_only_is_refused(member):
    with pytest.raises(ValueError, match="both kinds"):
        auc([0.0, 1.0], member)


def test_a_score_that_is_not_a_number_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        auc([np.nan, 1.0], [True, False])
