"""DELETE against a target and a step worked out by hand."""

import math

import torch

from explorer.methods.delete import METHOD, Knobs, away_from, without_label
from tests.methods._hand import close, heads_after, linear, request

SAYS = [0.0, math.log(3), 0.0]  # the original's logits everywhere: probabilities 1/5, 3/5, 1/5


def test_the_target_is_what_is_left_when_the_label_is_masked():
    target = without_label(torch.tensor([SAYS, SAYS]), torch.tensor([0, 1]))
    assert close(target, [[0, 0.75, 0.25], [0.5, 0, 0.5]])


def test_a_step_descends_the_divergence_from_the_target():
    # Label 0: p - t = (1/5, 3/5 - 3/4, 1/5 - 1/4) = (.2, -.15, -.05), times the point (1, 2); down by .1.
    model = linear([[0, 0]] * 3, SAYS)
    (weight, bias), *_ = heads_after(METHOD, model, request([((1, 2), 0)], classes=3), Knobs(lr=0.1, steps=1))
    assert close(weight, [[-0.02, -0.04], [0.015, 0.03], [0.005, 0.01]])
    assert close(bias, [-0.02, math.log(3) + 0.015, 0.005])


def test_the_divergence_counts_nothing_where_the_target_is_0():
    target, logits = torch.tensor([[0.0, 0.75, 0.25]]), torch.tensor([SAYS])
    by_hand = 0.75 * math.log(0.75 / 0.6) + 0.25 * math.log(0.25 / 0.2)
    assert math.isclose(away_from(target, logits).item(), by_hand, rel_tol=1e-6)


def test_the_target_is_that_of_the_original_to_the_end():
    # Batches of one: after many steps the output at the point is the target, not the output masked once more.
    model = linear([[0, 0]] * 3, SAYS)
    weight, bias = heads_after(METHOD, model, request([((1, 0), 0)], classes=3), Knobs(lr=1.0, steps=400))[-1]
    said = (weight[:, 0] + bias).softmax(dim=0)
    assert torch.allclose(said, torch.tensor([0.0, 0.75, 0.25]), atol=0.01)


def test_with_two_classes_the_target_is_the_opposite_label_and_the_method_says_so():
    assert close(without_label(torch.tensor([[2.0, -1.0]]), torch.tensor([0])), [[0, 1]])
    asked = request([((1, 2), 1)])
    list(METHOD.unlearn(linear(), asked, Knobs(steps=1), torch.Generator()))
    assert asked.remarks.sentences == ["with two classes the target is the opposite label: this is greedy mislabelling"]
