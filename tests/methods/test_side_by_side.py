"""Copies trained side by side: stacked or in turn, each as if it were alone."""

import pytest
import torch
from torch import Tensor

from explorer import draws
from explorer.contract.cases import make
from explorer.methods._shared import side_by_side
from explorer.methods._shared.side_by_side import layout_like, train
from explorer.models import flat
from explorer.models._layout import Layout
from explorer.training import Training, fresh

ROWS = [torch.arange(0, 17), torch.arange(17, 26), torch.arange(26, 40)]
RECIPE = Training(optimizer="adam", lr=0.02, weight_decay=0.0, schedule="cosine", steps=25, batch=8)


def trained(net: str, which: list[int], recipe: Training = RECIPE, classes: int = 2) -> tuple[list[Tensor], list[int]]:
    case = make("forget", net, classes)
    models = [fresh(case.original, draws.generator(k)) for k in which]
    seen = list(train(models, case.request.before, [ROWS[k] for k in which], [100 + k for k in which], recipe, 8))
    return [flat(model) for model in models], seen


def test_only_a_plain_mlp_is_stacked():
    assert layout_like(make("forget", "mlp").original) == Layout(2, (8, 8), 2, "tanh")
    assert layout_like(make("forget", "conv").original) is None


@pytest.mark.parametrize(("schedule", "classes"), [("constant", 2), ("cosine", 3)])
def test_stacked_or_in_turn_the_same_batches_and_steps(schedule: str, classes: int, monkeypatch: pytest.MonkeyPatch):
    recipe = RECIPE.model_copy(update={"schedule": schedule})
    stacked, seen = trained("mlp", [0, 1, 2], recipe, classes)
    monkeypatch.setattr(side_by_side, "layout_like", lambda _: None)
    in_turn, seen_in_turn = trained("mlp", [0, 1, 2], recipe, classes)
    assert seen == seen_in_turn
    for one, other in zip(stacked, in_turn, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-4)  # after 25 steps of up to .02


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_each_becomes_what_it_would_alone_to_the_bit(net: str):
    together, _ = trained(net, [0, 1, 2])
    for k in range(3):
        ((alone,), _) = trained(net, [k])
        assert torch.equal(alone, together[k])


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_points_seen_are_counted_each_once_an_epoch(net: str):
    _, seen = trained(net, [1, 2])  # 9 points: batches of 8 and 1; 14 points: of 8 and 6
    assert seen == [16, 7] * 12 + [16]
