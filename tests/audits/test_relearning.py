"""Relearning: its steps are torch's."""

import pytest
import torch

from explorer.audits import MOMENTUM, relearn
from explorer.models import flat
from explorer.models.mlp import Options, build


def test_relearning_steps_as_torch_does(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.audits._relearn.STEPS", 5)
    torch_model = build(Options(widths=[4]), (2,), 2)
    torch_model.reset(torch.Generator().manual_seed(0))
    start = flat(torch_model)
    x = torch.randn((12, 2), generator=torch.Generator().manual_seed(1))
    y = (x[:, 0] > 0).long()
    path = relearn(torch_model, torch.stack([start, start * 2]), x, y, rate=0.03)
    assert path.shape == (2, 6, len(start))
    torch.testing.assert_close(path[:, 0], torch.stack([start, start * 2]))
    optimizer = torch.optim.SGD(torch_model.parameters(), lr=0.03, momentum=MOMENTUM)
    for step in range(1, 6):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(torch_model(x), y).backward()
        optimizer.step()
        torch.testing.assert_close(path[0, step], flat(torch_model))
