"""First-order influence, one step worked out by hand.

At weights of zero both classes have probability 1/2, so the gradient of a point x with label 0 is (-1/2, 1/2) times x.
"""

import pytest
import torch

from explorer.contract.cases import make
from explorer.methods.influence_1 import METHOD, Knobs
from tests.methods._corrections import correction
from tests.methods._hand import close, heads_after, linear, request, weights_after

RETAIN = [((0, 1), 0), ((0, 2), 1), ((1, 1), 0)]


def test_forgetting_a_row_takes_its_share_of_the_gradient_away():
    asked = request([((1, 0), 0)], RETAIN)
    ((weight, bias),) = heads_after(METHOD, linear(), asked, Knobs(tau=0.4))
    # g = -(1/4) (-1/2, 1/2) x; w - .4 g
    assert close(weight, [[-0.05, 0], [0.05, 0]])
    assert close(bias, [-0.05, 0.05])


def test_correcting_a_label_counts_both_gradients():
    asked = correction([((1, 0), 1)], [((1, 0), 0)], RETAIN)
    (weight,) = weights_after(METHOD, linear(), asked, Knobs(tau=0.4))
    assert close(weight, [[0.1, 0], [-0.1, 0]])


def test_erasing_a_feature_leaves_the_other_column_alone():
    asked = correction([((1, 2), 0)], [((1, 0), 0)], RETAIN, "erase_feature")
    (weight,) = weights_after(METHOD, linear(), asked, Knobs(tau=0.4))
    # g = (1/4) (-1/2, 1/2) ((1, 0) - (1, 2))
    assert close(weight, [[0, -0.1], [0, 0.1]])


def test_a_row_more_of_the_rest_makes_the_step_shorter():
    asked = request([((1, 0), 0)], [*RETAIN, ((5, 5), 1)])
    (weight,) = weights_after(METHOD, linear(), asked, Knobs(tau=0.4))
    assert close(weight, [[-0.04, 0], [0.04, 0]])


def test_parts_are_taken_one_after_the_other_in_order():
    asked = correction([((1, 0), 1), ((0, 1), 1)], [((1, 0), 0), ((0, 1), 0)], RETAIN[:2])
    first, second = weights_after(METHOD, linear(), asked, Knobs(tau=0.4, steps=2))
    assert close(first, [[0.1, 0], [-0.1, 0]])
    # The difference of two labels' gradients does not depend on the weights, so the second part adds as much.
    assert close(second, [[0.1, 0.1], [-0.1, -0.1]])


TWO_FLIPS = correction([((1, 0), 1), ((0, 1), 1)], [((1, 0), 0), ((0, 1), 0)], RETAIN[:2])


def test_a_rate_of_n_times_theirs_is_their_step_along_the_sum():
    # Of a row x whose label 1 becomes 0 the two gradients of row 0 differ by -x, whatever the weights. Theirs goes .1
    # times along the sum over both rows; there are n = 4 training rows, so that is a rate of .4 here.
    theirs = 0.1
    (weight,) = weights_after(METHOD, linear(), TWO_FLIPS, Knobs(tau=4 * theirs))
    assert close(weight, [[0.1, 0.1], [-0.1, -0.1]])


def test_rows_that_serve_again_move_the_model_in_every_step():
    path = weights_after(METHOD, linear(), TWO_FLIPS, Knobs(tau=0.4, steps=3, again=512))
    assert len(path) == 3
    for step, weight in enumerate(path, 1):
        assert close(weight, [[0.1 * step, 0.1 * step], [-0.1 * step, -0.1 * step]])


def test_no_more_rows_serve_again_than_the_knob_says():
    path = weights_after(METHOD, linear(), TWO_FLIPS, Knobs(tau=0.4, steps=4, again=1))
    steps = [after - before for before, after in zip([torch.zeros(2, 2), *path[:-1]], path, strict=True)]
    assert all(close(step[0].sort().values, [0.0, 0.1]) for step in steps)


def test_rows_to_forget_can_serve_again():
    # g = -(1/4) (-1/2, 1/2) x at weights of zero, as above; the first of two steps.
    asked = request([((1, 0), 0)], RETAIN)
    first, second = weights_after(METHOD, linear(), asked, Knobs(tau=0.4, steps=2, again=5))
    assert close(first, [[-0.05, 0], [0.05, 0]])
    assert second[0, 0] < -0.1  # the point is less likely now, so its gradient is longer


def test_the_deep_preset_is_the_released_rate_at_50000_rows():
    knobs = METHOD.presets["deep model"].knobs
    assert knobs["tau"] == pytest.approx(2e-5 * 50_000)
    assert (knobs["steps"], knobs["again"]) == (10, 512)


def test_only_the_last_block_and_the_head_move_if_asked():
    case = make("correct_labels")
    rng = torch.Generator()
    (model,) = METHOD.unlearn(case.original, case.request, Knobs(scope="last block"), rng)
    pairs = zip(model.named_parameters(), case.original.parameters(), strict=True)
    assert {name.split(".")[1] for (name, one), other in pairs if not torch.equal(one, other)} == {
        "1",
        "weight",
        "bias",
    }
