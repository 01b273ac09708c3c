"""MSG draws anew the weights on which forget and retain set agree most, and trains on the retain set.

Where the two gradients hardly differ, a weight cannot serve one set without the other, so what it knows of the forget
set is not to be parted from the rest: it starts anew. The other weights are trained along with a tenth of the step.

    choose the share of weights with the smallest |grad L_r - grad L_f|;   w_chosen = fresh start
    w <- w - lr * (1 on chosen, damp on the others) * grad L_r

Reads: the forget set and the retain set, with labels.
Watch: one jolt, the boundary in disarray, then it settles within some steps; other seeds settle in other places.
Fails: the frozen rest pulls the fresh weights back to nearly the old boundary when the share is small; a large share is
retraining with too few steps.
Source: second place of the NeurIPS 2023 machine unlearning challenge; described and compared by Cadet, Borovykh,
Malekzadeh, Ahmadi-Abhari and Haddadi, Deep Unlearn: Benchmarking Machine Unlearning, 2024, arXiv:2410.01276, whose code
github.com/xcadet/deepunlearn at 6830ff6, munl/unlearning/kgltop2.py, has the winners' method.
Differs: there the share is taken of each convolution by itself, ours of all weight matrices and kernels together (no
biases, no normalisation), because a multilayer perceptron has no convolutions. There only the convolutions' other
weights are slowed, here all others. Their retain gradient is of as many points as there are to forget, summed over
batches; ours is the mean over all. Their fresh values are normal by He's rule over outputs, ours come from the
network's own start. Their rate rises for half of the epochs and falls again, with a weight decay of 5e-4; ours is
constant, without decay. Their batch statistics move, ours stay.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.knobs import KnobBase, knob
from explorer.methods._images import linear, log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.steps import epochs, mean_gradient
from explorer.training import fresh


class Knobs(KnobBase):
    """Knobs of MSG."""

    share: float = knob(
        0.3,
        ge=0.0,
        le=1.0,
        title="Share drawn anew",
        help="How many of the weights of matrices and kernels start anew.",
    )
    damp: float = knob(
        0.1, ge=0.0, le=1.0, title="Step of the others", help="Factor on the steps of all other weights."
    )
    epochs: int = knob(
        15, ge=0, le=50, title="Epochs", help="Passes over the retain set; with 0 nothing is drawn anew."
    )
    lr: float = knob(0.1, ge=1e-5, le=1.0, log=True, title="Learning rate", help="Size of a step (SGD).")
    momentum: float = knob(0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the last step is repeated.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Retained points a step.", unit="points")


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step on the retain set."""
    if knobs.epochs == 0:
        return
    model, start = copy.deepcopy(original), fresh(original, rng)
    x, y = request.retain
    of_retain, of_forget = mean_gradient(model, x, y), mean_gradient(model, *request.forget)
    weights = list(model.parameters())
    chosen = alike(weights, of_retain, of_forget, knobs.share)
    with torch.no_grad():
        for weight, new, mask in zip(weights, start.parameters(), chosen, strict=True):
            weight.copy_(torch.where(mask, new, weight))
    step = [torch.where(mask, 1.0, knobs.damp) for mask in chosen]
    optimizer = torch.optim.SGD(weights, lr=knobs.lr, momentum=knobs.momentum, fused=True)
    for _, rows in epochs(len(y), knobs.batch, knobs.epochs, rng, y):
        optimizer.zero_grad()
        F.cross_entropy(model(x[rows]), y[rows]).backward()
        for weight, factor in zip(weights, step, strict=True):
            assert weight.grad is not None
            weight.grad.mul_(factor)
        optimizer.step()
        yield model


def alike(weights: list[nn.Parameter], one: list[Tensor], other: list[Tensor], share: float) -> list[Tensor]:
    """Return which weights two gradients agree on most: one bool tensor a parameter.

    Args:
        weights: parameters; only matrices and kernels are chosen from.
        one: their gradients on one set.
        other: their gradients on the other.
        share: how many of the weights of matrices and kernels are true, rounded down.
    """
    apart = [
        (a - b).abs() if weight.dim() > 1 else torch.full_like(a, torch.inf)
        for weight, a, b in zip(weights, one, other, strict=True)
    ]
    flat = torch.cat([part.reshape(-1) for part in apart])
    count = int(share * sum(weight.numel() for weight in weights if weight.dim() > 1))
    chosen = torch.zeros_like(flat, dtype=torch.bool)
    chosen[flat.topk(count, largest=False).indices] = True
    parts = chosen.split([weight.numel() for weight in weights])
    return [part.reshape(weight.shape) for part, weight in zip(parts, weights, strict=True)]


METHOD = Method(
    title="MSG",
    knobs=Knobs,
    unlearn=unlearn,
    main=("share", "damp", "lr"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"epochs": 0},
    presets={
        "most weights": Preset({"share": 0.9}, note="Our choice: nearly retraining."),
        "challenge": Preset(
            {"share": 0.3, "damp": 0.1, "epochs": 5, "lr": 1e-3, "batch": 64},
            note="Share, factor, epochs, rate, momentum and batch size as released; the rate is constant here.",
            images=True,
        ),
    },
    images=Images(
        start={"epochs": 3, "lr": 3e-3, "batch": 128},
        start_at={"cifar10-50000": {"epochs": 1}},
        search={
            "lr": log(1e-4, 0.1),
            "epochs": whole(1, 4),
            "share": linear(0.05, 0.9),
            "damp": linear(0.0, 1.0),
            "momentum": (0.0, 0.9),
        },
        authors="challenge",
    ),
    bibtex="""@misc{cadet2024deep,
  title = {Deep Unlearn: Benchmarking Machine Unlearning},
  author = {Cadet, Xavier F. and Borovykh, Anastasia and Malekzadeh, Mohammad and Ahmadi-Abhari, Sara and
            Haddadi, Hamed},
  year = {2024},
  eprint = {2410.01276},
  archivePrefix = {arXiv}
}""",
    badges=("no paper of its own", "our choice: all matrices, not only convolutions", "toy values: our choice"),
)
