"""Boundary shrink: attacks on a model whose boundary is known, and a step worked out by hand."""

import dataclasses
import math

import pytest
import torch

from explorer import draws
from explorer.methods._method import Remarks
from explorer.methods._shared.adversarial import one_step, walk
from explorer.methods.boundary_shrink import METHOD, Knobs
from tests.methods._hand import close, linear, request
from tests.methods._paths import heads, prepared

SPLIT = linear([[1, 0], [-1, 0]])  # class 0 where the first coordinate is positive
ONE = request(forget=[((0.5, 0.3), 0)], retain=[((-1, 0), 1)], std=4.0)


def test_walk_ends_just_behind_the_boundary_straight_ahead():
    there = walk(SPLIT, torch.tensor([[0.5, 0.3]]), torch.tensor([0]), length=0.1, limit=10)
    assert -0.01 < there[0, 0] <= 0
    assert there[0, 1] == pytest.approx(0.3)


def test_walk_does_not_move_points_that_are_already_wrong():
    x = torch.tensor([[-0.5, 0.3]])
    assert torch.equal(walk(SPLIT, x, torch.tensor([0]), length=0.1, limit=10), x)


def test_walk_gives_up_at_its_limit():
    there = walk(SPLIT, torch.tensor([[5.0, 0.0]]), torch.tensor([0]), length=0.1, limit=1.0)
    assert 3.8 < there[0, 0] <= 4.0


def test_walk_where_there_is_no_slope_ends():
    x = torch.tensor([[1.0, 0.0]])
    assert torch.equal(walk(linear(), x, torch.tensor([0]), length=0.1, limit=1.0), x)


def test_one_step_has_its_length_in_every_coordinate():
    tilted = linear([[1, 0.1], [-1, -0.1]])
    there = one_step(tilted, torch.tensor([[0.5, 0.3]]), torch.tensor([0]), 0.1)
    assert close(there, [[0.4, 0.2]])


def test_growing_attack_finds_the_other_class_and_draws_an_arrow():
    ready = prepared(METHOD, SPLIT, ONE, Knobs())
    (points,) = ready.helpers
    assert ready.state.tolist() == points.y.tolist() == [1]
    assert points.origin.tolist() == [0]
    assert "0%" in points.kind


def test_released_attack_may_leave_the_label_and_says_so():
    ready = prepared(METHOD, SPLIT, ONE, Knobs(attack="one step", bound=0.1))
    assert ready.state.tolist() == [0]
    assert "100%" in ready.helpers[0].kind


def test_bound_is_in_data_units():
    # Standard deviation 4: a step of 2 in data units is .5 here, just enough.
    short = prepared(METHOD, SPLIT, ONE, Knobs(attack="one step", bound=1.9)).helpers[0].x
    assert close(short, [[0.5 - 1.9 / 4, 0.3]])


def test_bound_can_be_a_share_of_the_range():
    # The range is -4 to 4: a tenth is .8 in data units, and .2 where the standard deviation is 4.
    tenth = prepared(METHOD, SPLIT, ONE, Knobs(attack="one step", bound=0.1, units="range")).helpers[0].x
    assert close(tenth, [[0.3, 0.3]])
    assert METHOD.presets["images (released)"].knobs["units"] == "range"


def test_one_step_ends_within_the_range_unless_it_is_not_cut():
    # The range is -1 to 1 in standardised units; the walk from -.9 goes to -1.4 uncut (a point of class 1, uphill).
    edge = request(forget=[((-0.9, 0.0), 1)], retain=[((1, 0), 0)], std=1.0)
    other_way = linear([[-1, 0], [1, 0]])  # class 1 where the first coordinate is positive: uphill for 1 is to the left
    knobs = Knobs(attack="one step", bound=0.25, units="range")
    (cut,) = prepared(METHOD, other_way, edge, knobs).helpers
    (free,) = prepared(METHOD, other_way, edge, knobs.model_copy(update={"clamp": "off"})).helpers
    assert close(cut.x, [[-1.0, 0.0]])
    assert close(free.x, [[-1.4, 0.0]])


def test_what_runs_is_the_step_that_mismatched_constants_make_of_a_tenth():
    # The loader gives (p - .5) / .5 of a pixel p. The attack takes its inputs for (q - m) / .2023, .1994 or .2010, and
    # adds .1 to q: that is .1 / .2023 to the input, and half of it to p.
    red, green, blue = (0.1 / deviation * 0.5 for deviation in (0.2023, 0.1994, 0.2010))
    runs = METHOD.presets["images (as it runs)"].knobs
    assert runs["bound"] == pytest.approx(red, abs=5e-5)
    assert (green, blue) == (pytest.approx(0.251, abs=5e-4), pytest.approx(0.249, abs=5e-4))
    assert runs["clamp"] == "off"
    meant = METHOD.presets["images (released)"].knobs
    assert {**meant, "bound": runs["bound"], "clamp": "off"} == runs


def test_released_attack_says_how_many_keep_their_label_beside_the_path():
    asked = dataclasses.replace(ONE, remarks=Remarks())
    ready = prepared(METHOD, SPLIT, asked, Knobs(attack="one step"))
    list(METHOD.unlearn(SPLIT, asked, Knobs(attack="one step"), draws.generator(0), ready))
    assert asked.remarks.sentences == ["attacked points (100% keep their label)"]


def test_step_teaches_the_nearer_label():
    # Logits (.5, -.5): class 0 has probability 1 / (1 + e^-1); towards class 1 row 0 falls by lr p x.
    p = 1 / (1 + math.exp(-1))
    weight, bias = heads(METHOD, SPLIT, ONE, Knobs(lr=0.1, epochs=1))[0]
    assert close(weight, [[1 - 0.05 * p, -0.03 * p], [-1 + 0.05 * p, 0.03 * p]])
    assert close(bias, [-0.1 * p, 0.1 * p])
