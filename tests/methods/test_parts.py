"""Methods push images through a network in parts, and points of the plane at once."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from explorer import draws
from explorer.contract.cases import make
from explorer.contract.networks import ConvNet, mlp
from explorer.methods._shared import adversarial, parts
from explorer.methods.camu import METHOD, Knobs
from tests.methods._paths import states

Attack = Callable[[nn.Module, Tensor, Tensor], Tensor]
ATTACKS: dict[str, Attack] = {
    "one step": lambda model, x, y: adversarial.one_step(model, x, y, 0.1),
    "walk": lambda model, x, y: adversarial.walk(model, x, y, 0.1, 0.5),
    "towards": lambda model, x, y: adversarial.towards(model, x, y, 0.5, 0.1, 3, draws.generator(0)),
}


def sizes(model: nn.Module) -> list[int]:
    """Return a list to which each pass adds the number of its rows."""
    seen: list[int] = []
    model.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    return seen


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_images_looks_at_few_at_once_and_finds_the_same(name: str, monkeypatch: pytest.MonkeyPatch):
    model = ConvNet(3)
    model.reset(draws.generator(0))
    model.eval()
    x = draws.normal((10, 3, 8, 8), draws.generator(1))
    y = adversarial.predicted(model, x)  # all are right, so that all walk
    whole = ATTACKS[name](model, x, y)
    seen = sizes(model)
    monkeypatch.setattr(parts, "PART", 4)
    in_parts = ATTACKS[name](model, x, y)
    assert max(seen) == 4
    assert torch.allclose(whole, in_parts, atol=1e-5)


@pytest.mark.parametrize("name", ATTACKS)
def test_points_of_the_plane_are_attacked_at_once(name: str, monkeypatch: pytest.MonkeyPatch):
    model = mlp(3)
    model.reset(draws.generator(0))
    seen = sizes(model)
    monkeypatch.setattr(parts, "PART", 4)
    ATTACKS[name](model, draws.normal((10, 2), draws.generator(1)), torch.arange(10) % 3)
    assert seen[0] == 10


def test_camu_takes_features_of_images_in_parts_and_it_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    case, knobs = make("forget", "conv"), Knobs(epochs=1, batch=4)
    whole = states(METHOD, case.original, case.request, knobs)[-1]
    seen: list[int] = []
    case.original.blocks[0].register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    monkeypatch.setattr(parts, "PART", 4)
    in_parts = states(METHOD, case.original, case.request, knobs)[-1]
    assert max(seen) == 4
    assert all(torch.allclose(whole[name], in_parts[name], atol=1e-5) for name in whole)
