"""WoodFisher influence divides the pull of leaving points out by the empirical Fisher matrix, one point at a time.

The inverse of the matrix is never formed: each retained point changes it by a matrix of rank one, and the Woodbury
identity says what that does to its product with the pull.

    v = (1/N) sum_{D_f} grad loss - N_f / (N N_r) sum_{D_r} grad loss
    F_0 = delta I,   F_i = F_{i-1} + g_i g_i^T / m,   g_i = gradient of the loss of one retained point
    F_i^-1 v = F_{i-1}^-1 v - o_i (o_i . v) / (m + g_i . o_i),   o_i = F_{i-1}^-1 g_i
    w <- w + alpha * F_m^-1 v

Reads: the forget set and the retain set, with labels.
Watch: one jump, beside the one with the exact Hessian: same pull, another matrix.
Fails: single gradients vanish where a point is fitted, so the matrix is nearly empty at a well-trained model, whatever
the true curvature: the damping then decides the length of the step.
Source: Jia et al., Model Sparsity Can Simplify Machine Unlearning, NeurIPS 2023, arXiv:2304.04934, influence
unlearning; the recursion: Singh and Alistarh, WoodFisher, NeurIPS 2020, arXiv:2004.14340 (the commit read was not
recorded).
Differs: ours is the full recursion, equal to the direct inverse (a test); the damping, 1 in the released code as we
remember it, is a knob. In large networks fewer points are taken, so that their gradients fit into memory.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

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


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after the step."""
    model = copy.deepcopy(original)
    flat = Flat(model, knobs.scope, request.meter)
    forget, retain = (Examples(*part) for part in (request.forget, request.retain))
    v = removal(flat, flat.start, forget, retain)
    most = max(1, min(knobs.points, NUMBERS // len(v)))
    rows = draws.permutation(len(retain.y), rng, retain.y)[:most]
    gradients = flat.example_gradients(flat.start, Examples(retain.x[rows], retain.y[rows]))
    flat.put(flat.start + knobs.alpha * divided(gradients, v, knobs.delta))
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


METHOD = Method(
    title="WoodFisher influence",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"alpha": 0.0},
    presets={
        "released damping": Preset({"delta": 1.0}, note="Damping of the released code; length ours."),
        "sparsity paper": Preset(
            {"delta": 1.0, "alpha": 0.2}, note="Length as the command line's default there; from memory.", images=True
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
    badges=("source from memory", "toy values: our choice"),
)
