"""Fine-tuning against steps worked out by hand."""

import math

from explorer.methods.fine_tune import METHOD, Knobs
from tests.methods._hand import close, heads_after, linear, request

ASKED = request(forget=[((9, 9), 1)], retain=[((1, 0), 0), ((0, 2), 1)])


def test_first_step_descends_the_mean_loss_of_the_retain_set():
    # Row 0: 1/2 [ -1/2 (1, 0) + 1/2 (0, 2) ] = (-.25, .5); down by .1.
    (weight, bias), *_ = heads_after(METHOD, linear(), ASKED, Knobs(lr=0.1, steps=1))
    assert close(weight, [[0.025, -0.05], [-0.025, 0.05]])
    assert close(bias, [0, 0])


def test_second_step_takes_nine_tenths_of_the_first_along():
    _, (weight, bias) = heads_after(METHOD, linear(), ASKED, Knobs(lr=0.1, momentum=0.9, steps=2))
    # After step 1 the margin of class 0 is .05 at (1, 0) and -.2 at (0, 2).
    wrong = [1 / (1 + math.exp(0.05)), 1 / (1 + math.exp(0.2))]  # probability of the other class at each point
    gradient = [-0.5 * wrong[0] * 1, 0.5 * wrong[1] * 2]  # row 0
    step = [0.1 * (0.9 * -0.25 + gradient[0]), 0.1 * (0.9 * 0.5 + gradient[1])]
    assert close(weight[0], [0.025 - step[0], -0.05 - step[1]])
    assert close(bias, [0.05 * (wrong[0] - wrong[1]), -0.05 * (wrong[0] - wrong[1])])
