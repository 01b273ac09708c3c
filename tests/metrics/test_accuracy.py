import numpy as np

from explorer.metrics.accuracy import accuracy, agreement


def test_accuracy_counts_hits():
    logits = np.array([[2.0, 1.0], [0.0, 1.0], [5.0, 4.0], [0.0, 9.0]])
    assert accuracy(logits, [0, 1, 1, 1]) == 0.75


def test_accuracy_over_no_points_is_not_defined():
    assert np.isnan(accuracy(np.zeros((0, 2)), np.zeros(0, dtype=int)))
    assert np.isnan(accuracy(np.zeros((5, 0, 2)), np.zeros(0, dtype=int))).all()


def test_accuracy_of_a_stack_is_one_number_a_model():
    logits = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
    np.testing.assert_array_equal(accuracy(logits, [0]), [1, 0])


def test_agreement_ignores_who_is_right():
    one = np.array([[2.0, 1.0], [2.0, 1.0]])
    other = np.array([[9.0, 1.0], [1.0, 2.0]])
    assert agreement(one, other) == 0.5
    assert np.isnan(agreement(np.zeros((0, 2)), np.zeros((0, 2))))
