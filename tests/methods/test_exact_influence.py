"""Exact influence, its Newton step worked out by hand and against a dense solve."""

import copy

import torch
from torch.nn import functional as F

from explorer import draws
from explorer.contract.cases import make
from explorer.methods.exact_influence import METHOD, Knobs
from explorer.models import flat
from tests.methods._hand import close, heads_after, linear, request

AT_0, AT_1 = ((0.0, 0.0), 0), ((0.0, 0.0), 1)  # at the origin only the bias counts


def test_the_step_by_hand():
    # v = (1/4) (-1/2, 1/2) - 1/(4 * 3) (-1/2 + 1/2 + 1/2) (1, -1) = (-1/6, 1/6); the Hessian along it is 1/2
    asked = request([AT_0], [AT_0, AT_1, AT_1])
    ((weight, bias),) = heads_after(METHOD, linear(), asked, Knobs(delta=0.5, alpha=1.0))
    assert close(bias, [-1 / 6, 1 / 6])
    assert close(weight, [[0, 0], [0, 0]])
    ((_, twice),) = heads_after(METHOD, linear(), asked, Knobs(delta=0.5, alpha=2.0))
    assert close(twice, [-1 / 3, 1 / 3])


def test_from_a_minimum_it_is_the_newton_step_on_the_retain_set():
    """Two labels each at the origin: weights of zero are the minimum. Without the forget set it lies elsewhere."""
    asked = request([AT_0], [AT_0, AT_1, AT_1])
    ((_, bias),) = heads_after(METHOD, linear(), asked, Knobs(delta=1e-3))
    gradient = torch.tensor([1 / 6, -1 / 6])  # of the mean loss on the retain set
    assert close(bias, (-gradient / (0.5 + 1e-3)).tolist())


def test_it_solves_with_the_hessian_of_the_retain_set():
    case = make("forget")
    (model,) = METHOD.unlearn(case.original, case.request, Knobs(delta=1.0, products=500), draws.generator(0))
    twin = copy.deepcopy(case.original).double()
    names, weights = zip(*twin.named_parameters(), strict=True)

    def mean_loss(v, part):
        pieces = [p.reshape(w.shape) for p, w in zip(v.split([w.numel() for w in weights]), weights, strict=True)]
        logits = torch.func.functional_call(twin, dict(zip(names, pieces, strict=True)), (part.x.double(),))
        return F.cross_entropy(logits, part.y)

    start, retain, forget = flat(twin), case.request.retain, case.request.forget
    matrix = torch.autograd.functional.hessian(lambda v: mean_loss(v, retain), start)
    pull = torch.func.grad(mean_loss)(start, forget) - torch.func.grad(mean_loss)(start, retain)
    step = torch.linalg.solve(matrix + torch.eye(len(start)), len(forget.y) / 40 * pull)  # type: ignore[operator]
    assert torch.allclose(flat(model).double(), start + step, atol=1e-5)
