"""EU-k: fresh blocks keep nothing, the others everything."""

import copy
import dataclasses
import itertools
import math

import pytest
import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods import eu_k
from explorer.methods.eu_k import METHOD, Knobs
from explorer.models import compact
from explorer.training import Examples, fresh
from tests.methods._hand import linear, request
from tests.methods._paths import equal, heads, states


def test_first_step_is_adamw_from_a_fresh_start():
    asked = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
    weight, bias = heads(METHOD, linear([[9, 9], [9, 9]]), asked, Knobs(lr=0.1, weight_decay=0.5, steps=1))[0]
    new = fresh(linear(), draws.generator(0))
    start, offset = new.get_parameter("head.weight").detach(), new.get_parameter("head.bias").detach()
    # Decoupled decay takes lr * decay = .05 of each weight; then a step of lr down for class 0 and up for class 1, but
    # for column 0, of which the retained point knows nothing.
    assert torch.allclose(weight, 0.95 * start + torch.tensor([[0, -0.1], [0, 0.1]]), atol=1e-5)
    assert torch.allclose(bias, 0.95 * offset + torch.tensor([-0.1, 0.1]), atol=1e-5)


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_fresh_blocks_do_not_depend_on_what_they_were(net: str):
    case = make("forget", net)
    other = copy.deepcopy(case.original)
    with torch.no_grad():
        for block in other.blocks[-2:]:
            for weight in block.parameters():
                weight.mul_(-3.0)
    knobs = Knobs(blocks=2, steps=5)
    assert equal(states(METHOD, case.original, case.request, knobs)[-1], states(METHOD, other, case.request, knobs)[-1])


@pytest.mark.parametrize("net", ["mlp", "conv"])
def test_first_blocks_stay_identical(net: str):
    case = make("forget", net)
    end = states(METHOD, case.original, case.request, Knobs(blocks=2, steps=5))[-1]
    kept = [name for name, _ in case.original.named_parameters() if name.startswith(("hidden.0", "blocks_.0"))]
    assert kept
    assert all(torch.equal(end[name], case.original.get_parameter(name)) for name in kept)


def test_all_blocks_is_a_network_that_knows_nothing_of_the_original():
    case = make("forget")
    other = fresh(case.original, draws.generator(99))
    knobs = Knobs(blocks=12, steps=5)
    assert equal(states(METHOD, case.original, case.request, knobs)[-1], states(METHOD, other, case.request, knobs)[-1])


def test_batch_statistics_of_fresh_blocks_follow_only_where_asked():
    case = make("forget", "conv")
    name = "blocks_.1.1.running_mean"
    update, frozen = (
        states(METHOD, case.original, case.request, Knobs(blocks=2, steps=5, batchnorm=mode))[-1]
        for mode in ("update", "frozen")
    )
    assert not torch.equal(update[name], frozen[name])
    assert not frozen[name].any(), "fresh statistics, never fed"
    first = "blocks_.0.1.running_mean"
    assert torch.equal(update[first], case.original.get_buffer(first))


def test_rate_falls_to_zero():
    case = make("forget")
    path = states(METHOD, case.original, case.request, Knobs(steps=40))
    moves = [math.dist(a["head.bias"].tolist(), b["head.bias"].tolist()) for a, b in itertools.pairwise(path)]
    assert moves[-1] < 0.02 * moves[0]


def test_on_compact_the_whitening_outlives_all_blocks_and_the_card_says_so():
    original = compact.build(compact.Options(width=4), (3, 32, 32), 3)
    original.reset(draws.generator(0))
    x = draws.normal((6, 3, 32, 32), draws.generator(1))
    original.prime(x)
    with torch.no_grad():
        original.whitening_bias.add_(1)
    asked = dataclasses.replace(make("forget").request, retain=Examples(x, torch.arange(6) % 3))
    end = states(METHOD, original.eval(), asked, Knobs(**METHOD.presets["all blocks"].knobs, steps=2))[-1]
    assert torch.equal(end["whitening"], original.whitening)
    assert torch.equal(end["whitening_bias"], original.whitening_bias)
    assert not torch.equal(end["groups.0.first.weight"], original.state_dict()["groups.0.first.weight"])
    assert "whitening" in METHOD.presets["all blocks"].note and "whitening" in (eu_k.__doc__ or "")
