import numpy as np
import pytest

from explorer.metrics import scores

RETRAINED = {"retain": 0.9, "forget": 0.8, "test": 0.85}


def test_zrf_is_1_for_the_random_model_itself_and_1_minus_ln_2_for_its_opposite():
    random = np.array([[40.0, 0.0], [0.0, 40.0]])
    assert scores.zrf(random, random) == 1
    assert scores.zrf(-random, random) == pytest.approx(1 - np.log(2))


def test_zrf_is_a_divergence_and_not_a_cosine_of_logits():
    # the same direction of logits, yet one model is unsure and the other certain
    assert scores.zrf([[0.01, 0.0]], [[50.0, 0.0]]) < 0.85


def test_zrf_does_not_depend_on_the_order_of_points_or_of_classes():
    rng = np.random.default_rng(0)
    one, random = rng.normal(0, 3, (40, 5)), rng.normal(0, 1, (40, 5))
    points, classes, expected = rng.permutation(40), rng.permutation(5), scores.zrf(one, random)
    assert scores.zrf(one[points], random[points]) == pytest.approx(expected, abs=1e-12)
    assert scores.zrf(one[:, classes], random[:, classes]) == pytest.approx(expected, abs=1e-12)
    assert abs(scores.zrf(one[points], random) - expected) > 1e-3  # point by point, so both in one order


def test_tow_worked_out_by_hand():
    assert scores.tow({"retain": 0.8, "forget": 1.0, "test": 0.85}, RETRAINED) == pytest.approx(0.9 * 0.8 * 1.0)
    assert scores.tow(RETRAINED, RETRAINED) == 1
    assert np.isnan(scores.tow({**RETRAINED, "forget": float("nan")}, RETRAINED))


def test_weight_distance_is_relative():
    assert scores.weight_distance([0.0, 0.0], [3.0, 4.0]) == 1
    assert scores.weight_distance([3.0, 4.0], [3.0, 4.0]) == 0
    assert np.isnan(scores.weight_distance([1.0], [0.0]))


def test_relearn_forget_is_the_first_step_at_which_the_accuracy_is_back():
    assert scores.relearn_forget([0.1, 0.5, 0.96, 0.9], 1.0) == 2
    assert np.isnan(scores.relearn_forget([0.1, 0.5], 1.0))
