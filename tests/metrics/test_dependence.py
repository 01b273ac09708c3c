import math

import numpy as np
import pytest
import torch

from explorer.methods._shared import hsic as torch_hsic
from explorer.metrics.dependence import (
    dependence,
    gaussian,
    hsic,
    hsic_unbiased,
    median_width,
    nhsic,
    probes,
    sensitivity,
    squares,
    sweep,
)


def test_hsic_is_zero_where_every_pair_of_values_is_as_frequent():
    u, v = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert hsic(gaussian(u), gaussian(v)) == pytest.approx(0, abs=1e-15)


def test_hsic_of_two_points_in_closed_form():
    # With off-diagonal kernels a and b it is (1 - a) (1 - b).
    a, b = math.exp(-0.5), math.exp(-2.0)
    assert hsic(gaussian([0, 1], 1.0), gaussian([0, 1], 0.5)) == pytest.approx((1 - a) * (1 - b))


def test_the_unbiased_form_agrees_with_the_mean_over_quadruples():
    """Song et al.: the mean over all (i, j, q, r), all different, of K_ij L_ij + K_ij L_qr - 2 K_ij L_iq."""
    rng = np.random.default_rng(0)
    k, h = gaussian(rng.normal(size=6)), gaussian(rng.normal(size=(6, 2)))
    rows = [
        (i, j, q, r) for i in range(6) for j in range(6) for q in range(6) for r in range(6) if len({i, j, q, r}) == 4
    ]
    by_hand = np.mean([k[i, j] * h[i, j] + k[i, j] * h[q, r] - 2 * k[i, j] * h[i, q] for i, j, q, r in rows])
    assert hsic_unbiased(k, h) == pytest.approx(by_hand)


def test_the_unbiased_form_is_zero_on_average_under_independence():
    rng = np.random.default_rng(0)
    found = [hsic_unbiased(gaussian(rng.normal(size=12)), gaussian(rng.normal(size=12))) for _ in range(400)]
    assert abs(np.mean(found)) < 3 * np.std(found) / 20
    assert min(found) < 0 < max(found)


def test_the_unbiased_form_needs_four_rows():
    assert math.isnan(hsic_unbiased(gaussian([1, 2, 3]), gaussian([1, 2, 3])))


def test_torch_and_numpy_agree():
    rng = np.random.default_rng(0)
    u, v = rng.normal(size=(30, 2)), rng.normal(size=(30, 1))
    one, two = (torch_hsic.gaussian(torch.from_numpy(w), torch_hsic.median_width(torch.from_numpy(w))) for w in (u, v))
    assert float(torch_hsic.hsic(one, two)) == pytest.approx(hsic(gaussian(u), gaussian(v)), rel=1e-2)
    exact = hsic(gaussian(u, 0.7), gaussian(v, 1.3))
    same = torch_hsic.hsic(torch_hsic.gaussian(torch.from_numpy(u), 0.7), torch_hsic.gaussian(torch.from_numpy(v), 1.3))
    assert float(same) == pytest.approx(exact, rel=1e-12)


def test_a_thing_depends_on_itself_as_much_as_can_be():
    k = gaussian(np.random.default_rng(0).normal(size=20))
    assert nhsic(k, k) == pytest.approx(1)


def test_a_constant_is_not_defined():
    found = dependence(np.ones(20), np.arange(20.0), np.random.default_rng(0))
    assert all(math.isnan(value) for value in (found.nhsic, *found.null, found.p_value))


def test_the_width_is_the_median_distance():
    assert median_width(squares([0, 3, 7])) == 4
    assert median_width(squares([2, 2, 2])) == 1


def test_a_trend_stands_out_of_the_null_and_chance_does_not():
    rng = np.random.default_rng(0)
    value = rng.uniform(size=120)
    trend = dependence(value + 0.1 * rng.normal(size=120), value, rng)
    chance = dependence(rng.normal(size=120), value, rng)
    assert trend.nhsic > 3 * trend.null[1] and trend.p_value == pytest.approx(1 / 201)
    assert chance.null[0] <= chance.nhsic <= chance.null[1] and chance.p_value > 0.05


def test_p_values_under_independence_are_spread_evenly(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.metrics.dependence.PERMUTATIONS", 19)
    rng = np.random.default_rng(1)
    found = [dependence(rng.normal(size=15), rng.normal(size=15), rng).p_value for _ in range(400)]
    assert np.mean(np.array(found) <= 0.25) == pytest.approx(0.25, abs=0.07)


def test_probes_change_the_erased_column_only():
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    points, values = probes(x, 1, [9.0, 8.0], 50, np.random.default_rng(0))
    assert set(points[:, 0]) == {1.0, 3.0} and set(values) == {8.0, 9.0}
    assert np.array_equal(points[:, 1], values)
    assert x[0, 1] == 2.0


def test_sensitivity_is_the_mean_range():
    # Rows move from p = 1/2 to 3/4, and not at all.
    z = math.log(3)
    logits = np.array([[[0, 0], [z, 0]], [[1, 1], [1, 1]]])
    assert sensitivity(logits) == pytest.approx(0.125)
    assert math.isnan(sensitivity(np.zeros((0, 3, 2))))


def test_sensitivity_looks_at_the_class_that_moves_most():
    logits = np.log([[[0.2, 0.3, 0.5], [0.2, 0.6, 0.2]]])
    assert sensitivity(logits) == pytest.approx(0.3)


def test_a_sweep_puts_every_value_into_every_row():
    found = sweep([[1, 2], [3, 4]], 0, [7, 8, 9])
    assert found[:, :, 0].tolist() == [[7, 8, 9]] * 2
    assert found[:, :, 1].tolist() == [[2] * 3, [4] * 3]
