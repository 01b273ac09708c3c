"""The fully connected network: order of weights, reset, and what its options refuse."""

import copy
import math

import pytest
import torch
from pydantic import ValidationError

from explorer import draws
from explorer.knobs import one_sentence
from explorer.models import flat, load_flat
from explorer.models.mlp import MLP, Options, build, layout
from explorer.training import fresh


def test_forward_is_worked_out_by_hand():
    model = build(Options(widths=[2], activation="relu"), (2,), 2)
    # W0 = [[1, 2], [-1, 0]], b0 = [0.5, 1]; head W = [[1, -1], [0, 2]], b = [0, 3]
    load_flat(model, torch.tensor([1.0, 2, -1, 0, 0.5, 1, 1, -1, 0, 2, 0, 3]))
    x = torch.tensor([[1.0, 1], [-3, 1]])
    # hidden: (1 + 2 + .5, -1 + 1) = (3.5, 0); (-3 + 2 + .5, 3 + 1) = (0, 4) after relu
    assert torch.equal(model.features(x), torch.tensor([[3.5, 0], [0, 4]]))
    assert torch.equal(model(x), torch.tensor([[3.5, 3], [-4, 11]]))


def test_without_hidden_layers_it_is_linear():
    model = build(Options(widths=[]), (2,), 3)
    model.reset(draws.generator(0))
    x = torch.tensor([[1.0, 2]])
    assert torch.equal(model.features(x), x)
    assert [tuple(parameter.shape) for parameter in model.parameters()] == [(3, 2), (3,)]
    assert torch.allclose(model(2 * x) - model(0 * x), 2 * (model(x) - model(0 * x)))


def test_parameters_stand_from_input_to_head():
    model = build(Options(widths=[5, 4]), (3, 2), 2)
    shapes = [tuple(parameter.shape) for parameter in model.parameters()]
    assert shapes == [(5, 6), (5,), (4, 5), (4,), (2, 4), (2,)]
    assert model.blocks[-1] is model.head
    assert len(model.blocks) == 3
    assert model(torch.zeros(7, 3, 2)).shape == (7, 2)


def test_layout_counts_the_weights():
    options = Options(widths=[5, 4], activation="gelu")
    assert layout(options, (3, 2), 2).size == sum(p.numel() for p in build(options, (3, 2), 2).parameters()) == 69


def test_reset_is_uniform_within_one_over_the_root_of_the_inputs():
    model = build(Options(widths=[256, 256]), (2,), 2)
    model.reset(draws.generator(0))
    for number, values in enumerate(model.parameters()):
        assert values.abs().max() <= 1 / math.sqrt([2, 256, 256][number // 2])
    weight = list(model.parameters())[2].detach() * 16  # uniform in [-1, 1]: mean 0, variance 1/3; 65,536 draws
    assert abs(float(weight.mean())) < 4 * math.sqrt(1 / 3 / 65536)
    assert abs(float(weight.var()) - 1 / 3) < 4 * math.sqrt(4 / 45 / 65536)


def test_reset_depends_on_its_generator_alone():
    model = build(Options(), (2,), 2)
    model.reset(draws.generator(1))
    first = flat(model)
    torch.manual_seed(5)
    again = fresh(model, draws.generator(1))
    other = fresh(model, draws.generator(2))
    assert torch.equal(flat(again), first)
    assert not torch.equal(flat(other), first)


def test_the_global_generator_is_left_alone():
    state = torch.get_rng_state()
    build(Options(), (2,), 2).reset(draws.generator(0))
    assert torch.equal(torch.get_rng_state(), state)


def test_a_copy_lives_its_own_life():
    model = build(Options(), (2,), 2)
    model.reset(draws.generator(0))
    clone = copy.deepcopy(model)
    with torch.no_grad():
        clone.head.bias.add_(1)
    assert torch.equal(flat(clone)[:-2], flat(model)[:-2])
    assert not torch.equal(flat(clone)[-2:], flat(model)[-2:])


def test_loaded_weights_are_a_copy():
    model, weights = MLP(2, [3], 2, "tanh"), torch.zeros(17)
    load_flat(model, weights)
    with torch.no_grad():
        model.head.bias += 1  # type: ignore[assignment]
    assert torch.equal(weights, torch.zeros(17))


@pytest.mark.parametrize("widths", [[0], [257], [8, 8, 8, 8, 8]])
def test_odd_widths_are_refused_in_one_sentence(widths):
    with pytest.raises(ValidationError) as raised:
        Options(widths=widths)
    expected = f"`widths` must be at most 4 whole numbers in [1, 256], got {widths}"
    assert one_sentence(raised.value, Options) == expected


def test_the_default_is_two_layers_of_tanh():
    assert Options().model_dump() == {"widths": [32, 32], "activation": "tanh"}
    assert isinstance(build(Options(), (2,), 2), MLP)
