"""Gauss-Newton matrix, Hessian and the solvers, against autograd and dense algebra."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer import draws
from explorer.contract.networks import ConvNet, mlp
from explorer.methods._method import Meter
from explorer.methods._shared import curvature
from explorer.methods._shared.curvature import GaussNewton, conjugate_gradients, minres, roots, solve_hessian
from explorer.methods._shared.flat import Flat
from explorer.training import Examples

N = 12


def setting(classes: int = 3, net: str = "mlp", widths: tuple[int, ...] = (4,)) -> tuple[Flat, Examples, Meter]:
    model = mlp(classes, widths) if net == "mlp" else ConvNet(classes)
    model.reset(draws.generator(0))
    shape = (N, 2) if net == "mlp" else (N, 3, 8, 8)
    x = draws.normal(shape, draws.generator(1)).double()
    meter = Meter()
    return Flat(model.double().eval(), "all", meter), Examples(x, torch.arange(N) % classes), meter


def gauss_newton(flat: Flat, x: Tensor) -> Tensor:
    """Return the sum of J^T (diag p - p p^T) J, row by row, from plain autograd."""
    total = torch.zeros(len(flat.start), len(flat.start), dtype=torch.float64)
    for point in x:
        jacobian = torch.autograd.functional.jacobian(lambda v, at=point: flat.logits(v, at[None])[0], flat.start)
        p = flat.logits(flat.start, point[None])[0].softmax(dim=0)
        total += jacobian.T @ (p.diag() - p.outer(p)) @ jacobian  # type: ignore[union-attr]
    return total


def hessian(flat: Flat, data: Examples) -> Tensor:
    def loss(v: Tensor) -> Tensor:
        return F.cross_entropy(flat.logits(v, data.x), data.y, reduction="sum")

    return torch.autograd.functional.hessian(loss, flat.start)  # type: ignore[return-value]


@pytest.mark.parametrize(("net", "classes"), [("mlp", 2), ("mlp", 4), ("conv", 3)])
def test_the_rows_are_a_root_of_the_gauss_newton_matrix(net, classes):
    flat, data, _ = setting(classes, net)
    rows = roots(flat, flat.start, data.x)
    assert rows.shape == (N * (classes - 1), len(flat.start))
    assert torch.allclose(rows.T @ rows, gauss_newton(flat, data.x), atol=1e-9)


def test_the_rows_stay_finite_where_the_network_is_certain():
    flat, data, _ = setting(4)
    assert torch.isfinite(roots(flat, 1e4 * flat.start, data.x)).all()


@pytest.mark.parametrize("classes", [2, 3])
def test_for_logistic_regression_it_is_the_hessian(classes):
    flat, data, _ = setting(classes, widths=())
    assert torch.allclose(gauss_newton(flat, data.x), hessian(flat, data), atol=1e-9)


@pytest.mark.parametrize("widths", [(4,), (3,)])
def test_products_are_those_of_the_matrices(widths):
    flat, data, _ = setting(3, widths=widths)
    v = draws.normal(flat.start.shape, draws.generator(2), flat.start)
    assert torch.allclose(flat.gauss_newton_product(flat.start, data.x, v), gauss_newton(flat, data.x) @ v, atol=1e-9)
    assert torch.allclose(flat.hessian_product(flat.start, data, v), hessian(flat, data) @ v, atol=1e-9)


@pytest.mark.parametrize("way", ["fewer rows than weights", "more rows than weights", "products only"])
def test_all_three_ways_solve_the_same_equation(way, monkeypatch):
    classes, widths = (2, ()) if way == "more rows than weights" else (3, (4,))
    flat, data, _ = setting(classes, widths=widths)
    g = draws.normal(flat.start.shape, draws.generator(2), flat.start)
    matrix = gauss_newton(flat, data.x) / N + 0.2 * torch.eye(len(g))
    if way == "products only":
        monkeypatch.setattr(curvature, "DENSE", 0)
        monkeypatch.setattr(curvature, "CG_STEPS", 100)
        monkeypatch.setattr(curvature, "CG_TOLERANCE", 1e-10)
    solved = GaussNewton(flat, flat.start, data.x).solve(g, 0.2)
    assert torch.allclose(solved, torch.linalg.solve(matrix, g), atol=1e-8)


def test_the_exact_hessian_is_solved_though_it_has_negative_eigenvalues():
    flat, data, _ = setting(3)
    matrix = hessian(flat, data) / N
    low = float(torch.linalg.eigvalsh(matrix)[0])
    assert low < -1e-3
    damping = -low / 2  # the sum still has one
    g = draws.normal(flat.start.shape, draws.generator(2), flat.start)
    solved = solve_hessian(flat, flat.start, data, 1 / N, damping, g, 200)
    expected = torch.linalg.solve(matrix + damping * torch.eye(len(g)), g)
    assert torch.allclose(solved, expected, rtol=1e-3, atol=1e-4 * float(expected.abs().max()))


def test_minres_ends_after_as_many_products_as_there_are_eigenvalues():
    matrix = torch.diag(torch.tensor([3.0, -1, 3, 0.5, -1], dtype=torch.float64))
    right = torch.arange(1.0, 6, dtype=torch.float64)
    asked = []
    solved = minres(lambda v: (asked.append(1), matrix @ v)[1], right, 50, 1e-12)
    assert torch.allclose(matrix @ solved, right)
    assert len(asked) == 3


def test_conjugate_gradients_stop_at_a_zero_right_side():
    zero = torch.zeros(3)
    assert torch.equal(conjugate_gradients(lambda v: v, zero, 5, 1e-3), zero)
    assert torch.equal(minres(lambda v: v, zero, 5, 1e-3), zero)


def test_a_zero_set_has_a_zero_gradient():
    flat, data, _ = setting()
    empty = Examples(data.x[:0], data.y[:0])
    assert torch.equal(flat.gradient(flat.start, empty), torch.zeros_like(flat.start))
    assert float(flat.loss(flat.start, empty)) == 0.0
