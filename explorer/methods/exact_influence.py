"""Exact influence takes the Newton step that leaving the forget set out asks for, with the true Hessian.

It is what influence by approximate curvature approximates; side by side they show where the approximation breaks.

    v = (1/N) sum_{D_f} grad loss - N_f / (N N_r) sum_{D_r} grad loss
    w <- w + alpha * (H + delta I)^-1 v,   H = Hessian of the mean loss on the retain set

Reads: the forget set and the retain set, with labels.
Watch: one jump; beside WoodFisher's, which has the same v and another matrix.
Fails: the solution is exact, the statement is not: influence is about small changes at a minimum. The Hessian has
negative eigenvalues; where one nearly cancels the damping the jump is huge, and along those beyond it the step climbs.
Source: Koh and Liang, Understanding Black-box Predictions via Influence Functions, ICML 2017, arXiv:1703.04730; v as in
Jia et al., Model Sparsity Can Simplify Machine Unlearning, NeurIPS 2023, arXiv:2304.04934, influence unlearning. Code:
github.com/kohpangwei/influence-release at 0f65696, influence/genericNeuralNet.py, and for v
github.com/OPTML-Group/Unlearn-Sparse at 80ba55d, unlearn/Wfisher.py.
Differs: the first code asks how the loss on a test point would change and moves no weights; it solves by conjugate
gradients or LiSSA with a damping added, which assume a Hessian without negative eigenvalues. Here the equations are
solved by the method of minimal residuals (MINRES) with exact products, in double precision, to one part in a million or
until the products run out: 1,218 weights need no matrix, and negative eigenvalues are no hindrance.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import nn

from explorer.knobs import KnobBase, knob
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.curvature import solve_hessian
from explorer.methods._shared.flat import Flat, Scope
from explorer.methods._shared.leave_out import removal
from explorer.training import Examples


class Knobs(KnobBase):
    """Knobs of exact influence."""

    alpha: float = knob(1.0, ge=0.0, le=20.0, title="Length", help="Factor on the step; 1 is the Newton step.")
    delta: float = knob(
        0.3, ge=1e-3, le=10.0, log=True, title="Damping", help="Added to every eigenvalue: larger is shorter and safer."
    )
    products: int = knob(
        100, ge=1, le=500, title="Products", help="Products with the Hessian at most; fewer once the equations hold."
    )
    scope: Scope = knob("all", title="Weights", help="Which weights move: all, or the last block's and the head's.")


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after the step."""
    model = copy.deepcopy(original)
    flat = Flat(copy.deepcopy(model).double(), knobs.scope, request.meter)
    forget, retain = (Examples(part.x.double(), part.y) for part in (request.forget, request.retain))
    v = removal(flat, flat.start, forget, retain)
    step = solve_hessian(flat, flat.start, retain, 1 / len(retain.y), knobs.delta, v, knobs.products)
    Flat(model, knobs.scope, request.meter).put(flat.start + knobs.alpha * step)
    yield model


METHOD = Method(
    title="Exact influence",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"alpha": 0.0},
    presets={
        "little damping": Preset(
            {"delta": 0.05}, note="Our choice: on some data a negative eigenvalue nearly cancels it.", collapses=True
        ),
    },
    images=Images(cannot="needs the whole Hessian, a square matrix as wide as the network has weights"),
    bibtex="""@inproceedings{koh2017understanding,
  title = {Understanding Black-box Predictions via Influence Functions},
  author = {Koh, Pang Wei and Liang, Percy},
  booktitle = {ICML},
  year = {2017}
}""",
    badges=("exact solve, not exact unlearning", "toy values: our choice"),
)
