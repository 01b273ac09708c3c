"""L2UL: its helpers, a step by hand, its penalty and its end."""

import pytest
import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods._method import Prepared
from explorer.methods._shared.adversarial import predicted, towards
from explorer.methods.l2ul import METHOD, Knobs, indifference
from explorer.training import Examples
from tests.methods._hand import close, linear, request
from tests.methods._paths import prepared, states

SPLIT = linear([[1, 0], [-1, 0]])  # class 0 where the first coordinate is positive
ASKED = request(forget=[((0.3, 0.5), 0), ((0.2, -0.5), 0)], retain=[((-1, 0), 1)] * 3)


def test_helpers_lie_within_the_ball_where_the_original_says_their_class():
    knobs = Knobs(eps=0.6, helpers=5, attack_steps=20, attack_step=0.1)
    ready = prepared(METHOD, SPLIT, ASKED, knobs)
    x, y = ready.state
    assert y.tolist() == [1] * 10
    middle = ASKED.forget.x.repeat(5, 1)
    assert ((x - middle).norm(dim=1) <= 0.6 + 1e-6).all()
    assert (predicted(SPLIT, x) == 1).all()
    # Downhill is straight to the left: 20 steps of .1 end at the left end of each ball.
    assert torch.allclose(x[:, 0], middle[:, 0] - 0.6, atol=0.02)


def test_one_helper_of_each_forget_point_is_drawn():
    ready = prepared(METHOD, SPLIT, ASKED, Knobs(helpers=5))
    (points,) = ready.helpers
    assert points.kind == "adversarial helpers (1 of 5 a point)" and points.origin.tolist() == [0, 1]
    assert torch.equal(points.x, ready.state.x[:2])


def test_without_attack_steps_the_start_is_uniform_in_the_ball():
    x = torch.zeros(4000, 2)
    there = towards(SPLIT, x, torch.ones(4000, dtype=torch.int64), 2.0, 0.1, 0, draws.generator(0))
    length = there.norm(dim=1)
    assert length.max() <= 2.0 + 1e-5
    assert abs((length <= 2**0.5).float().mean().item() - 0.5) <= 0.03  # half of the disc's area


def test_on_images_helpers_stay_within_the_range_of_pixels():
    case = make("forget", "conv")
    ends = torch.tensor(-0.5), torch.tensor(0.5)
    x, y = case.request.forget.x.clamp(-0.5, 0.5), 1 - case.request.forget.y
    there = towards(case.original, x, y, 3.0, 0.5, 3, draws.generator(0), ends)
    assert (there.abs() <= 0.5).all() and not torch.equal(there, x)


def test_targets_are_wrong_classes_of_all_kinds():
    case = make("forget", classes=4)
    target = prepared(METHOD, case.original, case.request, Knobs(helpers=20)).state.y
    true = case.request.forget.y.repeat(20)
    assert (target != true).all()
    assert all(len(target[true == label].unique()) == 3 for label in true.unique())


def test_a_step_climbs_at_the_forget_point_and_holds_its_helper():
    # One of each, so r = 1/2. Forget (1, 0), label 0: -1/2 (-1/2, 1/2); helper (0, 1), label 1: 1/2 (1/2, -1/2).
    asked = request(forget=[((1, 0), 0)])
    ready = Prepared(state=Examples(torch.tensor([[0.0, 1.0]]), torch.tensor([1])))
    path = METHOD.unlearn(linear(), asked, Knobs(lr=0.1, helpers=1), draws.generator(0), ready)
    head = next(path).head
    assert close(head.weight.detach(), [[-0.025, -0.025], [0.025, 0.025]])  # type: ignore[union-attr]
    assert close(head.bias.detach(), [-0.05, 0.05])  # type: ignore[union-attr]


# One forget point (1, 0) of label 0, and three helpers (0, 1) of label 1.
ONE = request(forget=[((1, 0), 0)])
THREE = Prepared(state=Examples(torch.tensor([[0.0, 1.0]] * 3), torch.tensor([1] * 3)))


@pytest.mark.parametrize(
    ("helper_batch", "weight", "bias"),
    [
        # All three helpers a step: r = 1/4. Forget -1/4 (-1/2, 1/2), helpers 3/4 (1/2, -1/2).
        (0, [[-0.0125, -0.0375], [0.0125, 0.0375]], [-0.05, 0.05]),
        # One a step: r = 1/2. Forget -1/2 (-1/2, 1/2), helper 1/2 (1/2, -1/2).
        (1, [[-0.025, -0.025], [0.025, 0.025]], [-0.05, 0.05]),
        # Two a step: r = 1/3.
        (2, [[-0.05 / 3, -0.1 / 3], [0.05 / 3, 0.1 / 3]], [-0.05, 0.05]),
    ],
)
def test_helpers_come_in_batches_of_their_own_where_asked(helper_batch: int, weight: list, bias: list):
    knobs = Knobs(lr=0.1, helpers=3, helper_batch=helper_batch)
    head = next(METHOD.unlearn(linear(), ONE, knobs, draws.generator(0), THREE)).head
    assert close(head.weight.detach(), weight)  # type: ignore[union-attr]
    assert close(head.bias.detach(), bias)  # type: ignore[union-attr]


def test_weight_decay_is_added_to_the_gradient():
    # All weights 2: the outputs are equal, so the step is as above with r = 1/2, and .1 * .05 * 2 = .01 further down.
    knobs = Knobs(lr=0.1, helpers=3, helper_batch=1, weight_decay=0.05)
    head = next(METHOD.unlearn(linear([[2, 2], [2, 2]]), ONE, knobs, draws.generator(0), THREE)).head
    assert close(head.weight.detach(), [[1.965, 1.965], [2.015, 2.015]])  # type: ignore[union-attr]
    assert close(head.bias.detach(), [-0.05, 0.05])  # type: ignore[union-attr]


def test_the_released_preset_takes_256_helpers_beside_32_forget_images_and_decays():
    knobs = Knobs(**METHOD.presets["images (released)"].knobs)
    assert (knobs.batch, knobs.helper_batch, knobs.weight_decay) == (32, 256, 1e-4)


@pytest.mark.parametrize(("name", "pixels"), [("eps", 4.0), ("attack_step", 0.1)])
def test_the_released_lengths_in_pixels_are_so_long_in_standardised_images(name: str, pixels: float):
    # One pixel value is between 1 / .2616 and 1 / .2435 deviations of CIFAR-10's channels.
    length = METHOD.presets["images (released)"].knobs[name]
    assert pixels / 0.2616 <= length <= pixels / 0.2435


def test_it_ends_as_soon_as_no_forget_point_is_right():
    path = states(METHOD, SPLIT, ASKED, Knobs(lr=0.05))
    right = [int(((ASKED.forget.x @ s["head.weight"].T + s["head.bias"]).argmax(dim=1) == 0).sum()) for s in path]
    assert right[-1] == 0 and all(count > 0 for count in right[:-1])
    assert 1 < len(path) < 500


def test_weights_that_matter_little_to_the_length_of_outputs_are_held_most():
    # At (1, 0) the outputs are (3, 0), their length 3: it moves with the weight from input 0 to class 0 and its bias.
    weight, bias = indifference(linear([[3, 0], [0, 4]]), torch.tensor([[1.0, 0.0]]), 32)
    assert close(weight, [[0, 1], [1, 1]])
    assert close(bias, [0, 1])


def test_the_penalty_keeps_weights_near_their_start():
    free, held = (
        states(METHOD, SPLIT, ASKED, Knobs(lr=0.01, reg=reg), most=10)[-1]["head.weight"] for reg in (0.0, 50.0)
    )
    start = SPLIT.head.weight.detach()
    assert (held - start)[:, 1].abs().max() < (free - start)[:, 1].abs().max()
