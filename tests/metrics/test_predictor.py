"""The quality of a prediction of easy and hard points, worked out by hand."""

import numpy as np
import pytest

from explorer.metrics import prediction_quality

EASY = [True, True, False, False]
CHANCE = [0.9, 0.6, 0.4, 0.1]


def test_quality_by_hand():
    # First model: two of three easy points found, (2/3 + 1) / 2. Second: one of two, (1/2 + 1/2) / 2.
    found = prediction_quality(EASY, CHANCE, [[True, True, True, False], [True, False, True, False]])
    assert found["balanced_accuracy"] == pytest.approx((5 / 6 + 1 / 2) / 2)
    # Pairs (easy, hard) in order: 3 of 3, then .9 > .6, .9 > .1, .4 < .6, .4 > .1: 3 of 4.
    assert found["auc"] == pytest.approx((1 + 3 / 4) / 2)
    # One for the other: 2nd for 1st (2/3 + 1) / 2, 1st for 2nd (1 + 1/2) / 2.
    assert found["ceiling"] == pytest.approx((5 / 6 + 3 / 4) / 2)


def test_models_that_get_all_right_or_all_wrong_cannot_judge():
    found = prediction_quality(EASY, CHANCE, [[True] * 4, [False] * 4])
    assert np.isnan(list(found.values())).all()


def test_a_perfect_prediction_scores_one():
    found = prediction_quality(EASY, CHANCE, [EASY, EASY])
    assert found == {"balanced_accuracy": 1.0, "auc": 1.0, "ceiling": 1.0}
