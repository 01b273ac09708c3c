"""The linear model in the unit ball: hand-worked gradients, and minima that other solvers confirm."""

import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from explorer import draws
from explorer.contract.networks import mlp
from explorer.methods._method import TensorSpace
from explorer.methods._shared.unit_ball import (
    Points,
    flat_rows,
    gradient,
    hessian,
    lifted,
    linear_head,
    minimised,
    radius,
    value,
    write,
)
from explorer.models import flat
from tests.methods._hand import linear

BOX = TensorSpace(
    torch.tensor([1.0, 0.0]), torch.tensor([2.0, 1.0]), torch.tensor([-3.0, -1.0]), torch.tensor([3.0, 2.0])
)
UNIT = TensorSpace(torch.zeros(2), torch.ones(2), -torch.ones(2), torch.ones(2))


def some(n: int = 30, classes: int = 2) -> Points:
    x = draws.uniform((n, 2), draws.generator(1)) * 2 - 1
    return lifted(x, torch.arange(n) % classes, UNIT, classes)


def test_the_radius_is_that_of_the_farthest_corner_of_the_box():
    # Standardised: the first from -2 to 1, the second from -1 to 2; the corner (-2, 2) is farthest.
    assert radius(BOX) == pytest.approx(math.sqrt(1 + 4 + 4))


def test_points_get_a_constant_and_lie_in_the_ball():
    found = lifted(torch.tensor([[2.0, 2.0], [0.0, 0.0], [30.0, 40.0]]), torch.tensor([1, 0, 1]), BOX, 2)
    assert torch.allclose(found.x[0], torch.tensor([2 / 3, 2 / 3, 1 / 3], dtype=torch.float64))
    assert torch.allclose(found.x[1], torch.tensor([0, 0, 1 / 3], dtype=torch.float64))
    assert found.x[2].norm() == pytest.approx(1.0)  # beyond the box
    assert found.sign[:, 0].tolist() == [1, -1, 1]


def test_more_classes_are_one_against_the_rest():
    assert lifted(torch.zeros(3, 2), torch.tensor([0, 1, 2]), BOX, 3).sign.tolist() == [
        [1, -1, -1], [-1, 1, -1], [-1, -1, 1],
    ]  # fmt: skip


def test_gradient_and_hessian_worked_out_by_hand():
    # At w = 0 every probability is .5: the gradient is -.5 y x + b, the Hessian x x^T / 4 + lam.
    one = Points(torch.tensor([[0.6, 0.8]]).double(), torch.tensor([[1.0]]).double())
    noise = torch.tensor([[0.1, 0.0]]).double()
    zero = torch.zeros(1, 2).double()
    assert torch.allclose(gradient(one, zero, 0.2, noise), torch.tensor([[-0.2, -0.4]]).double())
    assert torch.allclose(hessian(one, zero, 0.2)[0], torch.tensor([[0.29, 0.12], [0.12, 0.36]]).double())
    assert value(one, zero, 0.2, noise)[0] == pytest.approx(math.log(2))


@pytest.mark.parametrize("classes", [2, 3])
def test_the_gradient_and_the_hessian_are_those_of_the_objective(classes: int):
    points = some(classes=classes)
    shape = (points.sign.shape[1], 3)
    weights, noise = (draws.normal(shape, draws.generator(k)).double() for k in (2, 3))
    weights.requires_grad_(True)
    for head in range(len(weights)):
        slope = torch.autograd.grad(value(points, weights, 0.1, noise)[head], weights, create_graph=True)[0][head]
        assert torch.allclose(slope, gradient(points, weights, 0.1, noise)[head])
        rows = [torch.autograd.grad(part, weights, retain_graph=True)[0][head] for part in slope]
        assert torch.allclose(torch.stack(rows), hessian(points, weights, 0.1)[head])


@pytest.mark.parametrize("strength", [1.0, 100.0])
def test_newton_ends_where_the_gradient_is_0_however_strong_the_noise(strength: float):
    points = some()
    noise = strength * draws.normal((5, 1, 3), draws.generator(4)).double()  # five draws at once
    found, iterations = minimised(points, torch.zeros_like(noise), 1e-3, noise)
    assert float(gradient(points, found, 1e-3, noise).norm(dim=-1).max()) < 1e-10 and 0 < iterations < 100
    alone, _ = minimised(points, torch.zeros_like(noise[2]), 1e-3, noise[2])
    assert torch.allclose(found[2], alone)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_network_answers_as_the_heads(classes: int):
    points, model = some(classes=classes), mlp(classes, ())
    weights = draws.normal((points.sign.shape[1], 3), draws.generator(5)).double()
    write(model, weights, UNIT)
    x = draws.uniform((30, 2), draws.generator(1)) * 2 - 1
    logits, scores = model(x).double(), points.x @ weights.mT
    seen = logits[:, 1:] - logits[:, :1] if classes == 2 else logits
    assert torch.allclose(seen, scores, atol=1e-5)
    assert torch.equal(flat_rows(weights, UNIT), flat(model))


def test_without_noise_it_is_logistic_regression():
    x = draws.uniform((30, 2), draws.generator(1)) * 2 - 1
    y = torch.arange(30) % 2
    model = linear()
    write(model, minimised(some(), torch.zeros(1, 3).double(), 1e-2, torch.zeros(1, 3).double())[0], UNIT)
    loss = cross_entropy(model(x), y, reduction="sum")
    # In the network's own weights u = row 1 - row 0 = w / R the penalty is lam n R^2 / 2 |u|^2, shared by both rows.
    grads = torch.autograd.grad(loss, list(model.parameters()))
    rows = torch.cat([model.head.weight, model.head.bias[:, None]], dim=1)
    slope = torch.cat([grads[0], grads[1][:, None]], dim=1)
    assert torch.allclose(slope + 2 * 1e-2 * 30 * radius(UNIT) ** 2 * rows, torch.zeros(2, 3), atol=1e-4)


def test_a_network_with_hidden_layers_is_refused():
    with pytest.raises(TypeError, match="a certificate needs the linear model"):
        linear_head(mlp(2, (4,)))
