"""EU-k forgets the last k blocks altogether and trains them again on the retain set.

Drawn anew, these blocks keep nothing; it would be exact unlearning if k were all blocks and no weight stood outside
them. The blocks before stay frozen, and whatever they know of the forget points stays with them.

    w_last = fresh start,   w_last <- w_last - lr * grad_{w_last} L_r(w),   w_first stays

Reads: the retain set with its labels; the forget set not at all.
Watch: the picture starts anew from a random boundary and grows a new one within some steps.
Fails: the frozen features were shaped by the forget points; with few blocks drawn anew the boundary can come back to
nearly where it was. On `compact` even all blocks are not the whole network: the whitening in front is none of them. Its
filters, made from all training images, and its learnt bias stay the original's, so what they owe to forgotten images
stays too.
Source: Goel, Prabhu, Sanyal, Lim, Torr and Kumaraguru, Towards Adversarial Evaluations for Inexact Machine Unlearning,
2022, arXiv:2201.06640, section on CF-k and EU-k; code github.com/shash42/Evaluating-Inexact-Unlearning at a45fe02,
src/methods.py, src/learn.py and src/unlearn.py. The comparison: github.com/meghdadk/SCRUB at 98ffb11,
small_scale_unlearning.ipynb.
Differs: a block is one layer of the multilayer perceptron, the head counted as a block; the released code counts
convolutions and linear layers from the end, fills them by He's rule (normalisation stays as it is) and trains them as
CF-k's, for 62 epochs. SCRUB's comparison fills them with the weights that the network was made with and trains as long
as the original, at a rate of .01 without momentum. Ours draws anew and is trained by Adam with a rate that falls to
zero, as the originals here are. Batch statistics of fresh blocks start anew and follow the retain set unless a knob
freezes them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal

import torch
from torch import nn
from torch.nn import functional as F

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods import cf_k
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.steps import cosine, descend, last_blocks, only
from explorer.training import fresh


class Knobs(KnobBase):
    """Knobs of EU-k."""

    blocks: int = knob(2, ge=1, le=12, title="Blocks", help="How many of the last blocks are fresh, the head included.")
    steps: int = knob(300, ge=0, le=5000, title="Steps", help="Steps on the retain set; the rate falls to zero.")
    lr: float = knob(0.01, ge=1e-5, le=1.0, log=True, title="Learning rate", help="Size of the first steps.")
    weight_decay: float = knob(0.01, ge=0.0, le=1.0, title="Weight decay", help="Decoupled, for Adam.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Retained points a step.", unit="points")
    optimizer: Literal["adamw", "sgd"] = knob("adamw", title="Optimiser", help="As the originals here, or plain SGD.")
    batchnorm: Literal["frozen", "update"] = knob(
        "update", title="Batch statistics", help="Whether those of the fresh blocks follow the retain set."
    )


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step; with 0 steps nothing is drawn anew."""
    if knobs.steps == 0:
        return
    model, start = copy.deepcopy(original), fresh(original, rng)
    x, y = request.retain
    again = last_blocks(model, knobs.blocks)
    for block, new in zip(again, last_blocks(start, knobs.blocks), strict=True):
        block.load_state_dict(new.state_dict())
        block.train(knobs.batchnorm == "update")
    moving = only(model, again)
    optimizer = (
        torch.optim.AdamW(moving, lr=knobs.lr, weight_decay=knobs.weight_decay, fused=True)
        if knobs.optimizer == "adamw"
        else torch.optim.SGD(moving, lr=knobs.lr, fused=True)
    )
    batches = draws.batches(len(y), knobs.batch, rng, y)
    for step in range(knobs.steps):
        for group in optimizer.param_groups:
            group["lr"] = knobs.lr * cosine(step, knobs.steps)
        rows = next(batches)
        descend(optimizer, F.cross_entropy(model(x[rows]), y[rows]))
        yield model


METHOD = Method(
    title="EU-k",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"retain.x", "retain.y"},
    neutral={"steps": 0},
    presets={
        "head only": Preset({"blocks": 1}, note="Our choice: the features stay as they are."),
        "all blocks": Preset(
            {"blocks": 12},
            note="Every block is fresh: retraining with fewer steps. On compact it is not, for the whitening stays.",
        ),
        "images": Preset(
            {"blocks": 2, "steps": 3500, "lr": 0.01, "weight_decay": 0.0, "batch": 128, "optimizer": "sgd"},
            note="As in later comparisons, 10 epochs of 45,000 images; the rate falls as a cosine instead of once.",
            images=True,
        ),
    },
    images=Images(
        start={"blocks": 2, "steps": 350, "lr": 0.1, "weight_decay": 5e-4, "batch": 128, "optimizer": "sgd"},
        search={
            "lr": log(0.01, 1.0),
            "steps": whole(80, 350),
            "blocks": whole(1, 4),
            "weight_decay": (0.0, 5e-4),
        },
        authors="images",
    ),
    bibtex=cf_k.BIBTEX,
    badges=("toy values: our choice",),
)
