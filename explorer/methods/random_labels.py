"""Random labels give each forget point another label and go on training on everything.

The forget points stay in the data, but what they say is noise; the retain set is trained along, so the rest holds.

    w <- w - v,   v <- m v + lr * grad L(w)
    L = mean cross-entropy over batches of retain (x, y) and forget (x, y'),   y' drawn

Reads: the forget and the retain set, with labels.
Watch: with two classes a wrong label is the opposite one: the region around the forget points flips altogether.
Fails: it teaches the wrong answer instead of not knowing: on the plane forget accuracy falls below that of a
retrained model. On images, where trials on validation images stop it, it ends on either side.
Source: as a baseline in Golatkar, Achille and Soatto, Eternal Sunshine of the Spotless Net, 2020, arXiv:1911.04933; the
two orders are those of the released code of SalUn (Fan et al., 2024, arXiv:2310.12508), OPTML-Group/Unlearn-Saliency at
a6e89fd, Classification/unlearn/RL.py; Golatkar's repository AdityaGolatkar/SelectiveForgetting, read at 4c02825, has a
switch of this name that nothing uses.
Differs: SalUn's code draws from all classes, so a label may be the right one, anew in each epoch, at a rate of .01 by
default (.013 in its README) for 10 epochs with weight decay 5e-4; ours draws wrong classes only by default, because
with the right one among them it forgets too little on two classes, and has no decay. Batch statistics stay frozen
unless the knob says otherwise; SalUn's loop moves them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend


class Knobs(KnobBase):
    """Knobs of random labels."""

    lr: float = knob(
        0.01, ge=1e-4, le=1.0, log=True, title="Learning rate", help="How far each step moves the weights."
    )
    momentum: float = knob(
        0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the previous step is taken again with the next."
    )
    steps: int = knob(125, ge=0, le=500, title="Steps", help="Number of updates.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points a step.", unit="points")
    labels: Literal["other", "any"] = knob(
        "other", title="Labels", help="other: a wrong class for each forget point; any: all classes, the right one too."
    )
    order: Literal["mixed", "sequential"] = knob(
        "mixed",
        title="Order",
        help="mixed: both sets shuffled together; sequential: forget, then retain, in each epoch.",
    )
    redraw: Literal["once", "each"] = knob(
        "once", title="Redraw", help="once: labels are drawn at the start; each: anew for every epoch."
    )
    batchnorm: Statistics = statistics_knob()


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step."""
    model = copy.deepcopy(original)
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, momentum=knobs.momentum, fused=True)
    x = torch.cat([request.forget.x, request.retain.x])
    steps = _batches(request, knobs, rng)
    for _ in range(knobs.steps):
        rows, y = next(steps)
        with passes_of_a_step(model, knobs.batchnorm):
            loss = F.cross_entropy(model(x[rows]), y[rows])
        descend(optimizer, loss)
        yield model


def _batches(request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield rows of the forget set followed by the retain set, and the labels in force, for ever."""
    forget_y, retain_y = request.forget.y, request.retain.y
    first, n = len(forget_y), len(forget_y) + len(retain_y)
    y = torch.cat([_drawn(forget_y, request.classes, knobs, rng), retain_y])
    while True:
        if knobs.order == "mixed":
            passes = [draws.permutation(n, rng, y)]
        else:
            passes = [draws.permutation(first, rng, y), first + draws.permutation(n - first, rng, y)]
        for rows in (rows for one in passes for rows in one.split(knobs.batch)):
            yield rows, y
        if knobs.redraw == "each":
            y = torch.cat([_drawn(forget_y, request.classes, knobs, rng), retain_y])


def _drawn(y: Tensor, classes: int, knobs: Knobs, rng: torch.Generator) -> Tensor:
    if knobs.labels == "other":
        return draws.wrong_labels(y, classes, rng)
    return draws.integers(classes, y.shape, rng, y)


METHOD = Method(
    title="Random labels",
    knobs=Knobs,
    unlearn=unlearn,
    main=("lr", "steps", "labels"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"steps": 0},
    presets={
        "over-forgets": Preset({"lr": 0.01}, note="Our choice: wrong classes only, drawn once."),
        "SalUn order": Preset(
            {"labels": "any", "order": "sequential", "redraw": "each"},
            note="As in the released code of SalUn on CIFAR-10; rate, length and frozen batch statistics ours.",
        ),
    },
    images=Images(
        full=True,
        start={"lr": 3e-3, "steps": 156, "batch": 128},  # two epochs of 10,000 images
        search={
            "lr": log(3e-4, 0.1),
            "steps": whole(20, 350),
            "momentum": (0.0, 0.9),
            "labels": ("other", "any"),
            "order": ("mixed", "sequential"),
            "redraw": ("once", "each"),
        },
        rank=7,
    ),
    bibtex="""@inproceedings{golatkar2020eternal,
  title = {Eternal Sunshine of the Spotless Net: Selective Forgetting in Deep Networks},
  author = {Golatkar, Aditya and Achille, Alessandro and Soatto, Stefano},
  booktitle = {CVPR},
  year = {2020}
}""",
    badges=("wrong classes only: our choice",),
)
