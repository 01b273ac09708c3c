"""NegGrad+ against a step worked out by hand."""

import math

from explorer.methods.neg_grad_plus import METHOD, Knobs
from tests.methods._hand import close, heads_after, linear, request

ASKED = request(forget=[((0, 1), 0)], retain=[((1, 0), 0)])


def test_a_step_weighs_descent_on_retain_against_ascent_on_forget():
    # Row 0: .75 * (-1/2)(1, 0) - .25 * (-1/2)(0, 1) = (-.375, .125); bias: .75 * (-1/2) - .25 * (-1/2) = -.25.
    (weight, bias), *_ = heads_after(METHOD, linear(), ASKED, Knobs(alpha=0.75, lr=0.1, steps=1))
    assert close(weight, [[0.0375, -0.0125], [-0.0375, 0.0125]])
    assert close(bias, [0.025, -0.025])


def test_alpha_one_is_fine_tuning_and_alpha_zero_is_ascent():
    (only_retain, _), *_ = heads_after(METHOD, linear(), ASKED, Knobs(alpha=1, lr=0.1, steps=1))
    (only_forget, _), *_ = heads_after(METHOD, linear(), ASKED, Knobs(alpha=0, lr=0.1, steps=1))
    assert close(only_retain, [[0.05, 0], [-0.05, 0]])
    assert close(only_forget, [[0, -0.05], [0, 0.05]])


def test_second_step_of_the_notebooks_takes_nothing_of_the_first_along():
    knobs = Knobs(**METHOD.presets["SCRUB notebooks"].knobs).model_copy(update={"lr": 0.1, "steps": 2})
    first, second = heads_after(METHOD, linear(), ASKED, knobs)
    # Row 0 after the first step: .1 * (.95 / 2, -.05 / 2), bias .1 * (.95 - .05) / 2 = .045.
    assert close(first[0][0], [0.0475, -0.0025])
    assert close(first[1], [0.045, -0.045])
    # Margins of class 0: at (1, 0) 2 (.0475 + .045) = .185; at (0, 1) 2 (-.0025 + .045) = .085. Its errors there are
    # 1 / (1 + e^.185) and 1 / (1 + e^.085); a step is .1 times (.95 of the first, -.05 of the second).
    wrong = 1 / (1 + math.exp(0.185)), 1 / (1 + math.exp(0.085))
    assert close(second[0][0], [0.0475 + 0.1 * 0.95 * wrong[0], -0.0025 - 0.1 * 0.05 * wrong[1]])
