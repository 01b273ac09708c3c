"""Greedy mislabelling trains the forget points to a wrong label, and on nothing else.

It is what the authors of JiT set against their method: the shortest way to get the points wrong. It asks for the wrong
answer at each forget point, however natural the right one is there.

    w <- w - lr * grad L(f_w(x_f), y'),   y' = a wrong class, drawn once for each forget point

Reads: the forget set and its labels (to know which label is wrong).
Watch: the boundary runs past the forget points and far beyond; a point deep inside its class drags the whole region.
Fails: nothing says when to stop and nothing holds the rest, so it destroys what lies around the forget points.
Source: the "greedy" panels of Figure 2 in Foster, Fogarty, Schoepf, Dugue, Oztireli and Brintrup, An Information
Theoretic Approach to Machine Unlearning, TMLR 2025, arXiv:2402.01401. Rate and number of steps are not given there.
Differs: the script behind that figure is not released (the authors' repository jwf40/Information-Theoretic-Unlearning
at c967614 has none); optimiser, rate and number of steps are ours.
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
    """Knobs of greedy mislabelling."""

    lr: float = knob(
        0.05, ge=1e-4, le=1.0, log=True, title="Learning rate", help="How far each step to the wrong label moves."
    )
    steps: int = knob(20, ge=0, le=500, title="Steps", help="Number of updates.")
    batch: int = knob(
        0,
        ge=0,
        le=5000,
        title="Batch size",
        help="Forget points a step; 0 takes all of them every time.",
        unit="points",
    )


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step to the wrong labels."""
    model = copy.deepcopy(original)
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, fused=True)
    x, y = request.forget
    wrong = draws.wrong_labels(y, request.classes, rng)
    batches = draws.batches(len(y), knobs.batch or len(y), rng, y)
    for _ in range(knobs.steps):
        rows = next(batches) if knobs.batch else slice(None)
        optimizer.zero_grad()
        F.cross_entropy(model(x[rows]), wrong[rows]).backward()
        optimizer.step()
        yield model


METHOD = Method(
    title="Greedy mislabelling",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y"},
    neutral={"steps": 0},
    presets={
        "until it breaks": Preset({"steps": 100}, note="Our choice: five times as many steps.", collapses=True),
        "few steps": Preset(
            {"steps": 5}, note="Our choice: a quarter of the way; forgotten already, and less is broken."
        ),
    },
    images=Images(
        start={"lr": 1e-3, "steps": 16, "batch": 128},
        search={
            "lr": log(1e-4, 0.1),
            "steps": whole(2, 200, log=True),
            "batch": (0, 64, 128, 256),
        },
    ),
    bibtex="""@article{foster2025information,
  title = {An Information Theoretic Approach to Machine Unlearning},
  author = {Foster, Jack and Fogarty, Kyle and Schoepf, Stefan and Dugue, Zack and {\\"O}ztireli, Cengiz and
    Brintrup, Alexandra},
  journal = {Transactions on Machine Learning Research},
  year = {2025}
}""",
    badges=("optimiser and rate: our choice",),
)
