"""WoodFisher influence: the recursion against the direct inverse, and one step by hand."""

import pytest
import torch

from explorer import draws
from explorer.methods.wood_fisher import METHOD, Knobs, divided, divided_along_one
from tests.methods._hand import close, heads_after, linear, request

AT_0, AT_1 = ((0.0, 0.0), 0), ((0.0, 0.0), 1)


@pytest.mark.parametrize("points", [1, 4, 20])
def test_the_recursion_equals_the_direct_inverse(points):
    gradients = draws.normal((points, 7), draws.generator(0)).double()
    v = draws.normal((7,), draws.generator(1)).double()
    matrix = 0.3 * torch.eye(7) + gradients.T @ gradients / points
    assert torch.allclose(divided(gradients, v, 0.3), torch.linalg.solve(matrix, v), atol=1e-10)


def test_the_step_by_hand():
    # v = (-1/6, 1/6) as for exact influence; each gradient is +-(-1/2, 1/2), so the matrix along it is 1/2
    asked = request([AT_0], [AT_0, AT_1, AT_1])
    ((weight, bias),) = heads_after(METHOD, linear(), asked, Knobs(delta=0.5, alpha=1.0))
    assert close(bias, [-1 / 6, 1 / 6])
    assert close(weight, [[0, 0], [0, 0]])


def test_at_a_fitted_point_only_the_damping_divides():
    """Where the retained points are fitted to the last digit their gradients are 0, and F is the damping alone."""
    model = linear([[50, 0], [-50, 0]])
    asked = request([((0, 1), 0)], [((1, 0), 0), ((-1, 0), 1)])
    ((weight, bias),) = heads_after(METHOD, model, asked, Knobs(delta=0.25, alpha=1.0))
    # v = (1/3) (-1/2, 1/2), to the second column and the bias
    assert close(bias, [-2 / 3, 2 / 3])
    assert close(weight, [[50, -2 / 3], [-50, 2 / 3]])


def test_fewer_points_make_another_matrix():
    asked = request([((0, 1), 0)], [((1, 0), 0), ((-1, 2), 1), ((0, 3), 1)])
    few, all_ = (heads_after(METHOD, linear(), asked, Knobs(points=points))[0][0] for points in (1, 1000))
    assert not torch.allclose(few, all_)


def test_the_released_recursion_by_hand():
    # m = 3, damping 1: o = (1, 0), u = (1, 1).
    # g = (1, 1): o . g = 1, u . g = 2: u = (1, 1) - 2/4 (1, 0) = (1/2, 1), o = (1, 0) - 1/4 (1, 0) = (3/4, 0).
    # g = (2, 0): o . g = 3/2, u . g = 1: u = (1/2, 1) - 1/(9/2) (3/4, 0) = (1/3, 1).
    gradients = torch.tensor([[1.0, 0.0], [1.0, 1.0], [2.0, 0.0]])
    assert close(divided_along_one(gradients, torch.tensor([1.0, 1.0]), 1.0), [1 / 3, 1])


def test_the_released_recursion_only_ever_goes_along_the_first_gradient():
    gradients = draws.normal((20, 7), draws.generator(0)).double()
    v = draws.normal((7,), draws.generator(1)).double()
    for damping in (1.0, 0.3):
        gone = v / damping - divided_along_one(gradients, v, damping)
        along = gone @ gradients[0] / gradients[0].square().sum() * gradients[0]
        assert gone.norm() > 0.01 and torch.allclose(gone, along, atol=1e-12)


def test_the_knob_switches_the_recursion():
    asked = request([AT_0], [AT_1, AT_1, AT_1])
    one, full = (
        heads_after(METHOD, linear(), asked, Knobs.model_validate({"delta": 1.0, "recursion": how}))[0][1]
        for how in ("one direction", "full")
    )
    # All retained points have the gradient g_1 = (1/2, -1/2), the forget point -g_1: v = 1/4 (-g_1 - g_1) = -g_1/2.
    # One direction, with o = c g_1, u = d g_1, m = 3 and s = o . g = c/2: at first c = 1, d = -1/2.
    # Second point: s = 1/2: d - (d/2)/(7/2) c = -1/2 + 1/14 = -3/7; c = 1 - 1/7 = 6/7.
    # Third: s = 3/7: d - (d/2)/(24/7) c = -3/7 + (3/14)(7/24)(6/7) = -3/7 + 3/56 = -3/8.
    assert close(one, [-3 / 16, 3 / 16])
    # Full: the matrix is 1 + 1/2 along g_1: -1/2 / (3/2) = -1/3.
    assert close(full, [-1 / 6, 1 / 6])
