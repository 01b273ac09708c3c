import numpy as np
import pytest

from explorer.metrics.divergences import activation_distance, js_by_point, js_divergence


def test_js_equals_the_closed_form():
    p, q = np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]])
    expected = 0.5 * np.log(1 / 0.75) + 0.5 * (0.5 * np.log(0.5 / 0.75) + 0.5 * np.log(0.5 / 0.25))
    assert js_by_point(p, q)[0] == pytest.approx(expected)


def test_js_of_opposite_certainties_is_ln_2():
    assert js_divergence([[800.0, 0.0]], [[0.0, 800.0]]) == pytest.approx(np.log(2))


def test_js_is_not_divided_by_the_number_of_classes():
    # the released implementations of the field average over classes too: adding an unused class would shrink the number
    two = js_divergence([[2.0, 0.0]], [[0.0, 1.0]])
    with_unused = js_divergence([[2.0, 0.0, -np.inf]], [[0.0, 1.0, -np.inf]])
    assert two == pytest.approx(with_unused)


def test_activation_distance_reaches_the_square_root_of_2_and_0():
    assert activation_distance([[900.0, 0.0]], [[0.0, 900.0]]) == pytest.approx(np.sqrt(2))
    assert activation_distance([[1.0, 2.0]], [[1.0, 2.0]]) == 0


def test_activation_distance_is_a_mean_over_points():
    one, other = np.log([[0.5, 0.5], [0.8, 0.2]]), np.log([[0.5, 0.5], [0.2, 0.8]])
    assert activation_distance(one, other) == pytest.approx(0.6 * np.sqrt(2) / 2)


@pytest.mark.parametrize("number", [activation_distance, js_divergence])
def test_no_points_give_not_defined(number):
    assert np.isnan(number(np.zeros((0, 3)), np.zeros((0, 3))))


@pytest.mark.parametrize("number", [activation_distance, js_divergence])
def test_steps_and_references_broadcast(number):
    rng = np.random.default_rng(0)
    path, retrained = rng.normal(size=(5, 7, 2)), rng.normal(size=(3, 7, 2))
    table = number(path[:, None], retrained[None])
    assert table.shape == (5, 3)
    assert table[4, 1] == pytest.approx(number(path[4], retrained[1]))


@pytest.mark.parametrize("number", [activation_distance, js_divergence])
def test_the_order_of_points_does_not_matter(number):
    rng = np.random.default_rng(0)
    one, other, order = rng.normal(size=(40, 3)), rng.normal(size=(40, 3)), rng.permutation(40)
    assert number(one[order], other[order]) == pytest.approx(number(one, other))
