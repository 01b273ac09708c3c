"""KLoM, the NeurIPS 2023 forgetting quality and the Unlearning Comparator's privacy score."""

from importlib import import_module

import numpy as np
import pytest
from scipy.stats import entropy as scipy_divergence

from explorer.metrics.forgetting_quality import epsilons, forgetting_quality, h
from explorer.metrics.klom import klom, summary
from explorer.metrics.privacy_score import log_odds, passes_grid, privacy_score

MODULE = import_module("explorer.metrics.privacy_score")  # the package has a function of that name
RNG = np.random.default_rng(0)


def test_klom_of_the_same_models_is_0():
    margins = RNG.normal(size=(50, 7))
    np.testing.assert_allclose(klom(margins, margins), 0, atol=1e-12)


def test_klom_agrees_with_scipy_where_every_bin_is_filled():
    one, two = RNG.normal(0.3, 1, (5000, 1)), RNG.uniform(-6, 6, (5000, 1))
    ends = min(one.min(), two.min()), max(one.max(), two.max())
    expected = scipy_divergence(np.histogram(one, 20, range=ends)[0], np.histogram(two, 20, range=ends)[0])
    assert klom(one, two)[0] == pytest.approx(expected, rel=1e-6)


def test_klom_keeps_the_largest_value():
    # all unlearned margins are the maximum: dropped, the histogram would be empty and the divergence 0
    assert klom(np.ones((10, 1)), np.zeros((10, 1)))[0] == pytest.approx(np.log(1 / 1e-5))


def test_klom_of_constant_margins_is_0_and_the_order_of_models_does_not_matter():
    assert klom(np.ones((4, 2)), np.ones((6, 2))).tolist() == [0, 0]
    one, two, order = RNG.normal(size=(30, 3)), RNG.normal(size=(30, 3)), RNG.permutation(30)
    np.testing.assert_allclose(klom(one[order], two), klom(one, two), rtol=1e-12)


def test_klom_summary():
    assert summary([0.0, 1.0]) == {"mean": 0.5, "p95": pytest.approx(0.95)}
    assert np.isnan(summary([])["mean"])


def test_epsilons_worked_out_by_hand():
    found = epsilons(np.array([0.1]), np.array([0.4]))[0]
    assert found == pytest.approx(max(np.log((1 - 1e-5 - 0.1) / 0.4), np.log((1 - 1e-5 - 0.4) / 0.1)))


def test_bins_of_the_challenge():
    np.testing.assert_allclose(
        h([0, 0.49, 0.5, 1.0, 5.99, 6.0, 60, np.inf]), [1, 1, 1 / 2, 1 / 4, 2**-11] + [2**-12] * 3
    )


def test_models_that_can_be_told_apart_have_infinite_epsilon_at_any_number():
    found = forgetting_quality(np.array([[2.0], [3.0]]), np.array([[0.0], [1.0]]))
    assert found.epsilon.tolist() == [np.inf]
    assert (found.infinite, found.models) == (1.0, (2, 2))
    assert found.quality == 2**-12


def test_the_direction_in_which_they_differ_does_not_matter():
    one, two = RNG.normal(1, 1, (32, 5)), RNG.normal(0, 1, (32, 5))
    np.testing.assert_allclose(forgetting_quality(-one, -two).epsilon, forgetting_quality(one, two).epsilon)


def test_the_same_models_cannot_be_told_apart():
    same = RNG.normal(size=(64, 20))
    found = forgetting_quality(same, same)
    np.testing.assert_allclose(found.epsilon, 0, atol=1e-12)
    assert found.quality == 1


def test_models_from_one_distribution_score_higher_than_shifted_ones_and_finite_epsilons_stay_under_the_cap():
    null = forgetting_quality(RNG.normal(size=(64, 200)), RNG.normal(size=(64, 200)))
    apart = forgetting_quality(RNG.normal(1.5, 1, (64, 200)), RNG.normal(size=(64, 200)))
    assert null.quality > 2 * apart.quality
    finite = np.concatenate([found.epsilon[np.isfinite(found.epsilon)] for found in (null, apart)])
    assert finite.max() <= null.cap


def test_forgetting_quality_does_not_depend_on_the_order_of_models_or_of_points():
    one, two = RNG.normal(0.5, 1, (32, 9)), RNG.normal(0, 1, (48, 9))
    found, points = forgetting_quality(one, two), RNG.permutation(9)
    mixed = forgetting_quality(one[RNG.permutation(32)], two[RNG.permutation(48)])
    np.testing.assert_allclose(mixed.epsilon, found.epsilon, rtol=1e-9)
    assert mixed.quality == pytest.approx(found.quality)
    moved = forgetting_quality(one[:, points], two[:, points])
    np.testing.assert_allclose(moved.epsilon, found.epsilon[points], rtol=1e-9)
    assert moved.quality == pytest.approx(found.quality)


def test_a_point_whose_attacks_are_all_discarded_counts_as_epsilon_0():
    found = forgetting_quality(np.zeros((4, 1)), np.zeros((4, 1)))
    assert found.epsilon.tolist() == [0]
    assert found.discarded == 1


def test_the_final_score_multiplies_the_ratios_of_accuracy():
    same = RNG.normal(size=(8, 3))
    assert forgetting_quality(same, same).final(retain_ratio=0.9, test_ratio=0.8) == pytest.approx(0.72)


def test_log_odds_agree_with_the_formula_and_do_not_saturate():
    assert log_odds(np.log([[0.7, 0.2, 0.1]]))[0] == pytest.approx(np.log(0.7 / 0.3))
    assert log_odds([[80.0, 0.0]])[0] == pytest.approx(80)


def test_privacy_score_is_1_for_the_same_outputs_and_0_for_separated_ones():
    logits = RNG.normal(0, 2, (100, 4))
    assert privacy_score(logits, logits) == 1
    assert privacy_score(np.tile([30.0, 0, 0, 0], (50, 1)), np.zeros((50, 4))) == 0


def test_privacy_score_worked_out_by_hand():
    # log-odds 5 against 0; 30 of 40 unlearned and 10 of 40 retrained points are sure: FPR = FNR = 1/4
    sure, unsure = [5.0, 0.0], [0.0, 0.0]
    unlearned, retrained = np.array([sure] * 30 + [unsure] * 10), np.array([sure] * 10 + [unsure] * 30)
    assert privacy_score(unlearned, retrained) == pytest.approx(2 ** -np.log((1 - 1e-5 - 0.25) / 0.25), rel=1e-9)


def test_privacy_score_of_halves_of_one_model_is_high_but_not_1():
    logits = RNG.normal(0, 2, (200, 10))
    assert 0.5 < privacy_score(logits[:100], logits[100:]) < 1


def test_privacy_score_sees_beyond_the_released_grid_with_the_joint_range(monkeypatch: pytest.MonkeyPatch):
    # entropies of 3.4 and 4.6 nats at temperature 2 are both clipped to 2.5; log-odds both lie below -2.5
    few, many = np.full((40, 100), -400.0), np.zeros((40, 100))
    few[:, :30] = 0.0
    assert privacy_score(few, many) == 0
    monkeypatch.setattr(MODULE, "passes_grid", lambda classes: False)
    assert privacy_score(few, many) == 1


def test_the_joint_range_is_used_from_13_classes_on(monkeypatch: pytest.MonkeyPatch):
    released, joint = [False] * 3, [True] * 2
    assert [passes_grid(classes) for classes in (2, 10, 12, 13, 100)] == released + joint  # e^2.5 = 12.2
    pairs = [RNG.normal(size=(2, 30, classes)) for classes in (12, 13)]
    chosen = [privacy_score(*pair) for pair in pairs]
    for passes in (False, True):
        monkeypatch.setattr(MODULE, "passes_grid", lambda classes, passes=passes: passes)
        said = [privacy_score(*pair) for pair in pairs]
        assert [one == two for one, two in zip(chosen, said, strict=True)] == [not passes, passes]


@pytest.mark.parametrize("classes", [4, 20])
def test_privacy_score_does_not_depend_on_the_order_of_points_or_of_classes(classes: int):
    one, two = RNG.normal(0, 1.4, (40, classes)), RNG.normal(0, 1, (30, classes))
    expected, mixed = privacy_score(one, two), RNG.permutation(classes)
    assert 0 < expected < 1
    assert privacy_score(one[RNG.permutation(40)], two[RNG.permutation(30)]) == pytest.approx(expected, rel=1e-12)
    assert privacy_score(one[:, mixed], two[:, mixed]) == pytest.approx(expected, rel=1e-12)


def test_privacy_score_over_no_points_is_not_defined():
    assert np.isnan(privacy_score(np.zeros((0, 3)), np.zeros((4, 3))))
