"""Many networks that go down one loss from given weights: each as torch steps, whatever its neighbours."""

import pytest
import torch

from explorer.models import flat, load_flat
from explorer.models.mlp import Options, build, layout_like
from explorer.training.together import descend_together

X = torch.randn((45, 2), generator=torch.Generator().manual_seed(1))
Y = (X[:, 0] > 0).long() + (X[:, 1] > 1).long()


@pytest.mark.parametrize(("widths", "activation"), [([], "tanh"), ([5], "relu"), ([8, 4], "tanh"), ([6], "gelu")])
def test_each_network_steps_as_torch_does(widths: list[int], activation: str):
    model = build(Options.model_validate({"widths": widths, "activation": activation}), (2,), 3)
    model.reset(torch.Generator().manual_seed(0))
    starts = torch.stack([flat(model), flat(model) * 2])
    layout = layout_like(model)
    assert layout is not None
    path = descend_together(layout, starts, X, Y, rate=0.05, momentum=0.9, steps=6)
    assert path.shape == (2, 7, layout.size) and not path.is_inference()
    for k in range(2):
        load_flat(model, starts[k])
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        for step in range(7):
            torch.testing.assert_close(path[k, step], flat(model), rtol=1e-4, atol=1e-6)
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(X), Y).backward()
            optimizer.step()


def test_a_network_does_not_depend_on_its_neighbours():
    model = build(Options(widths=[5, 7]), (2,), 3)
    model.reset(torch.Generator().manual_seed(0))
    layout, start = layout_like(model), flat(model)
    assert layout is not None
    alone, first = (
        descend_together(layout, torch.stack([start, *others]), X, Y, rate=0.05, momentum=0.9, steps=6)[0]
        for others in ([], [start * 3, start - 1])
    )
    assert torch.equal(alone, first)
