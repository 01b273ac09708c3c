"""train_on: given starts and given batches, against autograd and torch.optim."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer import draws
from explorer.models import flat, load_flat
from explorer.models._layout import Layout, initial_weights
from explorer.models.mlp import MLP
from explorer.training import Examples, Training
from explorer.training.on_batches import train_on

LAYOUT = Layout(2, (7, 5), 3, "tanh")
RECIPE = Training(optimizer="adam", lr=0.02, weight_decay=0.0, schedule="cosine", steps=30, batch=6)


def points(dtype: torch.dtype = torch.float32) -> Examples:
    rng = draws.generator(0)
    return Examples(draws.normal((40, 2), rng).to(dtype), draws.integers(3, (40,), rng))


def starts(count: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.stack([initial_weights(LAYOUT, draws.generator(k)) for k in range(count)]).to(dtype)


def batches(count: int, shorter: bool = True) -> Tensor:
    order = draws.integers(40, (30, count, 6), draws.generator(9))
    if shorter:
        order[::4, 0, 2:] = -1
        order[1::3, -1, 5:] = -1
    return order


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_steps_are_those_of_torch_adam_on_the_points_that_are_there(schedule: str):
    data, order = points(torch.float64), batches(2)
    recipe = RECIPE.model_copy(update={"schedule": schedule})
    ours = [weights.clone() for weights in train_on(LAYOUT, data, starts(2, torch.float64), order, recipe)]
    assert len(ours) == 30
    for k, start in enumerate(starts(2, torch.float64)):
        model = MLP(2, (7, 5), 3, "tanh").double()
        load_flat(model, start)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        falls = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)
        for step in range(30):
            rows = order[step, k][order[step, k] >= 0]
            optimizer.zero_grad()
            F.cross_entropy(model(data.x[rows]), data.y[rows]).backward()
            optimizer.step()
            if schedule == "cosine":
                falls.step()
            torch.testing.assert_close(ours[step][k], flat(model), rtol=0, atol=1e-9)


def test_a_network_does_not_depend_on_its_neighbours_to_the_bit():
    order, start = batches(5), starts(5)
    *_, together = train_on(LAYOUT, points(), start, order, RECIPE)
    for k in range(5):
        *_, alone = train_on(LAYOUT, points(), start[k : k + 1], order[:, k : k + 1], RECIPE)
        assert torch.equal(together[k], alone[0])


def test_points_in_no_batch_are_never_read():
    order = batches(2)
    order[order == 0] = 1
    data = points()
    *_, one = train_on(LAYOUT, data, starts(2), order, RECIPE)
    data.x[0] = torch.nan
    *_, other = train_on(LAYOUT, data, starts(2), order, RECIPE)
    assert torch.equal(one, other)


def test_weights_can_be_trained_further_by_autograd():
    weights = next(train_on(LAYOUT, points(), starts(1), batches(1), RECIPE))[0]
    model = MLP(2, (7, 5), 3, "tanh")
    load_flat(model, weights)
    model(points().x).sum().backward()
    assert model.head.weight.grad is not None
