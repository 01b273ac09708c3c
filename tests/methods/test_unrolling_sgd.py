"""Unrolling SGD against jumps worked out by hand."""

import math

import torch

from explorer.methods.unrolling_sgd import METHOD, Knobs
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, with_record

# Training began at zero (both classes as likely) and ended where class 0 is three times as likely.
PATH = torch.stack([torch.zeros(6), torch.tensor([0, 0, 0, 0, math.log(3), 0])])
BATCHES = torch.zeros(4, 2, dtype=torch.int64)  # 4 steps of 2 of the 2 points: 4 passes
TWO = with_record(request(forget=[((1, 0), 0)], retain=[((0, 1), 1)]), PATH, BATCHES, lr=0.1)
TRAINED = linear([[1, 1], [1, 1]])


def test_jump_adds_lr_times_passes_over_batch_times_the_gradient_at_the_start():
    # .1 * 4 / 2 = .2 times the gradient (-.5, 0), (.5, 0), added to the trained weights.
    ((weight, bias),) = heads(METHOD, TRAINED, TWO, Knobs(steps=0))
    assert close(weight, [[0.9, 1], [1.1, 1]])
    assert close(bias, [-0.1, 0.1])


def test_unrolled_around_the_end_takes_the_gradient_there():
    # Class 0 has probability .75 there: the gradient is (-.25, 0), (.25, 0).
    ((weight, _),) = heads(METHOD, TRAINED, TWO, Knobs(steps=0, around=1))
    assert close(weight, [[0.95, 1], [1.05, 1]])


def test_length_stretches_the_jump():
    ((weight, _),) = heads(METHOD, TRAINED, TWO, Knobs(steps=0, scale=3))
    assert close(weight, [[0.7, 1], [1.3, 1]])


def test_two_forget_points_add_up():
    asked = with_record(request(forget=[((1, 0), 0), ((1, 0), 0)], retain=()), PATH, BATCHES, lr=0.1)
    ((weight, _),) = heads(METHOD, TRAINED, asked, Knobs(steps=0))
    assert close(weight, [[0.8, 1], [1.2, 1]])


def test_fine_tuning_is_sgd_on_the_retain_set():
    (weight, bias) = heads(METHOD, linear(), TWO, Knobs(scale=0, steps=1, lr=0.1))[0]
    assert close(weight, [[0, -0.05], [0, 0.05]])
    assert close(bias, [-0.05, 0.05])
