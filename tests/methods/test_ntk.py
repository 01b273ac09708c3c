"""NTK forgetting: on a linear model the jump is the difference of two ridge solutions."""

import copy

import torch
from torch.nn.functional import one_hot

from explorer import draws
from explorer.contract.cases import make
from explorer.methods import ntk
from explorer.methods.ntk import METHOD, Knobs, linear_weights
from explorer.models import flat
from tests.methods._hand import close, heads_after, linear, request


def ridge(x: torch.Tensor, target: torch.Tensor, decay: float) -> torch.Tensor:
    """Return argmin |X w - target|^2 + n decay |w|^2, from the normal equations."""
    return torch.linalg.solve(x.T @ x + len(x) * decay * torch.eye(x.shape[1]), x.T @ target)


def test_on_a_linear_model_it_is_the_difference_of_two_ridge_solutions():
    points = [((0.5, 1.0), 0), ((-1.0, 2.0), 1), ((1.5, -0.5), 0), ((0.3, 0.2), 1), ((-0.7, -1.1), 0)]
    model = linear([[0.4, -0.3], [0.1, 0.2]], [0.05, -0.2])
    ((weight, bias),) = heads_after(METHOD, model, request(points[:2], points[2:]), Knobs(decay=0.1, scale=1.0))
    x = torch.tensor([[*place, 1.0] for place, _ in points])  # the last column is the bias
    y = torch.tensor([label for _, label in points])
    error = (torch.cat([model.head.weight, model.head.bias[:, None]], dim=1) @ x.T).softmax(dim=0).T - one_hot(y)
    jump = (ridge(x[2:], -error[2:], 0.1) - ridge(x, -error, 0.1)).T
    assert torch.allclose(weight, model.head.weight + jump[:, :2], atol=1e-5)
    assert torch.allclose(bias, model.head.bias + jump[:, 2], atol=1e-5)


def test_one_point_by_hand():
    # G^T G = |x|^2 + 1 = 2 for each class, N wd = 1/2, p - y = (-1/2, 1/2): w = 1/2 / 2.5 x, and nothing is left.
    found = linear_weights(torch.tensor([[[1.0, 1.0, 0, 0], [0, 0, 1, 1]]]), torch.tensor([[-0.5, 0.5]]), 0.5)
    assert close(found, [0.2, 0.2, -0.2, -0.2])


def test_the_factor_makes_the_jump_longer():
    case = make("forget")
    moved = []
    for scale in (1.0, 4.0):
        (model,) = METHOD.unlearn(case.original, case.request, Knobs(scale=scale), draws.generator(0))
        moved.append(flat(model) - flat(case.original))
    assert torch.allclose(moved[1], 4 * moved[0], atol=1e-5)


def test_no_more_rows_are_formed_than_allowed(monkeypatch):
    monkeypatch.setattr(ntk, "ROWS", 20)
    sizes = []
    real = linear_weights
    monkeypatch.setattr(ntk, "linear_weights", lambda j, e, decay: (sizes.append(len(j)), real(j, e, decay))[1])
    case = make("forget")
    for seed in (0, 0, 1):
        (model,) = METHOD.unlearn(copy.deepcopy(case.original), case.request, Knobs(), draws.generator(seed))
        sizes.append(float(flat(model).sum()))
    kept, all_, first, _, _, again, _, _, other = sizes
    assert all_ == 10 and kept < 10
    assert first == again != other
