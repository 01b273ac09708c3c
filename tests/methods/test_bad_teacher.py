"""Bad teacher against steps worked out from the teachers' probabilities."""

import torch

from explorer import draws
from explorer.contract.networks import mlp, same
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
