"""UNDO: its damage by hand, its teacher's path, and what it distils."""

import torch

from explorer import draws
from explorer.contract.cases import make
from explorer.methods import delete, random_labels
from explorer.methods.undo import METHOD, TEACHERS, Knobs, Teacher, damage, xavier
from tests.methods._hand import close, heads_after, linear, request
from tests.methods._paths import equal, states

ASKED = request(forget=[((1, 0), 0)], retain=[((0, 1), 1)])
TO_ZERO = Knobs(teacher="original", alpha=1.0, beta=0.0, lr=0.01, steps=1)


def test_biases_only_decay_and_weights_are_mixed_with_noise():
    model = linear([[1, 2], [3, 4]], [5, 6])
    damage(model, 0.6, 0.1, draws.generator(0))
    noise = xavier(torch.zeros(2, 2), draws.generator(0))
    assert close(model.head.bias.detach(), [2.0, 2.4])
    assert torch.allclose(model.head.weight.detach(), 0.4 * torch.tensor([[1.0, 2], [3, 4]]) + 0.06 * noise)


def test_noise_is_uniform_by_fan_in_and_fan_out():
    # (out, in) = (3, 5): within sqrt(6 / 8). A kernel of 2 x 2 has four times both: within sqrt(6 / 32).
    for shape, bound in (((3, 5), (6 / 8) ** 0.5), ((3, 5, 2, 2), (6 / 32) ** 0.5)):
        noise = torch.stack([xavier(torch.zeros(shape), draws.generator(seed)) for seed in range(200)])
        assert 0.97 * bound <= noise.abs().max().item() <= bound
        assert abs(noise.mean().item()) <= 0.05 * bound


def test_factors_of_normalisation_are_left_alone():
    model = make("forget", "conv").original
    before = {name: value.clone() for name, value in model.state_dict().items()}
    copy = type(model)(2)
    copy.load_state_dict(before)
    damage(copy, 0.5, 0.1, draws.generator(0))
    changed = {name for name, value in copy.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {"blocks_.0.0.weight", "blocks_.1.0.weight", "head.weight", "head.bias"}


def test_the_path_begins_with_the_teacher_s_own():
    case = make("forget")
    ours = states(METHOD, case.original, case.request, Knobs(steps=2))
    theirs = states(random_labels.METHOD, case.original, case.request, random_labels.Knobs())
    assert len(ours) == len(theirs) + 3  # the damage and two steps
    assert all(equal(a, b) for a, b in zip(ours[: len(theirs)], theirs, strict=True))


def test_a_step_goes_towards_what_the_teacher_says_of_a_retained_point():
    # The teacher (here the original) says (2, 4) at (0, 1); the student says nothing. AdamW's first step has the
    # length of the rate in each weight that the point feeds: class 0 down, class 1 up.
    path = heads_after(METHOD, linear([[1, 2], [3, 4]]), ASKED, TO_ZERO)
    assert len(path) == 2 and not path[0][0].any()
    assert torch.allclose(path[1][0], torch.tensor([[0, -0.01], [0, 0.01]]), atol=1e-5)
    assert torch.allclose(path[1][1], torch.tensor([-0.01, 0.01]), atol=1e-5)


def test_distilled_long_enough_the_student_says_what_the_teacher_says_of_retained_points():
    knobs = TO_ZERO.model_copy(update={"steps": 800, "lr": 0.05})
    weight, bias = heads_after(METHOD, linear([[1, 2], [3, 4]]), ASKED, knobs)[-1]
    said = (weight[:, 1] + bias).softmax(dim=0)
    assert torch.allclose(said, torch.tensor([2.0, 4.0]).softmax(dim=0), atol=1e-3)


def test_every_teacher_is_the_method_of_that_name():
    import importlib
    from typing import get_args

    assert set(TEACHERS) == {name for name in get_args(Teacher) if name != "original"}
    for name, method in TEACHERS.items():
        assert method is importlib.import_module(f"explorer.methods.{name}").METHOD
    assert delete.METHOD is TEACHERS["delete"]
