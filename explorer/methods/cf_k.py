"""CF-k fine-tunes only the last k blocks on the retain set and hopes that they forget by themselves.

Catastrophic forgetting is put to use: what training does not repeat, it overwrites. The blocks before stay frozen.

    w_last <- w_last - lr * grad_{w_last} L_r(w),   w_first stays

Reads: the retain set with its labels; the forget set not at all.
Watch: the boundary can only be redrawn from the frozen blocks' features, so it moves little and late.
Fails: where the original fits the retain set there is hardly a gradient; and what the frozen blocks know of the
forget points they keep.
Source: Goel, Prabhu, Sanyal, Lim, Torr and Kumaraguru, Towards Adversarial Evaluations for Inexact Machine Unlearning,
2022, arXiv:2201.06640, section on CF-k and EU-k; code github.com/shash42/Evaluating-Inexact-Unlearning at a45fe02,
src/methods.py, src/learn.py and src/unlearn.py. The comparison: github.com/meghdadk/SCRUB at 98ffb11,
small_scale_unlearning.ipynb.
Differs: a block is one layer of the multilayer perceptron, the head counted as a block; the released code counts
convolutions and linear layers from the end. It trains for 62 epochs with momentum .9, weight decay 5e-5 and a rate that
falls from .1 to .005 as a cosine with restarts, and moves all batch statistics. SCRUB's comparison trains the last
stage and not the head, for 10 epochs at a rate of .01, without momentum, with a pull back to where the weights started
and frozen statistics. Ours keeps the rate constant and statistics frozen; momentum and decay are knobs.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F

from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.steps import descend, epochs, last_blocks, only


class Knobs(KnobBase):
    """Knobs of CF-k."""

    blocks: int = knob(2, ge=1, le=12, title="Blocks", help="How many of the last blocks move, the head included.")
    epochs: int = knob(10, ge=0, le=50, title="Epochs", help="Passes over the retain set.")
    lr: float = knob(0.1, ge=1e-5, le=1.0, log=True, title="Learning rate", help="Size of a step (SGD).")
    momentum: float = knob(0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the last step is repeated.")
    weight_decay: float = knob(0.0, ge=0.0, le=0.1, title="Weight decay", help="Added to the gradient.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Retained points a step.", unit="points")


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step."""
    model = copy.deepcopy(original)
    x, y = request.retain
    moving = only(model, last_blocks(model, knobs.blocks))
    optimizer = torch.optim.SGD(
        moving, lr=knobs.lr, momentum=knobs.momentum, weight_decay=knobs.weight_decay, fused=True
    )
    for _, rows in epochs(len(y), knobs.batch, knobs.epochs, rng, y):
        descend(optimizer, F.cross_entropy(model(x[rows]), y[rows]))
        yield model


BIBTEX = """@misc{goel2022towards,
  title = {Towards Adversarial Evaluations for Inexact Machine Unlearning},
  author = {Goel, Shashwat and Prabhu, Ameya and Sanyal, Amartya and Lim, Ser-Nam and Torr, Philip and
            Kumaraguru, Ponnurangam},
  year = {2022},
  eprint = {2201.06640},
  archivePrefix = {arXiv}
}"""

METHOD = Method(
    title="CF-k",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"retain.x", "retain.y"},
    neutral={"epochs": 0},
    presets={
        "head only": Preset({"blocks": 1}, note="Our choice: the features stay as they are."),
        "images": Preset(
            {"blocks": 2, "epochs": 10, "lr": 0.01, "momentum": 0.0, "batch": 128},
            note="Rate, epochs and no momentum as in SCRUB's comparison; the classifier moves too, the batch is ours.",
            images=True,
        ),
    },
    images=Images(
        start={"blocks": 2, "epochs": 4, "lr": 0.02, "batch": 128},
        start_at={"cifar10-50000": {"epochs": 1}},
        search={
            "lr": log(1e-3, 0.3),
            "epochs": whole(1, 5),
            "blocks": whole(1, 4),
            "momentum": (0.0, 0.9),
            "weight_decay": (0.0, 5e-4),
        },
        authors="images",
    ),
    bibtex=BIBTEX,
    badges=("toy values: our choice",),
)
