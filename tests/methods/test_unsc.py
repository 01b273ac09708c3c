"""UNSC: directions, projections and steps worked out by hand."""

from typing import cast

import pytest
import torch
from torch import nn

from explorer import draws
from explorer.contract.networks import mlp
from explorer.methods._shared.layer_inputs import Layer, directions, linear_layers, second_moments
from explorer.methods.unsc import METHOD, Knobs, best_other
from tests.methods._hand import close, heads_after, linear, request

ASKED = request(forget=[((0, 1), 0)], retain=[((2, 0), 1)])  # the retained point feeds the layer along (2, 0, 1)
ONE = Knobs(threshold=1.0, lr=0.1, steps=1)


def test_the_label_is_the_best_other_class():
    assert best_other(torch.tensor([[3.0, 1.0, 2.0], [0.0, 5.0, 9.0]]), torch.tensor([0, 1])).tolist() == [2, 2]


def test_directions_hold_the_share_with_or_without_the_one_that_reaches_it():
    moments = torch.diag(torch.tensor([0.9, 9.0, 0.1], dtype=torch.float64))  # shares .9, .99, 1
    for threshold, most in ((0.0, 1), (0.9, 1), (0.95, 2), (0.99, 2), (1.0, 3)):
        assert directions(moments, threshold, reaching=True).shape == (3, most)
        assert directions(moments, threshold, reaching=False).shape == (3, most - 1)
    assert directions(moments, 0.5, reaching=True)[:, 0].abs().tolist() == [0, 1, 0]


def test_a_step_loses_its_part_along_the_retained_input():
    # New label 1: p - t = (1/2, -1/2) times (0, 1, 1); down by .1. Of (0, 1, 1) a fifth of (2, 0, 1) is taken away.
    (weight, bias), *_ = heads_after(METHOD, linear(), ASKED, ONE)
    assert close(weight, [[0.02, -0.05], [-0.02, 0.05]])
    assert close(bias, [-0.04, 0.04])


def test_free_biases_are_left_out_of_inputs_and_projection():
    # The inputs alone point along (1, 0), where the step has no part.
    knobs = ONE.model_copy(update={"biases": "free"})
    (weight, bias), *_ = heads_after(METHOD, linear(), ASKED, knobs)
    assert close(weight, [[0, -0.05], [0, 0.05]])
    assert close(bias, [-0.05, 0.05])


def test_held_biases_stand_still():
    (_, bias), *_ = heads_after(METHOD, linear(), ASKED, ONE.model_copy(update={"biases": "held"}))
    assert not bias.any()


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("project", ["step", "gradient", "off"])
def test_the_retained_answer_stays_but_for_adam_after_projecting_the_gradient(optimizer: str, project: str):
    knobs = Knobs(threshold=1.0, lr=0.1, steps=5, optimizer=optimizer, project=project)  # type: ignore[arg-type]
    weight, bias = heads_after(METHOD, linear(), ASKED, knobs)[-1]
    moved = (weight @ torch.tensor([2.0, 0.0]) + bias).abs().max().item()
    assert (moved < 1e-6) == (project == "step" or (project == "gradient" and optimizer == "sgd"))


def test_projecting_step_or_gradient_of_plain_descent_is_one():
    one, other = (heads_after(METHOD, linear(), ASKED, Knobs(project=how, steps=9)) for how in ("step", "gradient"))
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(one[-1], other[-1], strict=True))


def test_every_layer_of_a_network_answers_retained_points_as_before():
    model, x = mlp().eval(), torch.tensor([[0.5, -1.0], [1.0, 2.0]])
    model.reset(draws.generator(0))
    layers = linear_layers(model)
    for layer, moments in zip(layers, second_moments(model, x, layers, True), strict=True):
        fed = Layer(layer, directions(moments, 1.0, reaching=True).float(), True)
        assert layer.bias is not None
        weight, bias = fed.unseen(torch.ones_like(layer.weight), torch.ones_like(layer.bias))
        assert bias is not None
        with torch.no_grad():
            layer.weight += weight
            layer.bias.add_(bias)
    fresh = mlp().eval()
    fresh.reset(draws.generator(0))
    assert torch.allclose(model(x), fresh(x), atol=1e-4)
    assert not torch.allclose(model(-x), fresh(-x), atol=1e-2)


def test_a_convolution_answers_retained_images_as_before():
    conv = cast(nn.Conv2d, nn.utils.skip_init(nn.Conv2d, 3, 4, 3, stride=2, padding=1, bias=False))
    rng = draws.generator(0)
    with torch.no_grad():
        conv.weight.copy_(draws.normal(conv.weight.shape, rng))
    x = draws.normal((1, 3, 4, 4), rng)
    (moments,) = second_moments(conv, x, [conv], True)  # 4 patches of 27 numbers
    fed = Layer(conv, directions(moments, 1.0, reaching=True).float(), True)
    assert fed.basis.shape == (27, 4)
    before = conv(x).detach()
    with torch.no_grad():
        change = fed.unseen(draws.normal(conv.weight.shape, rng), None)[0]
        conv.weight += change
    assert torch.allclose(conv(x), before, atol=1e-4)
    assert change.norm() > 1


def test_the_run_says_how_many_directions_are_free():
    asked = request(forget=[((0, 1), 0)], retain=[((2, 0), 1)])
    list(METHOD.unlearn(linear(), asked, ONE, draws.generator(0)))
    assert asked.remarks.sentences == ["free directions, layer by layer: 2 of 3"]
