"""WoodFisher influence divides the pull of leaving points out by the empirical Fisher matrix, one point at a time.

The inverse of the matrix is never formed: each retained point changes it by a matrix of rank one, and the Woodbury
identity says what that does to its product with the pull.

    v = (1/N) sum_{D_f} grad loss - N_f / (N N_r) sum_{D_r} grad loss
    F_0 = delta I,   F_i = F_{i-1} + (g_i g_i^T) / m,   g_i = gradient of the loss of one retained point
    F_i^-1 v = F_{i-1}^-1 v - o_i (o_i . v) / (m + g_i . o_i),   o_i = F_{i-1}^-1 g_i
    w <- w + alpha * F_m^-1 v

Reads: the forget set and the retain set, with labels.
Watch: one jump, beside the one with the exact Hessian: same pull, another matrix.
Fails: single gradients vanish where a point is fitted, so the matrix is nearly empty at a well-trained model, whatever
the true curvature: the damping then decides the length of the step.
Source: Jia et al., Model Sparsity Can Simplify Machine Unlearning, NeurIPS 2023, arXiv:2304.04934, influence
unlearning; code github.com/OPTML-Group/Unlearn-Sparse at 80ba55d, unlearn/Wfisher.py; the recursion: Singh and
Alistarh, WoodFisher, NeurIPS 2020, arXiv:2004.14340.
Differs: ours is the full recursion, equal to the direct inverse (a test). The released one keeps a single vector o,
which starts as the first point's gradient and is only ever made shorter: so it takes away from v along that one
direction, and the gradients of all other points only say how much. A knob switches to it. The damping is 1 there, here
a knob. There the first 1,002 points are taken in the data set's order and counted as 1,000, here as many as the knob
says, drawn at random; in large networks fewer, so that their gradients fit into memory. Nothing is trained: batch
statistics stay.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import log
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.flat import Flat, Scope
from explorer.methods._shared.leave_out import removal
from explorer.training import Examples

NUMBERS = 1 << 27  # of gradients held at once


class Knobs(KnobBase):
    """Knobs of WoodFisher influence."""

    alpha: float = knob(1.0, ge=0.0, le=20.0, title="Length", help="Factor on the step; 1 is the full step.")
    delta: float = knob(
        0.1, ge=1e-3, le=10.0, log=True, title="Damping", help="Added to every eigenvalue: larger is shorter and safer."
    )
    points: int = knob(
        1000, ge=1, le=1000, title="Points", help="Retained points in the matrix, at most; drawn at random.",
        unit="points",
    )  # fmt: skip
    scope: Scope = knob("all", title="Weights", help="Which weights move: all, or the last block's and the head's.")
    recursion: Literal["full", "one direction"] = knob(
        "full", title="Recursion", help="Equal to the inverse, or along the first point's gradient only, as released.",
        later=True,
    )  # fmt: skip


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after the step."""
    model = copy.deepcopy(original)
    flat = Flat(model, knobs.scope, request.meter)
    forget, retain = (Examples(*part) for part in (request.forget, request.retain))
    v = removal(flat, flat.start, forget, retain)
    most = max(1, min(knobs.points, NUMBERS // len(v)))
    rows = draws.permutation(len(retain.y), rng, retain.y)[:most]
    gradients = flat.example_gradients(flat.start, Examples(retain.x[rows], retain.y[rows]))
    solve = divided if knobs.recursion == "full" else divided_along_one
    flat.put(flat.start + knobs.alpha * solve(gradients, v, knobs.delta))
    yield model


def divided(gradients: Tensor, v: Tensor, damping: float) -> Tensor:
    """Return (damping I + mean of g g^T)^-1 v by the Woodbury recursion.

    With F_i the matrix after i points and o_i = F_{i-1}^-1 g_i,

        F_i^-1 u = F_{i-1}^-1 u - o_i (o_i . u) / (m + g_i . o_i)

    Args:
        gradients: (m, p), one point a row.
        v: (p,).
        damping: above 0.
    """
    m = len(gradients)
    turned = torch.empty_like(gradients)  # o_i, and in `size` their denominators
    size = gradients.new_empty(m)
    found = v / damping
    for i, gradient in enumerate(gradients):
        before = turned[:i]
        turned[i] = gradient / damping - ((before @ gradient) / size[:i]) @ before
        size[i] = m + gradient @ turned[i]
        found = found - turned[i] * ((turned[i] @ v) / size[i])
    return found


def divided_along_one(gradients: Tensor, v: Tensor, damping: float) -> Tensor:
    """Return what the released recursion makes of v, which it takes for (damping I + mean of g g^T)^-1 v.

        o = g_1 / damping,   u = v / damping;   for each further point g:
        u <- u - o (u . g) / (m + o . g),   o <- o - o (o . g) / (m + o . g)

    Args:
        gradients: (m, p), one point a row.
        v: (p,).
        damping: above 0; 1 in the released code.
    """
    m, turned, found = len(gradients), gradients[0] / damping, v / damping
    for gradient in gradients[1:]:
        along = turned @ gradient
        found = found - (found @ gradient) / (m + along) * turned
        turned = turned - along / (m + along) * turned
    return found


METHOD = Method(
    title="WoodFisher influence",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"alpha": 0.0},
    presets={
        "released damping": Preset({"delta": 1.0}, note="Damping of the released code; length and recursion ours."),
        "sparsity paper": Preset(
            {"delta": 1.0, "alpha": 0.2},
            note="Damping and, as its command line's default, length of the released code; the recursion as meant.",
            images=True,
        ),
        "sparsity paper (as it runs)": Preset(
            {"delta": 1.0, "alpha": 0.2, "recursion": "one direction"},
            note="The same with the released recursion, which only ever uses the first gradient's direction.",
            images=True,
        ),
    },
    images=Images(
        start={"delta": 1.0, "alpha": 0.2, "scope": "last block"},
        search={
            "alpha": log(0.01, 20.0),
            "delta": log(1e-3, 10.0),
        },
        authors="sparsity paper",
    ),
    bibtex="""@inproceedings{jia2023model,
  title = {Model Sparsity Can Simplify Machine Unlearning},
  author = {Jia, Jinghan and Liu, Jiancheng and Ram, Parikshit and Yao, Yuguang and Liu, Gaowen and Liu, Yang and
            Sharma, Pranay and Liu, Sijia},
  booktitle = {NeurIPS},
  year = {2023}
}""",
    badges=("toy values: our choice",),
)
