"""Second-order influence takes the Newton step that the corrected rows ask for.

Where the original is a minimum of its loss, the gradient that the affected rows change is the whole gradient of the
corrected loss. Divided by the curvature of that loss it is one step of Newton's method toward the retrained model.

    w <- w - (C + wd + delta)^-1 g,   g = (1/n) sum_Z [ grad loss(z~) - grad loss(z) ]
    z~ = the row as it should be, nothing for a row to forget
    C = Gauss-Newton matrix, or exact Hessian, of the loss on the corrected data

Reads: the affected rows as they were and as they should be, and the retain set, all with labels; the labels of the
corrected data are used for the exact Hessian only.
Watch: one jump. For wrong labels spread at random the regions come close to retrained; where they lie together in one
wedge the jump lands beside it.
Fails: influence is a statement about small changes at a minimum. Many rows in one region, or an original that is no
minimum, and the straight line does not lead there. The exact Hessian has negative eigenvalues at the poisoned model: a
step along one climbs, and with a small damping the model breaks (a preset shows it).
Source: Warnecke, Pirch, Wressnegger and Rieck, Machine Unlearning of Features and Labels, NDSS 2023, arXiv:2108.11577;
code github.com/alewarne/MachineUnlearning at 10fadb2, Unlearner/DNNUnlearner.py and DPLRUnlearner.py.
Differs: the Gauss-Newton matrix by default, against the negative eigenvalues (our choice). The released code solves
with the Hessian: in closed form for logistic regression, for deep models by LiSSA over one batch of 1,024 and sums of
losses (a step some 49 times the strict one on CIFAR-10); ours is over all rows, in the mean convention.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.curvature import GaussNewton, solve_hessian
from explorer.methods._shared.double import doubled, doubled_copy
from explorer.methods._shared.flat import Flat, Scope, joined
from explorer.methods._shared.influence import influence, parts, size
from explorer.training import Examples

HESSIAN_STEPS = 200  # products with the exact Hessian at most


class Knobs(KnobBase):
    """Knobs of second-order influence."""

    curvature: Literal["gauss_newton", "hessian"] = knob(
        "gauss_newton", title="Curvature", help="Never negative (Gauss-Newton), or exact and of either sign (Hessian)."
    )
    delta: float = knob(
        0.3, ge=1e-3, le=10.0, log=True, title="Damping", help="Added to the curvature: larger is shorter and safer."
    )
    decay: float = knob(
        1e-3, ge=0.0, le=1.0, title="Weight decay", help="Factor on half the squared weights in the training loss."
    )
    steps: int = knob(
        1, ge=0, le=20, title="Steps", help="Parts the rows are split into; gradient and curvature are taken anew."
    )
    scope: Scope = knob("all", title="Weights", help="Which weights move: all, or the last block's and the head's.")


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each part of the affected rows."""
    model = copy.deepcopy(original)
    exact = knobs.curvature == "hessian"
    flat = Flat(doubled_copy(model) if exact else model, knobs.scope, request.meter)
    live = Flat(model, knobs.scope, request.meter)
    vector, n = flat.start, size(request)
    for was, should_be, data in _stages(request, knobs.steps):
        if exact:
            was, should_be, data = (_double(part) for part in (was, should_be, data))
        g = influence(flat, vector, was, should_be, n)
        vector = vector - _solve(flat, vector, data, n, g, knobs)
        live.put(vector)
        yield model


def _stages(request: Request, steps: int) -> Iterator[tuple[Examples, Examples, Examples]]:
    """Yield each part of the affected rows, as it was and as it should be, with the data corrected so far."""
    every = list(parts(request, steps))
    for number, (was, should_be) in enumerate(every):
        done = [corrected for _, corrected in every[: number + 1]]
        waiting = [row for row, _ in every[number + 1 :]]
        yield was, should_be, joined(request.retain, *done, *waiting)


def _solve(flat: Flat, vector: Tensor, data: Examples, n: int, g: Tensor, knobs: Knobs) -> Tensor:
    damping = knobs.delta + knobs.decay
    if knobs.curvature == "hessian":
        return solve_hessian(flat, vector, data, 1 / n, damping, g, HESSIAN_STEPS)
    return GaussNewton(flat, vector, data.x, 1 / n).solve(g, damping)


def _double(part: Examples) -> Examples:
    x = doubled(part.x)
    return Examples(x, part.y.to(x.device))


METHOD = Method(
    title="Second-order influence",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class", "correct_labels", "erase_feature"},
    reads={"forget.x", "forget.y", "corrected.x", "corrected.y", "retain.x", "retain.y"},
    neutral={"steps": 0},
    presets={
        "uniform label errors": Preset({"delta": 0.03}, note="Our choice: the damping that suits spread-out errors."),
        "exact Hessian": Preset(
            {"curvature": "hessian", "delta": 0.1},
            note="Negative eigenvalues stronger than the damping: the step climbs.",
            collapses=True,
        ),
        "deep model": Preset(
            {"delta": 0.02, "scope": "last block", "decay": 5e-4},
            note="Damping as released for CIFAR-10 in the mean convention; the rest is ours.",
            images=True,
        ),
    },
    images=Images(
        start={"delta": 0.02, "scope": "last block", "decay": 5e-4},
        search={
            "delta": log(1e-3, 1.0),
            "steps": whole(1, 2),
        },
        authors="deep model",
        trials=4,
        dear="its conjugate gradients run over the whole training set: some 36 epochs' worth of passes",
        recorded_for={"correct_labels"},
        rank=5,
    ),
    bibtex="""@inproceedings{warnecke2023machine,
  title = {Machine Unlearning of Features and Labels},
  author = {Warnecke, Alexander and Pirch, Lukas and Wressnegger, Christian and Rieck, Konrad},
  booktitle = {NDSS},
  year = {2023}
}""",
    badges=("our choice: Gauss-Newton", "paper's text not read in full", "toy values: our choice"),
)
