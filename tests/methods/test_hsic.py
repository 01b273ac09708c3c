"""The independence criterion that DUI goes down on, in closed form."""

import math

import torch

from explorer import draws
from explorer.methods._shared.hsic import centred, gaussian, hsic, looks_independent, median_width, pairings


def column(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


def test_it_is_zero_where_every_pair_of_values_is_as_frequent():
    u, v = column(0, 0, 1, 1), column(0, 1, 0, 1)
    assert abs(float(hsic(gaussian(u, 0.7), gaussian(v, 0.3)))) < 1e-7


def test_two_points_in_closed_form():
    # With off-diagonal kernels a and b it is (1 - a) (1 - b).
    a, b = math.exp(-0.5), math.exp(-2.0)
    found = hsic(gaussian(column(0, 1), 1.0), gaussian(column(0, 1), 0.5))
    assert math.isclose(float(found), (1 - a) * (1 - b), rel_tol=1e-6)


def test_a_constant_depends_on_nothing():
    u = draws.normal((20, 1), draws.generator(0)).double()
    assert abs(float(hsic(gaussian(u, 1.0), gaussian(torch.ones(20, 2).double(), 1.0)))) < 1e-15


def test_with_a_flag_it_is_the_distance_between_the_two_groups():
    """With the linear kernel on a flag it is the squared mean distance (MMD) of two groups, times a constant."""
    u = draws.normal((9, 2), draws.generator(0))
    flag = torch.tensor([1.0, 1, 1, 1, 0, 0, 0, 0, 0])
    kernel = gaussian(u, 0.8)
    one, two, across = kernel[:4, :4].mean(), kernel[4:, 4:].mean(), kernel[:4, 4:].mean()
    expected = (one + two - 2 * across) * (4 * 5 / 9) ** 2 / 8**2
    assert torch.allclose(hsic(kernel, flag[:, None] * flag), expected, rtol=1e-5)


def test_centring_is_that_of_the_textbook():
    kernel = gaussian(draws.normal((6, 1), draws.generator(0)), 1.0)
    h = torch.eye(6) - 1 / 6
    assert torch.allclose(centred(kernel), h @ kernel @ h, atol=1e-6)


def test_the_width_is_the_median_distance_not_its_square():
    assert median_width(column(0, 3, 7)) == 4.0  # distances 3, 4, 7
    assert median_width(column(2, 2, 2)) == 1.0
    assert median_width(column(0, 0, 0, 0, 6)) == 6 * 4 / 10  # more than half of the distances are 0: their mean


def test_the_width_carries_no_gradient():
    u = column(0.0, 1, 3).requires_grad_()
    gaussian(u, median_width(u)).sum().backward()
    fixed = column(0.0, 1, 3).requires_grad_()
    gaussian(fixed, 2.0).sum().backward()
    assert u.grad is not None and fixed.grad is not None and torch.equal(u.grad, fixed.grad)


def test_chance_is_told_from_dependence():
    u = draws.normal((100, 1), draws.generator(0))
    v = draws.normal((100, 1), draws.generator(1))
    kernel, other = gaussian(u, 1.0), gaussian(v, 1.0)
    near = gaussian(u + 0.5 * v, 1.0)
    assert looks_independent(kernel, other, pairings(other, draws.generator(2)))
    assert not looks_independent(kernel, near, pairings(near, draws.generator(2)))
