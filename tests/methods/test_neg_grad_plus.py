"""NegGrad+ against a step worked out by hand."""

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
