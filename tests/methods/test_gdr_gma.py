"""GDR-GMA: right angles, weights and memory worked out by hand."""

import dataclasses
import math

import pytest
import torch
from torch import Tensor

from explorer.contract.cases import make
from explorer.knobs import knob_infos
from explorer.methods.gdr_gma import METHOD, Knobs, at_right_angles, remembering
from explorer.training import Examples
from tests.methods._hand import heads_after, linear, request
from tests.methods._paths import equal, states


def vectors(*parts: tuple[float, ...]) -> tuple[Tensor, ...]:
    return tuple(torch.tensor(part) for part in parts)


@pytest.mark.parametrize(
    ("how", "second", "left", "right"),
    [
        # down (1, 0), up (-1, 1): their product is -1, the squared lengths 1 and 2.
        ("whole", "original", [(0.5, 0.5)], [(0.0, 1.0)]),
        ("whole", "projected", [(0.5, 0.5)], [(-0.5, 1.5)]),
        ("off", "original", [(1.0, 0.0)], [(-1.0, 1.0)]),
    ],
)
def test_conflicting_gradients_lose_their_part_along_each_other(how: str, second: str, left: list, right: list):
    found = at_right_angles(vectors((1.0, 0.0)), vectors((-1.0, 1.0)), how, second)
    assert [[tuple(one.tolist()) for one in part] for part in found] == [left, right]


def test_gradients_that_agree_stay_as_they_are():
    down, up = vectors((1.0, 0.0)), vectors((1.0, 1.0))
    left, right = at_right_angles(down, up, "whole", "original")
    assert torch.equal(left[0], down[0]) and torch.equal(right[0], up[0])


def test_whole_gradients_are_one_vector_and_tensors_each_by_itself():
    down, up = vectors((1.0,), (0.0,)), vectors((-1.0,), (1.0,))  # the same two vectors, cut into two tensors
    whole = [torch.cat(part).tolist() for part in at_right_angles(down, up, "whole", "original")]
    each = [torch.cat(part).tolist() for part in at_right_angles(down, up, "tensor", "original")]
    assert whole == [[0.5, 0.5], [0.0, 1.0]]
    assert each == [[0.0, 0.0], [0.0, 1.0]]  # the first tensors are opposite, the second ones do not conflict


def test_what_is_remembered_is_the_mean_of_the_earlier_gradients_that_conflict():
    # (1, 0) conflicts with (-1, 1) and (-1, -1), whose mean is (-1, 0), and not with (1, 5).
    (gradient,) = vectors((1.0, 0.0))
    assert remembering(gradient, list(vectors((-1.0, 1.0), (-1.0, -1.0), (1.0, 5.0)))).tolist() == [0, 0]
    assert remembering(gradient, list(vectors((1.0, 5.0)))).tolist() == [1, 0]


def test_memory_overwrites_nothing():
    earlier = list(vectors((-1.0, 1.0), (-1.0, -1.0)))
    remembering(torch.tensor([1.0, 0.0]), earlier)
    assert [one.tolist() for one in earlier] == [[-1, 1], [-1, -1]]


def test_memory_does_nothing_where_all_forget_points_are_of_one_class_and_its_help_says_so():
    # Gradients of the last bias are means of e_y - p: of one y their product has no negative term.
    case = make("forget", classes=4)
    x, y = case.request.forget
    for label, same in ((torch.zeros_like(y), True), (torch.arange(len(y)) % 4, False)):
        asked = dataclasses.replace(case.request, forget=Examples(x, label))
        kept, not_kept = (
            states(METHOD, case.original, asked, Knobs(memory=memory, batch=2, allowed=5.0))[-1]
            for memory in (True, False)
        )
        assert equal(kept, not_kept) == same
    assert "no effect where all forget points are of one class" in knob_infos(Knobs)["memory"].help


@pytest.mark.parametrize(("allowed", "towards"), [(5.0, -1), (0.0, 1)])
def test_below_the_allowed_loss_the_forget_set_decides_and_above_it_the_retain_set(allowed: float, towards: int):
    # All logits 0: the retain loss is log 2. Both points are (1, 0), forget with label 0, retain with label 0 too.
    asked = request(forget=[((1, 0), 0)], retain=[((1, 0), 0)])
    knobs = Knobs(allowed=allowed, angle="off", lr=0.1, epochs=1, weight_decay=0.0)
    (weight, _), *_ = heads_after(METHOD, linear(), asked, knobs)
    assert math.log(2) < 5
    assert torch.allclose(weight, towards * torch.tensor([[0.1, 0], [-0.1, 0]]), atol=1e-4)


def test_an_epoch_ends_with_the_smaller_set():
    case = make("forget")  # 8 forget and 32 retained points
    steps = [len(states(METHOD, case.original, case.request, Knobs(batch=batch))) for batch in (4, 8, 32)]
    assert steps == [2 * 3, 1 * 3, 1 * 3]
