"""l1-sparse fine-tunes on the retain set while a fading penalty pulls all weights towards zero.

The thought: a sparse model has less room to remember single points, so fine-tuning forgets more on the way.

    w <- w - lr * grad [L_r(w) + gamma_t * sum |w|],   gamma_t = gamma * (1 - t / (E - E_0)), never below 0

t counts epochs from 0; E_0 is how many epochs at the end are without the penalty.

Reads: the retain set with its labels; the forget set not at all.
Watch: the boundary straightens first, as weights shrink, and then settles to the retained points.
Fails: as fine-tuning does: where no retained point speaks against it, the old opinion about the forget points stays.
Source: Jia, Liu, Ram, Yao, Liu, Liu, Sharma and Liu, Model Sparsity Can Simplify Machine Unlearning, NeurIPS 2023,
arXiv:2304.04934, section on sparsity-aware unlearning; code github.com/OPTML-Group/Unlearn-Sparse at 80ba55d,
unlearn/FT.py, unlearn/FT_prune.py and arg_parser.py.
Differs: the penalty's strength in the paper is meant for ResNet; the released command line's default (.2) is far too
strong. The toy's is larger than the paper's, because it has a hundredth of the steps. The released command line also
has a weight decay of 5e-4, here a knob that is 0 on points. A penalty that never ends within the epochs (E = E_0) is
refused; there it stays at full strength. Batch statistics stay frozen unless the knob says otherwise; the released loop
moves them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Self

import torch
from pydantic import model_validator
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend, epochs


class Knobs(KnobBase):
    """Knobs of l1-sparse."""

    epochs: int = knob(10, ge=0, le=50, title="Epochs", help="Passes over the retain set.")
    plain: int = knob(
        3, ge=0, le=9, title="Epochs without penalty", help="How many of the last epochs are plain fine-tuning."
    )
    gamma: float = knob(
        0.01, ge=0.0, le=0.2, log=True, title="Penalty", help="Strength of the pull towards zero in the first epoch."
    )
    lr: float = knob(0.05, ge=1e-5, le=1.0, log=True, title="Learning rate", help="Size of a step (SGD).")
    momentum: float = knob(0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the last step is repeated.")
    weight_decay: float = knob(0.0, ge=0.0, le=0.1, title="Weight decay", help="Added to the gradient.", later=True)
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Retained points a step.", unit="points")
    batchnorm: Statistics = statistics_knob()

    @model_validator(mode="after")
    def _some_epoch_is_penalised(self) -> Self:
        if self.epochs and self.plain >= self.epochs:
            raise ValueError(f"`plain` must be below `epochs` ({self.epochs}), got {self.plain}")
        return self


def strength(knobs: Knobs, epoch: int) -> float:
    """Return gamma of an epoch, counted from 0."""
    return knobs.gamma * max(0.0, 1 - epoch / (knobs.epochs - knobs.plain))


def size(model: nn.Module) -> Tensor:
    """Return the sum of the absolute weights."""
    return torch.stack([weight.abs().sum() for weight in model.parameters()]).sum()


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step."""
    model = copy.deepcopy(original)
    x, y = request.retain
    optimizer = torch.optim.SGD(
        model.parameters(), lr=knobs.lr, momentum=knobs.momentum, weight_decay=knobs.weight_decay, fused=True
    )
    for epoch, rows in epochs(len(y), knobs.batch, knobs.epochs, rng, y):
        gamma = strength(knobs, epoch)
        with passes_of_a_step(model, knobs.batchnorm):
            loss = F.cross_entropy(model(x[rows]), y[rows])
        descend(optimizer, loss + gamma * size(model) if gamma else loss)
        yield model


METHOD = Method(
    title="l1-sparse",
    knobs=Knobs,
    unlearn=unlearn,
    main=("epochs", "gamma", "lr"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"retain.x", "retain.y"},
    neutral={"epochs": 0},
    presets={
        "to the end": Preset({"plain": 0}, note="Our choice: the penalty lasts through all epochs."),
        "weak": Preset({"gamma": 5e-4}, note="The largest strength of the paper."),
        "released default": Preset(
            {"gamma": 0.2, "plain": 0, "weight_decay": 5e-4},
            note="The default of the released command line, far too strong.",
            collapses=True,
        ),
        "CIFAR-10 (paper)": Preset(
            {
                "epochs": 10,
                "lr": 0.01,
                "gamma": 5e-4,
                "plain": 0,
                "batch": 256,
                "weight_decay": 5e-4,
                "batchnorm": "update",
            },
            note="Rate and epochs from the released README, batch and decay from its command line.",
            images=True,
        ),
    },
    images=Images(
        full=True,
        start={"epochs": 4, "plain": 1, "gamma": 5e-4, "lr": 3e-3, "batch": 128},
        start_at={"cifar10-50000": {"epochs": 1, "plain": 0}},
        search={
            "lr": log(3e-4, 0.3),
            "epochs": whole(2, 5),
            "plain": (0, 1),
            "gamma": log(1e-5, 0.01),
            "momentum": (0.0, 0.9),
        },
        authors="CIFAR-10 (paper)",
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
