"""Fisher forgetting: the diagonal and the variances worked out by hand, and the noise that comes of them."""

import copy

import pytest
import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods import fisher as fisher_method
from explorer.methods._method import Meter
from explorer.methods._shared.flat import Flat
from explorer.methods.fisher import METHOD, Knobs, fisher, variance
from tests.methods._hand import close, linear, request


def test_the_diagonal_at_even_odds():
    # At p = 1/2 the gradient of either label is +-1/2 x, so its expected square is x^2 / 4; mean over two points.
    flat = Flat(linear(), "all", Meter())
    found = fisher(flat, torch.tensor([[1.0, 2.0], [3.0, 0.0]]))
    assert close(found, [1.25, 0.5, 1.25, 0.5, 0.25, 0.25])


def test_the_diagonal_is_the_expectation_over_the_models_own_labels():
    """One point, three classes: sum over labels y of p_y (p_k - [k = y])^2 = p_k (1 - p_k)."""
    model = linear([[0, 0], [0, 0], [0, 0]], [0.0, 1.0, 2.0])
    p = torch.tensor([0.0, 1.0, 2.0]).softmax(dim=0)
    found = fisher(Flat(model, "all", Meter()), torch.zeros(1, 2))
    assert torch.allclose(found[-3:], p * (1 - p))


def test_variances_are_cut_averaged_over_fan_in_and_louder_for_head_and_biases():
    weight = torch.tensor([[0.5, 0.25], [0.0, 0.002]])
    assert close(variance(weight, head=False), [[3, 3], [750, 750]])  # 2, 4; 1,000 (cut), 500
    assert close(variance(weight, head=True), [[30, 30], [1000, 1000]])  # 2, 4; 100, 100 (cut)
    assert close(variance(torch.tensor([0.5, 0.0]), head=False), [20, 10_000])


def test_a_kernel_is_averaged_over_its_inputs_only():
    found = variance(torch.tensor([[[[1.0]], [[0.5]]]]).expand(1, 2, 1, 3), head=False)
    assert found.shape == (1, 2, 1, 3)
    assert torch.allclose(found, torch.tensor(1.5))


def test_the_noise_has_the_variance_it_should():
    case, knobs = make("forget"), Knobs(alpha=1e-3)
    flat = Flat(copy.deepcopy(case.original), "all", Meter())
    diagonal = fisher(flat, case.request.retain.x)[:16].reshape(8, 2)  # the first layer
    expected = variance(diagonal, head=False) * 1e-3
    moved = []
    for seed in range(300):
        (model,) = METHOD.unlearn(case.original, case.request, knobs, draws.generator(seed))
        moved.append(next(model.parameters()).detach() - next(case.original.parameters()).detach())
    found = torch.stack(moved).square().mean(dim=0)
    assert ((found / expected).log().abs() < 0.4).all()
    assert float((found / expected).mean()) == pytest.approx(1, abs=0.1)


def test_fewer_points_than_there_are_may_be_looked_at(monkeypatch):
    seen = []
    monkeypatch.setattr(fisher_method, "fisher", lambda flat, x: (seen.append(x[:, 0].tolist()), flat.start * 0)[1])
    asked = request([((0, 1), 0)], [((1, 0), 0), ((2, 0), 1), ((3, 0), 1)])
    for points, seed in ((2, 0), (2, 1), (2, 2), (1000, 0)):
        list(METHOD.unlearn(linear(), asked, Knobs(points=points), draws.generator(seed)))
    assert seen[3] == [1, 2, 3]
    assert all(len(set(few)) == 2 for few in seen[:3])
    assert len({tuple(few) for few in seen[:3]}) > 1


def test_the_notebooks_noise_has_a_variance_of_a_millionth_where_the_diagonal_is_1():
    # An inner weight with a diagonal of 1 has the variance 1: alpha itself; a bias ten times as much.
    alpha = METHOD.presets["ResNet"].knobs["alpha"]
    assert alpha * variance(torch.ones(1, 1), head=False).item() == pytest.approx(1e-6)
    assert alpha * variance(torch.ones(1), head=False).item() == pytest.approx(1e-5)


def plain(flat: Flat, x: torch.Tensor, part: int) -> torch.Tensor:
    """Return the diagonal from whole Jacobians of so many points."""
    total = torch.zeros_like(flat.start)
    for some in x.split(part):
        jacobian, p = flat.jacobian(flat.start, some), flat.logits(flat.start, some).softmax(dim=1).detach()
        mean = (p[:, :, None] * jacobian).sum(dim=1, keepdim=True)
        total += (p[:, :, None] * (mean - jacobian).square()).sum(dim=(0, 1))
    return total / len(x)


def trained(net: str) -> tuple[Flat, torch.Tensor]:
    case = make("forget", net)
    return Flat(copy.deepcopy(case.original), "all", Meter()), case.request.retain.x


def test_on_the_plane_points_are_taken_128_at_a_time_to_the_bit():
    flat, _ = trained("mlp")
    x = draws.normal((300, 2), draws.generator(0))
    assert torch.equal(fisher(flat, x), plain(flat, x, 128))


@pytest.mark.parametrize("net", ["mlp", "conv"])
@pytest.mark.parametrize("rows", [1, 3])
def test_a_jacobian_never_holds_more_numbers_than_it_may(net: str, rows: int, monkeypatch: pytest.MonkeyPatch):
    flat, x = trained(net)
    expected = plain(flat, x, 128)
    held, whole = [], flat.jacobian
    monkeypatch.setattr(flat, "jacobian", lambda *given: (found := whole(*given), held.append(found.numel()))[0])
    one = flat.logits(flat.start, x[:1]).shape[1] * len(flat.start)
    monkeypatch.setattr(fisher_method, "NUMBERS", rows * one + 1)
    assert torch.allclose(fisher(flat, x), expected, rtol=1e-4, atol=1e-9)
    assert max(held) == rows * one


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_where_not_even_one_point_fits_it_goes_class_by_class(net: str, monkeypatch: pytest.MonkeyPatch):
    flat, x = trained(net)
    expected = plain(flat, x, 128)
    monkeypatch.setattr(flat, "jacobian", None)  # it is not asked for
    monkeypatch.setattr(fisher_method, "NUMBERS", len(flat.start))
    assert torch.allclose(fisher(flat, x), expected, rtol=1e-4, atol=1e-9)
