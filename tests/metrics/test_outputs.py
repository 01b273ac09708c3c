import numpy as np
import pytest

from explorer.metrics import outputs


def test_softmax_survives_huge_logits():
    np.testing.assert_allclose(outputs.softmax([[1e5, 0.0], [-1e5, -1e5]]), [[1, 0], [0.5, 0.5]])


def test_phi_of_two_classes_is_the_difference_of_logits():
    logits = np.array([[3.0, 1.0], [3.0, 1.0]], dtype=np.float32)
    np.testing.assert_allclose(outputs.phi(logits, [0, 1]), [2, -2])


def test_phi_does_not_saturate_where_float32_probabilities_do():
    assert outputs.phi(np.array([[60.0, 0.0]], dtype=np.float32), [0])[0] == pytest.approx(60.0)


def test_margin_is_the_gap_to_the_largest_other_logit():
    logits = np.array([[3.0, 1.0, 2.0], [3.0, 1.0, 2.0]])
    np.testing.assert_array_equal(outputs.margin(logits, [0, 1]), [1, -2])


def test_loss_is_minus_the_log_of_the_confidence():
    logits = np.log([[0.2, 0.3, 0.5]])
    np.testing.assert_allclose(outputs.cross_entropy(logits, [2]), [-np.log(0.5)])
    np.testing.assert_allclose(outputs.true_confidence(logits, [1]), [0.3])


def test_modified_entropy_equals_the_formula_worked_out_by_hand():
    logits = np.log([[0.2, 0.3, 0.5]])
    expected = -0.8 * np.log(0.2) - 0.3 * np.log(0.7) - 0.5 * np.log(0.5)
    np.testing.assert_allclose(outputs.modified_entropy(logits, [0]), [expected])


def test_modified_entropy_of_a_point_does_not_depend_on_its_batch():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(0, 3, (50, 4)), rng.integers(0, 4, 50)
    together = outputs.modified_entropy(logits, labels)
    alone = [outputs.modified_entropy(logits[i : i + 1], labels[i : i + 1])[0] for i in range(50)]
    np.testing.assert_array_equal(together, alone)


def test_modified_entropy_is_small_when_sure_and_right_and_large_when_sure_and_wrong():
    right, wrong = outputs.modified_entropy([[40.0, 0.0], [0.0, 40.0]], [0, 0])
    assert 0 <= right < 1e-10
    assert wrong > 30


def test_a_class_that_a_model_lacks_has_no_probability():
    np.testing.assert_allclose(outputs.softmax([[0.0, 0.0, -np.inf]]), [[0.5, 0.5, 0]])
    np.testing.assert_allclose(outputs.entropy([[0.0, 0.0, -np.inf]]), [np.log(2)])
    np.testing.assert_allclose(outputs.modified_entropy([[0.0, 0.0, -np.inf]], [0]), [np.log(2)])


def test_leading_axes_are_models():
    rng = np.random.default_rng(1)
    stack, labels = rng.normal(size=(4, 9, 3)), rng.integers(0, 3, 9)
    for number in (outputs.cross_entropy, outputs.phi, outputs.modified_entropy, outputs.true_confidence):
        np.testing.assert_array_equal(number(stack, labels)[2], number(stack[2], labels))
