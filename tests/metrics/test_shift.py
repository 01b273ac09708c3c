import math

import numpy as np
import pytest

from explorer.metrics.dependence import gaussian, nhsic
from explorer.metrics.shift import classifier_auc, flag_dependence, mmd, shift, total_variation
from explorer.records import Split


def points(n=300, seed=0):
    rng = np.random.default_rng(seed)
    return Split(rng.normal(size=(n, 2)).astype(np.float32), np.arange(n, dtype=np.int64) % 2)


def corrected(flag):
    """Return the shift from points whose labels are wrong at `flag` to the right ones."""
    have = points()
    wrong = Split(have.x, np.where(flag, 1 - have.y, have.y))
    return shift(wrong, have, flag, 2, np.random.default_rng(2))


def test_total_variation_by_hand():
    assert total_variation([0, 0, 1, 1], [0, 1, 1, 1], 3) == 0.25
    assert total_variation([0, 0], [1, 2], 3) == 1
    assert math.isnan(total_variation([], [1], 2))


def test_a_flag_that_is_a_side_depends_on_x_and_a_random_one_does_not():
    have = points()
    side = flag_dependence(have.x[:, 0] > 0.5, have.x)
    assert side > 10 * flag_dependence(np.random.default_rng(1).random(300) < 0.3, have.x)
    assert math.isnan(flag_dependence(np.zeros(300), have.x))


def test_the_flag_has_the_linear_kernel():
    flag = np.array([1.0, 0, 0, 1, 0])
    x = np.random.default_rng(0).normal(size=(5, 2))
    # A Gaussian kernel on two values is linear but for a scale and a shift, which nHSIC does not see.
    assert flag_dependence(flag, x) == pytest.approx(nhsic(gaussian(flag, 1.0), gaussian(x)))


def test_mmd_of_single_points_in_closed_form():
    # The median distance is 3: 1 + 1 - 2 exp(-1/2).
    assert mmd([[0.0]], [[3.0]]) == pytest.approx(2 - 2 * math.exp(-0.5))
    assert mmd([[1.0], [4.0]], [[1.0], [4.0]]) == pytest.approx(0, abs=1e-12)


def test_nothing_changed_is_no_shift():
    have = points()
    found = shift(have, have, np.zeros(300, dtype=bool), 2, np.random.default_rng(0))
    assert found.class_priors == 0 and found.mmd == pytest.approx(0, abs=1e-12)
    assert found.classifier_auc == pytest.approx(0.5)
    assert math.isnan(found.flag_on_x)


def test_a_side_that_is_corrected_is_struck_less_evenly_than_a_share_at_random():
    side, even = corrected(points().x[:, 0] > 0.5), corrected(np.random.default_rng(1).random(300) < 0.3)
    assert side.flag_on_x > 5 * even.flag_on_x


def test_a_class_that_is_corrected_shows_in_the_priors():
    # 150 rows of each class; those of class 0 in the upper half were called class 1
    have = points()
    wrong = (have.y == 0) & (have.x[:, 1] > 0)
    assert corrected(wrong).class_priors == pytest.approx(wrong.sum() / 300)


def test_corrected_labels_in_a_wedge_are_seen_by_classifier_and_mmd():
    have = points()
    flag = (have.y == 1) & (have.x[:, 0] > 0)
    wrong = Split(have.x, np.where(flag, 0, have.y))
    found = shift(wrong, have, flag, 2, np.random.default_rng(0))
    assert found.classifier_auc > 0.55 and found.mmd > 0.01
    assert found.class_priors == pytest.approx(flag.mean())


def test_a_row_in_both_sets_is_not_recognised_by_itself():
    rows = np.random.default_rng(0).normal(size=(100, 2))
    number = np.arange(100)
    assert classifier_auc(rows, number, rows, number) == pytest.approx(0.5)
    assert math.isnan(classifier_auc(rows, number, rows[:0], number[:0]))
