"""Gradient ascent against steps worked out by hand."""

import torch

from explorer.methods.gradient_ascent import METHOD, Knobs
from tests.methods._hand import close, heads_after, linear, request


def test_first_step_climbs_the_mean_loss():
    # Both classes at 1/2: the loss of (x, 0) has gradient -1/2 x in row 0 and +1/2 x in row 1; the mean of (1, 2) and
    # (3, 0) is (2, 1); a step of .1 up adds .1 times the gradient.
    (weight, bias), *_ = heads_after(METHOD, linear(), request([((1, 2), 0), ((3, 0), 0)]), Knobs(lr=0.1, steps=1))
    assert close(weight, [[-0.1, -0.05], [0.1, 0.05]])
    assert close(bias, [-0.05, 0.05])


def test_second_step_is_longer_since_the_point_is_less_likely():
    asked = request([((1, 0), 0)])
    (first, _), (second, bias) = heads_after(METHOD, linear(), asked, Knobs(lr=1.0, steps=2))
    assert close(first, [[-0.5, 0], [0.5, 0]])
    # Logits (-1/2 - 1/2, 1/2 + 1/2) = (-1, 1): class 0 has 1 / (1 + e^2) = .1192029, its gradient is .1192029 - 1.
    assert close(second, [[-0.5 - 0.8807971, 0], [0.5 + 0.8807971, 0]])
    assert close(bias, [-1.3807971, 1.3807971])


def test_a_batch_of_one_takes_one_point_at_a_time():
    asked = request([((1, 0), 0), ((0, 1), 0)])
    (weight, _), *_ = heads_after(METHOD, linear(), asked, Knobs(lr=0.1, steps=1, batch=1))
    assert sorted(weight[0].tolist()) == sorted([torch.tensor(-0.05).item(), 0.0])
