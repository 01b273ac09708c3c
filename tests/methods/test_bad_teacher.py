"""Bad teacher against steps worked out from the teachers' probabilities."""

import torch

from explorer import draws
from explorer.contract.networks import mlp, same
from explorer.methods._shared.steps import divergence
from explorer.methods.bad_teacher import METHOD, Knobs
from explorer.training import fresh
from tests.methods._hand import linear, request
from tests.methods._paths import heads

SGD = {"optimizer": "sgd", "lr": 0.1, "batch": 100}
X = torch.tensor([[1.0, 2.0]])
ONE = request(forget=[((1, 2), 0)], retain=[((0, 1), 1), ((1, 1), 0)])


def test_step_moves_the_output_towards_the_random_teacher():
    # The gradient in the logits is q - t: q = (.5, .5), t the output of the network drawn by the same generator.
    teacher = fresh(linear(), draws.generator(0))
    gap = (0.5 - torch.softmax(teacher(X), dim=1).detach())[0]
    weight, bias = heads(METHOD, linear(), ONE, Knobs(**SGD, share=0, epochs=1))[0]
    assert torch.allclose(weight, -0.1 * gap[:, None] * X, atol=1e-6)
    assert torch.allclose(bias, -0.1 * gap, atol=1e-6)


def test_retained_points_only_divide_the_first_step():
    # Student and competent teacher agree at the start: two retained points add nothing to the sum and 2 to the batch.
    teacher = fresh(linear(), draws.generator(0))
    gap = (0.5 - torch.softmax(teacher(X), dim=1).detach())[0]
    weight, _ = heads(METHOD, linear(), ONE, Knobs(**SGD, share=1, epochs=1))[0]
    assert torch.allclose(weight, -0.1 * gap[:, None] * X / 3, atol=1e-6)


def test_temperature_has_no_factor_of_its_own():
    # At temperature 2 the gradient is (q - t) / 2, both softened.
    teacher = fresh(linear(), draws.generator(0))
    gap = (0.5 - torch.softmax(teacher(X) / 2, dim=1).detach())[0]
    weight, _ = heads(METHOD, linear(), ONE, Knobs(**SGD, share=0, epochs=1, temperature=2))[0]
    assert torch.allclose(weight, -0.05 * gap[:, None] * X, atol=1e-6)


def test_incompetent_teacher_has_the_same_shape_and_nothing_of_the_original():
    one, other = mlp(), mlp()
    one.reset(draws.generator(1))
    other.reset(draws.generator(2))
    assert not same(one, other)
    assert same(fresh(one, draws.generator(5)), fresh(other, draws.generator(5)))


def test_share_counts_whole_points():
    asked = request(forget=[((1, 2), 0)], retain=[((0, 1), 1)] * 9)
    assert len(heads(METHOD, linear(), asked, Knobs(share=0.3, batch=1, epochs=2))) == 2 * (1 + 2)


def test_the_mean_over_all_entries_halves_the_gradient_of_two_classes_and_adam_does_not_see_it():
    # The released loss is the divergence over the number of classes: with two, SGD would go half as far. Adam's first
    # step has the length lr in every coordinate, whatever the gradient's.
    target, logits = torch.tensor([[1.0, -1.0]]), torch.zeros(1, 2, requires_grad=True)
    ours = divergence(target, logits)
    entries = target.softmax(dim=1) * (target.log_softmax(dim=1) - logits.log_softmax(dim=1))
    theirs = entries.mean()
    (of_ours,), (of_theirs,) = (torch.autograd.grad(loss, logits) for loss in (ours, theirs))
    assert torch.allclose(of_theirs, of_ours / 2)
    teacher = fresh(linear(), draws.generator(0))
    toward = (torch.softmax(teacher(X), dim=1).detach() - 0.5)[0].sign()
    _, bias = heads(METHOD, linear(), ONE, Knobs(optimizer="adam", lr=0.1, batch=100, share=0, epochs=1))[0]
    assert torch.allclose(bias, 0.1 * toward, atol=1e-5)
