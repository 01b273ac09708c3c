"""Unrolling SGD against jumps worked out by hand."""

import dataclasses
import math

import pytest
import torch
from torch.nn import functional as F

from explorer import draws
from explorer.methods.unrolling_sgd import METHOD, Knobs
from explorer.models import flat, load_flat
from explorer.training import Training, TrainingRecord
from explorer.training._updates import rate
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, with_record

# Training began at zero (both classes as likely) and ended where class 0 is three times as likely.
PATH = torch.stack([torch.zeros(6), torch.tensor([0, 0, 0, 0, math.log(3), 0])])
BATCHES = torch.zeros(4, 2, dtype=torch.int64)  # 4 steps of 2 of the 2 points: 4 passes
GENTLE = {"optimizer": "sgd", "lr": 1e-4, "momentum": 0.0, "weight_decay": 0.0, "batch": 4, "steps": 40}
PLAIN = {"lr": 0.1, "steps": 4, "schedule": "constant"}
ASKED = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
TWO = with_record(ASKED, PATH, BATCHES, **PLAIN)
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


@pytest.mark.parametrize("schedule", ["cosine", "linear"])
def test_where_the_rate_falls_the_mean_of_all_rates_counts(schedule: str):
    # Of .1 the linear rates are 1, 3/4, 1/2 and 1/4, the cosine ones 1, .8536, .5 and .1464: of both the mean is 5/8.
    # So the jump is .0625 * 4 / 2 = .125 times the gradient (-.5, 0), (.5, 0).
    asked = with_record(ASKED, PATH, BATCHES, **{**PLAIN, "schedule": schedule})
    ((weight, bias),) = heads(METHOD, TRAINED, asked, Knobs(steps=0))
    assert close(weight, [[0.9375, 1], [1.0625, 1]])
    assert close(bias, [-0.0625, 0.0625])


def test_a_training_that_has_no_steps_is_refused():
    asked = with_record(ASKED, PATH, BATCHES, **{**PLAIN, "optimizer": "lbfgs"})
    with pytest.raises(ValueError, match=r"`training\.optimizer` must be adam, adamw or sgd, got lbfgs"):
        heads(METHOD, TRAINED, asked, Knobs())


@pytest.mark.parametrize("schedule", ["constant", "cosine", "linear"])
def test_the_jump_takes_back_what_the_forget_points_added_to_a_short_training(schedule: str):
    # Rates so small that gradients hardly change on the way: then the first order is all there is.
    training = Training(**{**GENTLE, "schedule": schedule})
    x, y = draws.normal((8, 2), draws.generator(0)), torch.arange(8) % 2
    points: list = [((float(a), float(b)), int(label)) for (a, b), label in zip(x, y, strict=True)]
    order = torch.cat([draws.permutation(8, draws.generator(epoch)) for epoch in range(20)]).reshape(40, 4)
    gone = torch.arange(8) < 2
    path, added = [flat(linear())], torch.zeros(6)
    for step, rows in enumerate(order):
        for some, keep in ((rows, False), (rows[gone[rows]], True)):
            model = linear()
            load_flat(model, path[step])
            loss = F.cross_entropy(model(x[some]), y[some], reduction="sum") / 4
            move = -rate(training, step) * torch.cat(
                [one.reshape(-1) for one in torch.autograd.grad(loss, list(model.parameters()))]
            )
            if keep:
                added += move
            else:
                path.append(path[step] + move)
    record = TrainingRecord(training, torch.stack(path), order)
    asked = dataclasses.replace(request(forget=points[:2], retain=points[2:]), record=record)
    end = linear()
    load_flat(end, path[-1])
    ((weight, bias),) = heads(METHOD, end, asked, Knobs(steps=0))
    jump = torch.cat([weight.reshape(-1), bias]) - path[-1]
    assert torch.allclose(-jump, added, rtol=0.02, atol=1e-6)


def test_two_forget_points_add_up():
    asked = with_record(request(forget=[((1, 0), 0), ((1, 0), 0)], retain=()), PATH, BATCHES, **PLAIN)
    ((weight, _),) = heads(METHOD, TRAINED, asked, Knobs(steps=0))
    assert close(weight, [[0.8, 1], [1.2, 1]])


def test_fine_tuning_is_sgd_on_the_retain_set():
    (weight, bias) = heads(METHOD, linear(), TWO, Knobs(scale=0, steps=1, lr=0.1))[0]
    assert close(weight, [[0, -0.05], [0, 0.05]])
    assert close(bias, [-0.05, 0.05])
