"""SFRon: its weighted loss, its selection and a step worked out by hand."""

import math
from itertools import pairwise

import pytest
import torch

from explorer.methods.sfron import METHOD, Knobs, adaptive
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, prepared

ASKED = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
PLAIN = Knobs(momentum=0.0, clip=0.0, lr=0.1)


def test_known_points_weigh_more():
    # Losses log 2 and log 4/3. Power 1: v is the inverse of a loss over their sum, so the loss is 2 / sum of inverses.
    logits = torch.tensor([[0.0, 0.0], [math.log(3), 0.0]], requires_grad=True)
    one, two = math.log(2), math.log(4 / 3)
    loss = adaptive(logits, torch.tensor([0, 0]), 1.0)
    assert math.isclose(loss.item(), 2 / (1 / one + 1 / two), rel_tol=1e-6)
    loss.backward()
    weight = (1 / one) / (1 / one + 1 / two)
    assert logits.grad is not None  # v is held fixed: each row has v (p - t)
    assert close(logits.grad, [[-0.5 * weight, 0.5 * weight], [-0.25 * (1 - weight), 0.25 * (1 - weight)]])


def test_power_0_is_the_plain_mean():
    logits = torch.tensor([[0.0, 0.0], [math.log(3), 0.0]])
    assert adaptive(logits, torch.tensor([0, 0]), 0.0).item() == pytest.approx((math.log(2) + math.log(4 / 3)) / 2)


def test_selection_divides_the_fisher_information_of_forget_by_that_of_retain():
    # Squared gradients: forget (1/2)^2 on the first column and the bias, retain on the second column and the bias.
    weight, bias = prepared(METHOD, linear(), ASKED, Knobs()).state
    assert (weight[:, 0] > 1e10).all() and (weight[:, 1] < 1e-10).all()
    assert close(bias, [1, 1])


def test_fisher_information_of_batches_squares_their_means():
    # Two forget points with opposite labels: their mean gradient of the bias is 0, each one's is 1/2.
    asked = request(forget=[((1, 0), 0), ((1, 0), 1)], retain=[((0, 1), 1)])
    for batch, expected in ((1, 1.0), (2, 0.0)):
        _, bias = prepared(METHOD, linear(), asked, Knobs(fisher_batch=batch)).state
        assert torch.allclose(bias, torch.full((2,), expected), atol=1e-6)


def test_a_step_climbs_on_the_selected_weights_and_then_descends():
    # Climb: .1 (-1/2, 1/2) on first column and bias. Then at (0, 1), label 1, the logits are the bias (-.05, .05).
    weight, bias = heads(METHOD, linear(), ASKED, PLAIN.model_copy(update={"steps": 1}))[0]
    p = 1 / (1 + math.exp(0.1))
    assert close(weight, [[-0.05, -0.1 * p], [0.05, 0.1 * p]])
    assert close(bias, [-0.05 - 0.1 * p, 0.05 + 0.1 * p])


def test_the_climb_is_cut_to_a_length():
    # The climb's gradient has four entries of 1/2 (first column and bias): length 1, cut to .1.
    weight, _ = heads(METHOD, linear(), ASKED, PLAIN.model_copy(update={"clip": 0.1, "steps": 1}))[0]
    assert torch.allclose(weight[:, 0], torch.tensor([-0.005, 0.005]), atol=1e-6)


def test_only_each_so_many_th_step_climbs_and_strength_and_rate_fall_along_a_cosine():
    # The first column is moved by climbs alone: at steps 0 and 2 of 4, where the cosine is 1 and 1/2.
    path = heads(METHOD, linear(), ASKED, PLAIN.model_copy(update={"steps": 4, "every": 2}))
    first = [0.0, *(abs(weight[0, 0].item()) for weight, _ in path)]
    moved = [b - a for a, b in pairwise(first)]
    assert moved[1] == moved[3] == 0.0
    assert moved[0] == pytest.approx(0.05)
    weight, bias = path[1]
    p = torch.sigmoid(weight[0, 0] + bias[0] - weight[1, 0] - bias[1]).item()
    assert moved[2] == pytest.approx(0.1 * 0.5 * 0.5 * (1 - p), rel=1e-5)


def test_the_run_says_how_many_weights_the_climb_moves():
    asked = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
    heads(METHOD, linear(), asked, Knobs(steps=1))
    assert asked.remarks.sentences == ["the climb moves 4 of 6 weights"]
