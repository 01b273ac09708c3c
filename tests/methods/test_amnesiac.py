"""Amnesiac unlearning against a log written by hand."""

import re

import pytest
import torch

from explorer.methods import amnesiac
from explorer.methods.amnesiac import METHOD, PARTS, Knobs, logged
from explorer.training import Training, TrainingRecord
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, with_record

# Three steps of training of the 6 weights (2 x 2 and a bias of 2), of which the first and the last held row 0.
PATH = torch.tensor([[0.0] * 6, [1.0] * 6, [3.0] * 6, [3.5, 3.0, 3.0, 3.0, 3.0, 4.0]])
BATCHES = torch.tensor([[0, 1], [1, 2], [2, 0]])
TWO = with_record(request(forget=[((1, 0), 0)], retain=[((0, 1), 1)]), PATH, BATCHES)
TRAINED = linear([[3.5, 3], [3, 3]], [3, 4])


def test_updates_whose_batch_held_the_point_are_taken_back_the_latest_first():
    (last, last_bias), (first, first_bias) = heads(METHOD, TRAINED, TWO, Knobs(steps=0))
    assert close(last, [[3, 3], [3, 3]]) and close(last_bias, [3, 3])
    assert close(first, [[2, 2], [2, 2]]) and close(first_bias, [2, 2])


def test_half_the_scale_takes_back_half():
    *_, (weight, bias) = heads(METHOD, TRAINED, TWO, Knobs(scale=0.5, steps=0))
    assert close(weight, [[2.75, 2.5], [2.5, 2.5]])
    assert close(bias, [2.5, 3])


def test_repair_is_adam_on_the_retain_set():
    # Both classes as likely: the gradient on ((0, 1), 1) is +-.5 in column 1 and in the bias; Adam's first step is lr.
    (weight, bias) = heads(METHOD, linear(), TWO, Knobs(scale=0, steps=1, lr=0.1))[0]
    assert torch.allclose(weight, torch.tensor([[0, -0.1], [0, 0.1]]), atol=1e-5)
    assert torch.allclose(bias, torch.tensor([-0.1, 0.1]), atol=1e-5)


def test_many_updates_come_in_few_parts_with_the_same_sum():
    steps = 1000
    path = torch.cumsum(torch.ones(steps + 1, 6), dim=0)
    batches = torch.arange(steps)[:, None] % 4
    parts = list(logged(TrainingRecord(Training(), path, batches), torch.tensor([1, 3])))
    assert len(parts) <= PARTS
    assert close(torch.stack(parts).sum(dim=0), [500.0] * 6)


def test_a_point_in_no_batch_changes_nothing():
    record = TrainingRecord(Training(), PATH, BATCHES)
    assert list(logged(record, torch.tensor([7]))) == []


def test_without_a_record_it_says_what_it_needs():
    with pytest.raises(TypeError, match="record of training"):
        heads(METHOD, linear(), request(forget=[((1, 0), 0)], retain=[((0, 1), 1)]), Knobs())


def test_every_sentence_of_the_card_begins_in_upper_case():
    assert re.findall(r"\.[ \n][a-z]", amnesiac.__doc__ or "") == []
