import numpy as np
import pytest

from explorer.metrics.boundary import (
    boundary_distance,
    crossings,
    displacement,
    entropy_excess,
    local_slope,
    signed_distance,
)
from explorer.records import Plane

PLANE = Plane(np.array([0, 0], np.float32), np.array([2, 1], np.float32))
SIZE = 20


def wall(at, steep=3.0):
    """Return the logits of a model whose boundary is the vertical line x1 = at."""
    x1 = PLANE.grid(SIZE)[:, 0]
    return np.stack([np.zeros(len(x1)), steep * (x1 - at)], axis=1)


def test_the_crossings_of_a_straight_boundary_lie_on_it():
    found = crossings(wall(0.73), PLANE, SIZE)
    assert len(found) == SIZE
    np.testing.assert_allclose(found[:, 0], 0.73, atol=1e-6)


def test_a_horizontal_boundary_is_found_too():
    x2 = PLANE.grid(SIZE)[:, 1]
    found = crossings(np.stack([x2 - 0.31, np.zeros(len(x2))], axis=1), PLANE, SIZE)
    np.testing.assert_allclose(found[:, 1], 0.31, atol=1e-6)


def test_a_constant_model_has_no_boundary():
    nothing = crossings(wall(9.0), PLANE, SIZE)
    assert nothing.shape == (0, 2)
    assert np.isnan(signed_distance([[0.5, 0.5]], [True], nothing)).all()
    assert np.isnan(boundary_distance(nothing, crossings(wall(1.0), PLANE, SIZE))).all()


def test_signed_distance_is_negative_where_the_model_is_wrong():
    boundary = crossings(wall(1.0), PLANE, SIZE)
    points = np.array([[0.6, 0.525], [1.5, 0.525]])
    np.testing.assert_allclose(signed_distance(points, [True, False], boundary), [0.4, -0.5], atol=1e-6)


def test_displacement_is_negative_where_the_boundary_came_nearer():
    before, after = crossings(wall(1.0), PLANE, SIZE), crossings(wall(0.8), PLANE, SIZE)
    moved = displacement([[0.6, 0.525]], [True], after, [True], before)
    np.testing.assert_allclose(moved, [-0.2], atol=1e-6)


def test_boundary_distance_of_parallel_lines_is_their_gap():
    one, two = crossings(wall(1.0), PLANE, SIZE), crossings(wall(0.7), PLANE, SIZE)
    assert boundary_distance(one, two) == pytest.approx((0.3, 0.3), abs=1e-6)
    assert boundary_distance(one, one) == (0, 0)


def test_hausdorff_sees_a_stray_island_and_the_mean_hardly_does():
    one = crossings(wall(1.0), PLANE, SIZE)
    mean, hausdorff = boundary_distance(np.concatenate([one, [[1.9, 0.5]]]), one)
    assert hausdorff == pytest.approx(0.9, abs=0.01)
    assert mean < 0.05


def test_hausdorff_agrees_with_scipy():
    from scipy.spatial.distance import directed_hausdorff

    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(30, 2)), rng.normal(size=(40, 2))
    expected = max(directed_hausdorff(one, two)[0], directed_hausdorff(two, one)[0])
    assert boundary_distance(one, two)[1] == pytest.approx(expected)


def test_local_slope_equals_the_derivative_of_the_sigmoid():
    slope = local_slope(wall(1.0), PLANE, SIZE).reshape(SIZE, SIZE)
    x1 = PLANE.grid(SIZE)[:, 0].reshape(SIZE, SIZE)
    p = 1 / (1 + np.exp(-3 * (x1 - 1)))
    inside = slice(1, -1)
    np.testing.assert_allclose(slope[:, inside], (np.sqrt(2) * 3 * p * (1 - p))[:, inside], rtol=0.02)


def test_entropy_excess_is_positive_where_only_this_model_is_unsure():
    unsure, sure = np.zeros((3, 2)), np.tile([9.0, 0.0], (4, 3, 1))
    excess = entropy_excess(unsure, sure)
    assert (excess > 0.69 - 0.01).all()


def test_the_streisand_map_is_zero_where_entropies_agree():
    rng = np.random.default_rng(0)
    sure = np.tile(rng.normal(size=(5, 3)), (4, 1, 1))
    np.testing.assert_allclose(entropy_excess(sure[0], sure), 0, atol=1e-12)
    np.testing.assert_allclose(entropy_excess(sure[0][:, ::-1], sure), 0, atol=1e-12)  # other answers, as sure of them
    np.testing.assert_allclose(entropy_excess(sure[0] + 7.0, sure), 0, atol=1e-12)


def test_the_streisand_map_compares_with_the_mean_of_the_retrained_models_entropies():
    # one of two retrained models is unsure (entropy ln 2), the other sure (0): their mean is ln 2 / 2
    retrained = np.array([[[0.0, 0.0]], [[0.0, 80.0]]])
    assert entropy_excess(np.array([[0.0, 80.0]]), retrained)[0] == pytest.approx(-np.log(2) / 2)
    assert entropy_excess(np.array([[0.0, 0.0]]), retrained)[0] == pytest.approx(np.log(2) / 2)
