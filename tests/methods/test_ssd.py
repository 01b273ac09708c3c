"""Selective synaptic dampening against importances worked out by hand."""

import json

import torch

from explorer import draws
from explorer.experiments.cifar.files import SHIPPED
from explorer.methods import ssd
from explorer.methods._guard import guard
from explorer.methods.ssd import METHOD, Knobs, dampened, importance
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, prepared

X = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
Y = torch.tensor([0, 1, 1])


def test_importance_of_single_points_is_the_mean_of_squared_gradients():
    # Gradients of row 0: (-.5, 0), (.5, 0), (0, 1); row 1 the same with the other sign; bias -+.5 thrice.
    weight, bias = importance(linear(), X, Y, batch=1)
    assert close(weight, [[0.5 / 3, 1 / 3], [0.5 / 3, 1 / 3]])
    assert close(bias, [0.25, 0.25])


def test_importance_of_batches_squares_the_mean_and_counts_the_last_short_one_as_much():
    # The first two points cancel each other; the third is a batch by itself: half of its squares.
    weight, bias = importance(linear(), X, Y, batch=2)
    assert close(weight, [[0, 0.5], [0, 0.5]])
    assert close(bias, [0.125, 0.125])


def test_label_free_importance_is_the_size_of_the_gradient_of_the_squared_output():
    # z = (x1, 0): the gradient of z1^2 is 2 x1 (x1, x2) in row 0.
    weight, bias = importance(linear([[1, 0], [0, 0]]), torch.tensor([[3.0, -1.0]]), None, batch=1)
    assert close(weight, [[18, 6], [0, 0]])
    assert close(bias, [6, 0])


def test_dampening_takes_what_matters_alpha_times_more():
    weight, of_all, of_forget = torch.tensor([2.0, 2.0]), torch.tensor([1.0, 1.0]), torch.tensor([4.0, 2.0])
    assert close(dampened(weight, of_all, of_forget, alpha=3, lam=1), [0.5, 2])
    assert close(dampened(weight, of_all, of_forget, alpha=3, lam=2), [1, 2])


def test_dampening_never_makes_a_weight_larger():
    one = torch.tensor([2.0])
    assert close(dampened(one, torch.tensor([1.0]), torch.tensor([4.0]), alpha=3, lam=8), [2])


def test_weights_that_matter_to_nothing_stay():
    assert close(dampened(torch.tensor([2.0]), torch.zeros(1), torch.zeros(1), alpha=1, lam=1), [2])


def test_whole_method_on_a_linear_model():
    # Both classes are as likely on both points. Batches of 1: column 0 matters .25 to the forget set and .125 to all
    # (ratio 2), column 1 not at all to the forget set, the bias equally (.25).
    asked = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
    start = linear([[4, 4], [4, 4]])
    ((weight, bias),) = heads(METHOD, start, asked, Knobs(alpha=1.5, lam=1, batch=1))
    assert close(weight, [[2, 4], [2, 4]])
    assert close(bias, [0, 0])


def test_label_free_form_needs_no_label():
    asked, knobs = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)]), Knobs(form="label-free")
    start = linear([[1, 2], [3, 4]])
    ready = prepared(METHOD, start, guard(asked, "SSD", {"before.x"}), knobs)
    path = METHOD.unlearn(start, guard(asked, "SSD", {"forget.x"}), knobs, draws.generator(0), ready)
    assert len(list(path)) == 1


def test_presets_have_the_released_batches_and_say_what_runs():
    said = {
        name: (k.alpha, k.lam, k.batch) for name, k in ((n, Knobs(**METHOD.presets[n].knobs)) for n in METHOD.presets)
    }
    assert said["class (paper)"] == (10, 1, 64)
    assert said["random (paper)"] == (10, 1, 128)
    assert said["VGG, full class"] == (10, 4, 128)
    assert said["VGG, full class (as it runs)"] == (1, 1, 128)
    assert (said["VGG, sub-class"], said["VGG, random"]) == ((5, 6, 64), (10, 4, 128))


def test_what_runs_on_whole_classes_dampens_where_what_was_set_does_not():
    # Importances 8, 20 and .5 to the forget set, 1 to all: above 1 two are dampened, to 1/8 and 1/20; above 10 one, to
    # 4/20.
    weight, of_all, of_forget = torch.ones(3), torch.ones(3), torch.tensor([8.0, 20.0, 0.5])
    runs, meant = (METHOD.presets[name].knobs for name in ("VGG, full class (as it runs)", "VGG, full class"))
    assert close(dampened(weight, of_all, of_forget, runs["alpha"], runs["lam"]), [1 / 8, 1 / 20, 1])
    assert close(dampened(weight, of_all, of_forget, meant["alpha"], meant["lam"]), [1, 1 / 5, 1])


def test_the_card_says_which_of_two_presets_is_recorded_and_which_one_runs_there():
    recorded = "VGG, full class"
    run = json.loads((SHIPPED / "cifar100-vgg11-standard-class" / "ssd.json").read_text())
    assert Knobs(**run["spec"]["method"]["knobs"]) == Knobs(**METHOD.presets[recorded].knobs)
    assert METHOD.images.published["JiT, table 2(b)"] == recorded
    assert "recorded on VGG-11" in METHOD.presets[recorded].note
    assert "recorded on VGG-11 has the values that are set" in " ".join((ssd.__doc__ or "").split())
