"""CF-k: a step worked out by hand, and which blocks move."""

import pytest
import torch

from explorer.contract.cases import make
from explorer.methods.cf_k import METHOD, Knobs
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, states


def test_step_is_sgd_on_the_retain_set():
    asked = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
    weight, bias = heads(METHOD, linear(), asked, Knobs(lr=0.1, blocks=1, epochs=1))[0]
    assert close(weight, [[0, -0.05], [0, 0.05]])
    assert close(bias, [-0.05, 0.05])


@pytest.mark.parametrize("net", ["mlp", "conv"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_only_the_last_blocks_move(net: str, count: int):
    case = make("forget", net)
    end = states(METHOD, case.original, case.request, Knobs(blocks=count, epochs=1))[-1]
    moved = [
        any(not torch.equal(end[_name(case.original, weight)], weight) for weight in block.parameters())
        for block in case.original.blocks
    ]
    assert moved == [False] * (3 - count) + [True] * count


def test_more_blocks_than_there_are_means_all():
    case = make("forget")
    end = states(METHOD, case.original, case.request, Knobs(blocks=12, epochs=1))[-1]
    assert all(not torch.equal(end[name], weight) for name, weight in case.original.named_parameters())


def _name(model: torch.nn.Module, wanted: torch.nn.Parameter) -> str:
    return next(name for name, weight in model.named_parameters() if weight is wanted)
