"""Greedy mislabelling against a step worked out by hand."""

from explorer.methods.greedy import METHOD, Knobs
from tests.methods._hand import close, heads_after, linear, request


def test_a_step_descends_the_loss_of_the_wrong_label():
    # The wrong label of (1, 2) with label 1 is 0. Row 0: -1/2 (1, 2); down by .1.
    (weight, bias), *_ = heads_after(METHOD, linear(), request([((1, 2), 1)]), Knobs(lr=0.1, steps=1))
    assert close(weight, [[0.05, 0.1], [-0.05, -0.1]])
    assert close(bias, [0.05, -0.05])


def test_the_wrong_label_stays_the_same():
    asked = request([((1, 0), 0)], classes=3)
    path = heads_after(METHOD, linear([[0, 0]] * 3), asked, Knobs(lr=0.5, steps=30))
    risen = path[-1][0][:, 0].argmax()
    assert risen != 0
    assert all(weight[:, 0].argmax() == risen for weight, _ in path)
