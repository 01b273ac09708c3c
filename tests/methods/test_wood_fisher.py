"""WoodFisher influence: the recursion against the direct inverse, and one step by hand."""

import pytest
import torch

from explorer import draws
from explorer.methods.wood_fisher import METHOD, Knobs, divided
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
