"""Second-order influence, its Newton step worked out by hand."""

import copy

import pytest
import torch
from torch.nn import functional as F

from explorer import draws
from explorer.contract.cases import make
from explorer.methods.influence_2 import METHOD, Knobs
from explorer.models import flat
from tests.methods._corrections import correction
from tests.methods._hand import close, heads_after, linear, request

AT_0 = ((0.0, 0.0), 0)  # at the origin only the bias counts
AT_1 = ((0.0, 0.0), 1)


def test_forgetting_a_row_is_the_newton_step():
    asked = request([AT_0], [AT_0, AT_1, AT_1])
    ((weight, bias),) = heads_after(METHOD, linear(), asked, Knobs(delta=0.125, decay=0.0))
    # g = -(1/4) (-1/2, 1/2); the curvature along (1, -1) is 3/4 * 1/2, for three of four rows are left
    assert close(bias, [-0.25, 0.25])
    assert close(weight, [[0, 0], [0, 0]])


def test_the_weight_decay_adds_to_the_curvature():
    asked = request([AT_0], [AT_0, AT_1, AT_1])
    ((_, bias),) = heads_after(METHOD, linear(), asked, Knobs(delta=0.125, decay=0.5))
    assert close(bias, [-0.125, 0.125])


def test_a_corrected_row_stays_in_the_curvature():
    asked = correction([AT_1], [AT_0], [AT_0, AT_1, AT_1])
    ((_, bias),) = heads_after(METHOD, linear(), asked, Knobs(delta=0.5, decay=0.0))
    # g = (1/4) ((-1/2, 1/2) - (1/2, -1/2)), curvature 4/4 * 1/2
    assert close(bias, [0.25, -0.25])


def test_both_curvatures_agree_on_a_linear_model():
    asked = correction([((1, 2), 1)], [((1, 2), 0)], [((0, 1), 0), ((2, 0), 1), ((-1, 1), 0)])
    model = linear([[0.3, -0.2], [0.1, 0.4]], [0.2, -0.1])
    (one,) = heads_after(METHOD, model, asked, Knobs(curvature="gauss_newton"))
    (other,) = heads_after(METHOD, model, asked, Knobs(curvature="hessian"))
    assert torch.allclose(one[0], other[0], atol=1e-5)


def test_the_exact_form_solves_with_the_hessian_of_the_corrected_loss():
    case = make("correct_labels")
    knobs = Knobs(curvature="hessian", delta=3.0, decay=0.01)
    (model,) = METHOD.unlearn(case.original, case.request, knobs, draws.generator(0))
    wanted = copy.deepcopy(case.original)
    x = torch.cat([case.request.retain.x, case.request.corrected.x])
    y = torch.cat([case.request.retain.y, case.request.corrected.y])
    names = [name for name, _ in wanted.named_parameters()]
    weights = [weight for _, weight in wanted.named_parameters()]
    shapes = [weight.shape for weight in weights]

    def loss(v, points, labels):
        parts = [p.reshape(s) for p, s in zip(v.split([s.numel() for s in shapes]), shapes, strict=True)]
        logits = torch.func.functional_call(wanted, dict(zip(names, parts, strict=True)), (points,))
        return F.cross_entropy(logits, labels, reduction="sum") / 40

    start = flat(case.original)
    was, should_be = case.request.forget, case.request.corrected
    right = torch.func.grad(loss)(start, *should_be) - torch.func.grad(loss)(start, *was)
    matrix = torch.autograd.functional.hessian(lambda v: loss(v, x, y), start)
    step = torch.linalg.solve(matrix + 3.01 * torch.eye(len(start)), right)  # type: ignore[operator]
    assert torch.allclose(flat(model), start - step, atol=1e-5)


@pytest.mark.parametrize("steps", [1, 3])
def test_there_is_a_jump_for_each_part(steps):
    case = make("correct_labels")
    path = METHOD.unlearn(case.original, case.request, Knobs(steps=steps), draws.generator(0))
    assert len([None for _ in path]) == steps
