"""Fine-tuning goes on training, on the retain set only, and hopes that the rest is forgotten on the way.

Neural networks forget what they no longer see; this leans on nothing else. It never looks at the forget set.

    w <- w - v,   v <- m v + lr * grad L_r(w),   L_r = mean cross-entropy over a batch of the retain set

Reads: the retain set and its labels.
Watch: with a small learning rate next to nothing happens; with a large one the region around the forget points is given
up where retained points press against it, and stays where none do.
Fails: the retain set is fitted already, so its gradient is small, and at a small rate the forget points are barely
forgotten. On images a large one, found by search, forgets a class wholly and random images in part.
Source: folklore; as a baseline in Golatkar, Achille and Soatto, Eternal Sunshine of the Spotless Net, 2020,
arXiv:1911.04933. Code: their github.com/AdityaGolatkar/SelectiveForgetting at 4c02825, Forgetting.ipynb, and
github.com/OPTML-Group/Unlearn-Saliency at a6e89fd, Classification/unlearn/FT.py and arg_parser.py.
Differs: both train for 10 epochs at a rate of .01; the first without momentum and with a pull back to where the weights
started, the second with momentum .9, weight decay 5e-4 and batches of 256. Ours counts steps, keeps the rate constant
and has no decay, so that each knob does one thing. Batch statistics stay frozen unless the knob says otherwise: frozen
in the first, moved in the second.
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
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend


class Knobs(KnobBase):
    """Knobs of fine-tuning."""

    lr: float = knob(
        0.01, ge=1e-4, le=1.0, log=True, title="Learning rate", help="How far each step on the retain set moves."
    )
    momentum: float = knob(
        0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the previous step is taken again with the next."
    )
    steps: int = knob(125, ge=0, le=500, title="Steps", help="Number of updates.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Retained points a step.", unit="points")
    batchnorm: Statistics = statistics_knob()


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step on the retain set."""
    model = copy.deepcopy(original)
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, momentum=knobs.momentum, fused=True)
    x, y = request.retain
    batches = draws.batches(len(y), knobs.batch, rng, y)
    for _ in range(knobs.steps):
        rows = next(batches)
        with passes_of_a_step(model, knobs.batchnorm):
            loss = F.cross_entropy(model(x[rows]), y[rows])
        descend(optimizer, loss)
        yield model


METHOD = Method(
    title="Fine-tuning",
    knobs=Knobs,
    unlearn=unlearn,
    main=("lr", "steps", "momentum"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"retain.x", "retain.y"},
    neutral={"steps": 0},
    presets={
        "barely forgets": Preset({"lr": 0.001}, note="Our choice: a rate at which the original hardly moves."),
        "bold": Preset({"lr": 0.1, "steps": 250}, note="Our choice: long steps, twice as many."),
    },
    images=Images(
        full=True,
        start={"lr": 3e-3, "steps": 234, "batch": 128},  # three epochs of 10,000 images
        search={
            "lr": log(3e-4, 0.3),
            "steps": whole(39, 350),
            "momentum": (0.0, 0.5, 0.9),
        },
        published={"JiT, table 2(b)": ""},
        rank=8,
    ),
    bibtex="""@inproceedings{golatkar2020eternal,
  title = {Eternal Sunshine of the Spotless Net: Selective Forgetting in Deep Networks},
  author = {Golatkar, Aditya and Achille, Alessandro and Soatto, Stefano},
  booktitle = {CVPR},
  year = {2020}
}""",
    badges=("no single source: a baseline in many forms",),
)
