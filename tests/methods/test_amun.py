"""AMUN: neighbours behind a known boundary, and a step worked out by hand."""

import dataclasses

import pytest
import torch

from explorer.contract.cases import make
from explorer.methods._method import TensorSpace
from explorer.methods._shared.adversarial import diameter, walk
from explorer.methods.amun import METHOD, Knobs
from explorer.training import Examples
from tests.methods._hand import linear, request
from tests.methods._paths import heads, prepared

SPLIT = linear([[1, 0], [-1, 0]])  # class 0 where the first coordinate is positive
ASKED = request(forget=[((0.5, 0.3), 0), ((1.0, -0.3), 0)], retain=[((-1, 0), 1)] * 3)


def test_neighbours_lie_just_behind_the_boundary_under_the_wrong_class():
    ready = prepared(METHOD, SPLIT, ASKED, Knobs())
    assert ready.state.y.tolist() == [1, 1]
    assert ((ready.state.x[:, 0] <= 0) & (ready.state.x[:, 0] > -0.01)).all()
    assert torch.allclose(ready.state.x[:, 1], torch.tensor([0.3, -0.3]))
    (points,) = ready.helpers
    assert points.origin.tolist() == [0, 1]


def test_a_point_without_a_neighbour_is_left_out_and_counted():
    # Everything is class 0 and the slope is tiny: within the space (diameter 2 sqrt 2) nothing else is found.
    always = linear([[0.001, 0], [0, 0]], [9, 0])
    ready = prepared(METHOD, always, ASKED, Knobs())
    assert len(ready.state.y) == 0
    assert "0 of 2" in ready.helpers[0].kind


def test_step_teaches_neighbours_as_what_the_original_calls_them():
    # Both neighbours are on the boundary, so both classes are as likely there: the bias moves by Adam's lr.
    knobs = Knobs(retain=False, lr=0.1, epochs=1)
    _, bias = heads(METHOD, SPLIT, ASKED, knobs)[0]
    assert torch.allclose(bias, torch.tensor([-0.1, 0.1]), atol=1e-4)


def test_knobs_say_which_sets_are_mixed_in():
    def steps(forget: bool, retain: bool) -> int:
        return len(heads(METHOD, SPLIT, ASKED, Knobs(batch=1, epochs=1, forget=forget, retain=retain)))

    assert [steps(False, False), steps(True, False), steps(False, True), steps(True, True)] == [2, 4, 5, 7]


def test_released_steps_have_momentum_decay_and_a_rate_that_falls_to_a_tenth_after_each_epoch():
    # One batch a pass: the neighbours of the forget points (on the boundary, class 1), forget points, retain points.
    # Only the bias is followed: its gradient is the mean of p - y, and .1 of decay.
    knobs = Knobs(**METHOD.presets["images"].knobs).model_copy(
        update={"lr": 0.1, "weight_decay": 0.1, "epochs": 3, "batchnorm": "frozen"}
    )
    points = prepared(METHOD, SPLIT, ASKED, knobs).state
    x = torch.cat([points.x, *(part.x for part in (ASKED.forget, ASKED.retain))])
    y = torch.cat([points.y, *(part.y for part in (ASKED.forget, ASKED.retain))])
    weight, bias = SPLIT.head.weight.detach().clone(), torch.zeros(2)
    moved = torch.zeros(2, 2), torch.zeros(2)
    found = heads(METHOD, SPLIT, ASKED, knobs)
    assert len(found) == 3
    for (its_weight, its_bias), rate in zip(found, (0.1, 0.01, 0.001), strict=True):
        slope = (x @ weight.T + bias).softmax(dim=1) - torch.nn.functional.one_hot(y, 2)
        gradient = slope.T @ x / len(y) + 0.1 * weight, slope.mean(dim=0) + 0.1 * bias
        moved = 0.9 * moved[0] + gradient[0], 0.9 * moved[1] + gradient[1]
        weight, bias = weight - rate * moved[0], bias - rate * moved[1]
        assert torch.allclose(its_weight, weight, atol=1e-6) and torch.allclose(its_bias, bias, atol=1e-6)


def test_the_released_preset_mixes_all_sets_in_as_released():
    knobs = Knobs(**METHOD.presets["images"].knobs)
    assert (knobs.forget, knobs.retain, knobs.optimizer, knobs.falls) == (True, True, "sgd", "each epoch")
    assert (knobs.lr, knobs.weight_decay, knobs.epochs, knobs.batch) == (0.01, 5e-4, 10, 128)


def test_a_walk_stays_within_the_range_where_there_is_one():
    # Downwards class 1 lies at 2: a walk that may not go beyond 1 ends there, and keeps its class.
    far = linear([[-1, 0], [1, 0]], [2, -2])  # class 1 from 2 on
    x, y = torch.tensor([[0.5, 0.0]]), torch.tensor([0])
    ends = torch.tensor([-1.0, -1.0]), torch.tensor([1.0, 1.0])
    assert walk(far, x, y, length=0.1, limit=10)[0, 0] == pytest.approx(2.0, abs=0.02)
    assert walk(far, x, y, length=0.1, limit=10, inside=ends)[0, 0] == 1.0


def test_neighbours_of_images_stay_within_the_range_of_pixels():
    case = make("forget", "conv")
    x, y = case.request.forget.x.clamp(-1, 1), case.request.forget.y  # many a pixel at an end of the range
    space = TensorSpace(*(torch.tensor(value) for value in (0.0, 1.0, -1.0, 1.0)))
    free = walk(case.original, x, y, 0.5, diameter(space, x))
    assert (free.abs() > 1).any()
    asked = dataclasses.replace(case.request, space=space, forget=Examples(x, y))
    points = prepared(METHOD, case.original, asked, Knobs(step=0.5)).state
    assert len(points.y) and (points.x.abs() <= 1).all()
