"""The stationary point that L-BFGS finds, against autograd and scikit-learn."""

import pytest
import torch
from torch.nn import functional as F

from explorer import draws
from explorer.models import flat, load_flat
from explorer.models.mlp import MLP
from explorer.training import Examples, Training
from explorer.training.stack import Layout, Row, train_many


def examples(n: int, classes: int, dtype: torch.dtype) -> Examples:
    """Points whose label is their larger coordinate, with noise."""
    rng = draws.generator(0)
    x = draws.normal((n, 2), rng).to(dtype)
    noise = draws.normal((n, classes), rng)
    centres = torch.tensor([[1.0, 0], [-1, 1], [-1, -1]])[:classes]
    return Examples(x, (x.float() @ centres.T + 0.7 * noise).argmax(1))


def sample_weights(n: int) -> torch.Tensor:
    weight = draws.uniform((n,), draws.generator(1)).double() + 0.2
    weight[: n // 4] = 0
    return weight


@pytest.mark.parametrize(("activation", "widths"), [("tanh", (6,)), ("gelu", (5, 4)), ("tanh", ())])
def test_the_gradient_of_the_whole_objective_vanishes(activation, widths):
    data, weight = examples(80, 3, torch.float64), sample_weights(80)
    training = Training(optimizer="lbfgs", weight_decay=0.01, steps=3000)
    weights, _ = train_many(Layout(2, widths, 3, activation), [data], [Row(1, 2, 0, weight)], training)
    model = MLP(2, widths, 3, activation).double()
    load_flat(model, weights[0])
    losses = F.cross_entropy(model(data.x), data.y, reduction="none")
    squares = torch.stack([parameter.square().sum() for parameter in model.parameters()]).sum()
    objective = (losses * weight).sum() / weight.sum() + 0.01 / 2 * squares
    gradient = torch.autograd.grad(objective, list(model.parameters()))
    assert torch.cat([part.flatten() for part in gradient]).norm() < 1.0001e-6
    assert float(objective.detach()) < float(F.cross_entropy(torch.zeros(80, 3), data.y))


def test_logistic_regression_is_that_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.linear_model")
    data, weight = examples(80, 3, torch.float64), sample_weights(80)
    training = Training(optimizer="lbfgs", weight_decay=0.01, steps=500)
    weights, _ = train_many(Layout(2, (), 3, "tanh"), [data], [Row(1, 2, 0, weight)], training)
    ours = torch.cat([weights[0][:6].view(3, 2), weights[0][6:, None]], dim=1)
    # scikit-learn does not shrink the intercept, so a column of ones takes its place; it minimises C sum + |w|^2 / 2.
    inputs = torch.cat([data.x, torch.ones(80, 1)], dim=1).numpy()
    theirs = sklearn.LogisticRegression(
        C=1 / (0.01 * float(weight.sum())), fit_intercept=False, tol=1e-10, max_iter=5000
    )
    theirs.fit(inputs, data.y.numpy(), sample_weight=weight.numpy())
    assert torch.allclose(ours, torch.from_numpy(theirs.coef_), rtol=0, atol=1e-4)


def test_rows_keep_their_start_their_path_and_the_dtype_of_the_data():
    layout, weight = Layout(2, (4,), 2, "tanh"), torch.ones(50)
    training = Training(optimizer="lbfgs", weight_decay=0.01, steps=7)
    rows = [Row(1, 2, 0, weight), Row(3, 2, 0, weight)]
    weights, records = train_many(layout, [examples(50, 2, torch.float32)], rows, training, keep_path=True)
    model = MLP(2, (4,), 2, "tanh")
    model.reset(draws.generator(3))
    assert weights.dtype == torch.float32
    assert torch.equal(records[1].path[0], flat(model))
    assert torch.equal(records[1].path[-1], weights[1])
    assert records[1].path.shape == (8, layout.size)
    assert torch.equal(records[1].batches, torch.arange(50).expand(7, 50))


def test_the_search_ends_when_it_is_there():
    training = Training(optimizer="lbfgs", weight_decay=0.1, steps=1000)
    _, (record,) = train_many(
        Layout(2, (), 2, "tanh"), [examples(50, 2, torch.float64)], [Row(1, 2, 0, torch.ones(50))], training,
        keep_path=True,
    )  # fmt: skip
    assert len(record.path) < 50
