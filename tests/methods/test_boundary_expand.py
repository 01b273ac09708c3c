"""Boundary expand: a step towards the shadow class worked out by hand, and its removal."""

import math

import pytest
import torch
from torch import nn

from explorer import draws
from explorer.contract.cases import make
from explorer.methods.boundary_expand import METHOD, Knobs, expand, prune
from explorer.recording import record
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, states

ONE = request(forget=[((3, 0), 0)], retain=[((0, 1), 1)])


def test_first_step_raises_the_shadow_class_and_lowers_the_others():
    # Three classes as likely, target 2: the gradient of rows 0 and 1 is (1, 0), that of row 2 is (-2, 0).
    weight, bias = heads(METHOD, linear(), ONE, Knobs(lr=0.1, epochs=1), most=1)[0]
    assert close(weight, [[-0.1, 0], [-0.1, 0], [0.2, 0]])
    assert close(bias, [-0.1 / 3, -0.1 / 3, 0.2 / 3])


def test_last_yield_drops_the_shadow_and_nothing_else():
    path = heads(METHOD, linear(), ONE, Knobs(lr=0.1, epochs=3))
    assert [len(weight) for weight, _ in path] == [3, 3, 3, 2]
    assert torch.equal(path[-1][0], path[-2][0][:2])
    assert torch.equal(path[-1][1], path[-2][1][:2])


def test_expanding_and_pruning_changes_no_output():
    model, x = linear([[1, 2], [3, 4]], [5, 6]), torch.tensor([[1.0, -1.0]])
    before = model(x)
    expand(model, torch.tensor([7.0, 8.0]))
    assert close(model(x), [[4, 5, -1]])
    prune(model, 2)
    assert torch.equal(model(x), before)
    assert isinstance(model.head, nn.Linear) and model.head.out_features == 2


def test_random_start_is_of_the_given_spread():
    case = make("forget_class", classes=4)
    small, large = (
        states(METHOD, case.original, case.request, Knobs(noise=noise, lr=1e-8), most=1)[0]["head.weight"][-1]
        for noise in (0.1, 1.0)
    )
    assert torch.allclose(10 * small, large, atol=1e-5)
    assert large.std() > 0.2


def test_recording_marks_the_shadow_and_ends_without_it():
    case = make("forget_class", classes=4)
    done = record(METHOD, case.original, case.request, Knobs(), draws.generator(0), case.probes)
    assert done.shadow
    assert done.logits.shape[-1] == 5
    assert (done.logits[-1].argmax(axis=-1) < 4).all() and (done.logits[0].argmax(axis=-1) < 4).all()


def test_the_released_spread_is_xavier_s_on_the_authors_network():
    # 96 features (half of 192) and 10 classes with the shadow: the variance is 2 / (96 + 11).
    assert METHOD.presets["images (released)"].knobs["noise"] == pytest.approx(math.sqrt(2 / (96 + 11)), abs=5e-4)
