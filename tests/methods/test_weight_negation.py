"""NoT: what is negated, and that the rest is fine-tuning."""

from types import ModuleType

import pytest
import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.contract.networks import mlp
from explorer.knobs import knob_infos
from explorer.methods import fine_tune
from explorer.methods.weight_negation import METHOD, Knobs, broken
from explorer.models import compact, resnet18
from tests.methods._hand import close, heads_after, linear, request
from tests.methods._paths import equal, states

ASKED = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
MODEL = [[1, 2], [3, 4]], [5, 6]


def test_the_first_yield_is_the_model_with_the_first_weights_negated():
    weight, bias = heads_after(METHOD, linear(*MODEL), ASKED, Knobs(), most=1)[0]
    assert close(weight, [[-1, -2], [-3, -4]])
    assert close(bias, [5, 6])


def test_biases_go_with_them_where_asked():
    _, bias = heads_after(METHOD, linear(*MODEL), ASKED, Knobs(biases=True), most=1)[0]
    assert close(bias, [-5, -6])


@pytest.mark.parametrize("network", [compact, resnet18])
def test_on_compact_and_resnet_18_there_are_no_such_biases_and_the_help_says_so(network: ModuleType):
    models = [network.build(network.Options(width=16), (3, 32, 32), 10) for _ in range(2)]
    most = int(knob_infos(Knobs)["layers"].high or 0)
    for model, biases in zip(models, (False, True), strict=True):
        model.reset(draws.generator(0))
        broken(model, None, most, biases)
    assert equal(*(model.state_dict() for model in models))
    assert "convolutions of compact and ResNet-18 have none" in knob_infos(Knobs)["biases"].help


def test_drawn_anew_they_are_those_of_a_fresh_network():
    weight, bias = heads_after(METHOD, linear([[9, 9], [9, 9]], [5, 6]), ASKED, Knobs(way="redraw"), most=1)[0]
    assert (weight.abs() <= 2**-0.5).all() and len(weight.unique()) == 4
    assert close(bias, [5, 6])


def test_without_a_layer_it_is_fine_tuning_to_the_bit():
    case = make("forget")
    ours = states(METHOD, case.original, case.request, Knobs(layers=0, lr=0.01, steps=5))
    theirs = states(fine_tune.METHOD, case.original, case.request, fine_tune.Knobs(lr=0.01, steps=5))
    assert len(ours) == 5 and all(equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_the_first_training_step_starts_from_the_negated_weights():
    # At (0, 1) the negated weights (-1, -2), (-3, -4) say (-2, -4): p_0 = 1 / (1 + e^-2), label 1; down by .1.
    path = heads_after(METHOD, linear([[1, 2], [3, 4]]), ASKED, Knobs(lr=0.1, steps=1))
    p = 1 / (1 + torch.tensor(-2.0).exp())
    assert torch.allclose(path[1][0][:, 1], torch.stack([-2 - 0.1 * p, -4 + 0.1 * p]), atol=1e-6)


def test_of_several_layers_only_the_first_are_broken():
    model, before = mlp().eval(), mlp().eval()
    for one in (model, before):
        one.reset(draws.generator(0))
    broken(model, None, 2, False)
    signs = [-1 if number < 2 else 1 for number in range(3)]
    for one, other, sign in zip(model.blocks, before.blocks, signs, strict=True):
        assert torch.equal(one.weight, sign * other.weight)  # type: ignore[operator]
        assert torch.equal(one.bias, other.bias)  # type: ignore[arg-type]


def test_with_tanh_negating_a_layer_and_its_biases_is_negating_the_next_one_s_weights():
    one, other = mlp(activation="tanh").eval(), mlp(activation="tanh").eval()
    for model in (one, other):
        model.reset(draws.generator(0))
    broken(one, None, 1, True)
    with torch.no_grad():
        other.blocks[1].weight.neg_()  # type: ignore[operator]
    x = make("forget").probes
    assert torch.allclose(one(x), other(x), atol=1e-6)
