"""Gradient ascent climbs the loss of the forget set, with nothing to hold the rest in place.

The shortest recipe there is: do the opposite of training on the points that are to be forgotten. The loss has no upper
bound, so the climb has no natural end.

    w <- w + lr * grad L_f(w),   L_f = mean cross-entropy over the forget set

Reads: the forget set and its labels.
Watch: the boundary leaves the forget points slowly, then faster and faster, and sweeps on over retained points.
Fails: too many steps, or too long ones, destroy the model instead of unlearning; there is no rule for when to stop.
Source: folklore, known as NegGrad; as a baseline in Golatkar, Achille and Soatto, Eternal Sunshine of the Spotless Net,
2020, arXiv:1911.04933. Code: github.com/OPTML-Group/Unlearn-Sparse at 80ba55d, unlearn/GA.py and README.MD; their own
github.com/AdityaGolatkar/SelectiveForgetting, at 4c02825, has a switch of this name that nothing uses.
Differs: there 5 epochs at a rate of 1e-4 with momentum and weight decay, and moving batch statistics; other
implementations clip the gradient or stop at a chosen accuracy. Ours does none of this, so that the collapse shows.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request


class Knobs(KnobBase):
    """Knobs of gradient ascent."""

    lr: float = knob(
        0.05, ge=1e-4, le=1.0, log=True, title="Learning rate", help="How far each ascent step moves the weights."
    )
    steps: int = knob(20, ge=0, le=500, title="Steps", help="Number of ascent steps; there is no natural end.")
    batch: int = knob(
        0,
        ge=0,
        le=5000,
        title="Batch size",
        help="Forget points a step; 0 takes all of them every time.",
        unit="points",
    )


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each ascent step."""
    model = copy.deepcopy(original)
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, maximize=True, fused=True)
    x, y = request.forget
    batches = draws.batches(len(y), knobs.batch or len(y), rng, y)
    for _ in range(knobs.steps):
        rows = next(batches) if knobs.batch else slice(None)
        optimizer.zero_grad()
        F.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
        yield model


METHOD = Method(
    title="Gradient ascent",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y"},
    neutral={"steps": 0},
    presets={
        "explodes": Preset(
            {"lr": 0.05, "steps": 20}, note="Our choice: retained points go with the rest.", collapses=True
        ),
        "careful": Preset({"lr": 0.01, "steps": 20}, note="Our choice: the same climb in steps a fifth as long."),
    },
    images=Images(
        start={"lr": 1e-3, "steps": 16, "batch": 128},
        search={
            "lr": log(1e-4, 0.1),
            "steps": whole(2, 200, log=True),
            "batch": (0, 64, 128, 256),
        },
        rank=9,
    ),
    bibtex="""@inproceedings{golatkar2020eternal,
  title = {Eternal Sunshine of the Spotless Net: Selective Forgetting in Deep Networks},
  author = {Golatkar, Aditya and Achille, Alessandro and Soatto, Stefano},
  booktitle = {CVPR},
  year = {2020}
}""",
    badges=("no single source: a baseline in many forms",),
)
