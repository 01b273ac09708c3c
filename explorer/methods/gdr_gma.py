"""GDR-GMA sets the pull of forgetting and the pull of remembering at right angles and weighs them by how much is lost.

Two gradients are taken at each step, up the forget loss and down the retain loss. Where they point apart each loses its
part along the other. The better the retain set is known, the more the first one counts.

    where g_r . g_f < 0:  g_r' = g_r - ((g_r . g_f) / ||g_f||^2) g_f,   g_f' = g_f - ((g_f . g_r) / ||g_r||^2) g_r
    w <- AdamW step along (1 - s) g_r' + s g_f',   s = 1 / (1 + exp(c (L_r - e))),   g_f = -grad L_f,  g_r = grad L_r

Reads: the forget and the retain set, with labels.
Watch: the boundary sweeps over the forget points as long as the retain loss is below e, waits while it is above, and
sweeps on: there is no rest.
Fails: it must be stopped early. Nothing bounds the forget loss, so after some epochs the forget points are far more
wrong than a retrained model has them.
Source: Lin, Zhang, Susilo, Chen and Liu, GDR-GMA: Machine Unlearning via Direction-Rectified and Magnitude-Adjusted
Gradients, ACM MM 2024, doi:10.1145/3664647.3680775; code github.com/RUIYUN-ML/GDR-GMA at c954a09, unlearn.py and
memory_bank.py. The paper itself was not read.
Differs: the released code sets each weight tensor's gradients at right angles by themselves, and subtracts from g_f a
multiple of the g_r that is projected already, so that g_f' is not orthogonal to g_r; ours does both by knobs, and by
default as above. Its memory of earlier forget gradients holds the last tensor only, a bias, and the sum that makes
their mean overwrites the oldest one; ours keeps the last tensor too, but overwrites nothing. Its rate is 1e-4, its
batches 256. Batch statistics stay frozen unless the knob says otherwise; there they move.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import one_epoch


class Knobs(KnobBase):
    """Knobs of GDR-GMA."""

    epochs: int = knob(
        3, ge=0, le=50, title="Epochs", help="Passes over the smaller of both sets; there is no natural end."
    )
    lr: float = knob(0.005, ge=1e-6, le=0.5, log=True, title="Learning rate", help="Size of a step (AdamW).")
    allowed: float = knob(
        0.02,
        ge=0.0,
        le=5.0,
        title="Allowed retain loss",
        help="Below it the forget set decides, above it the retain set.",
    )
    sharpness: float = knob(
        100.0,
        ge=0.0,
        le=1000.0,
        title="Sharpness",
        help="How suddenly one takes over from the other; 0 is half and half.",
    )
    angle: Literal["whole", "tensor", "off"] = knob(
        "whole",
        title="Right angles",
        help="Of the whole gradients, of each weight tensor's as released, or not at all.",
    )
    second: Literal["original", "projected"] = knob(
        "original", title="Second projection", help="On the retain gradient, or as released on what is left of it."
    )
    memory: bool = knob(
        True, title="Memory",
        help="Whether earlier forget gradients of the last tensor are kept at right angles too; no effect where all "
        "forget points are of one class.",
    )  # fmt: skip
    weight_decay: float = knob(0.01, ge=0.0, le=1.0, title="Weight decay", help="Decoupled, as in AdamW.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points of either set a step.", unit="points")
    batchnorm: Statistics = statistics_knob(later=False)


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the model after each step."""
    model = copy.deepcopy(original)
    weights = list(model.parameters())
    optimizer = torch.optim.AdamW(weights, lr=knobs.lr, weight_decay=knobs.weight_decay, fused=True)
    (x, y), (retain_x, retain_y) = request.forget, request.retain
    earlier: list[Tensor] = []
    for epoch in range(knobs.epochs):
        pairs = zip(one_epoch(len(y), knobs.batch, rng, y), one_epoch(len(retain_y), knobs.batch, rng, y), strict=False)
        for gone, kept in list(pairs):
            with passes_of_a_step(model, knobs.batchnorm):
                loss = F.cross_entropy(model(retain_x[kept]), retain_y[kept])
                down = torch.autograd.grad(loss, weights)
                up = torch.autograd.grad(-F.cross_entropy(model(x[gone]), y[gone]), weights)
            earlier.append(up[-1])
            del earlier[: -_batches(len(y), len(retain_y), knobs.batch)]
            g_r, g_f = at_right_angles(down, up, knobs.angle, knobs.second)
            if knobs.memory and epoch:
                g_f[-1] = remembering(g_f[-1], earlier)
            share = torch.sigmoid(-knobs.sharpness * (loss.detach() - knobs.allowed))
            for weight, one, other in zip(weights, g_r, g_f, strict=True):
                weight.grad = torch.empty_like(weight).copy_((1 - share) * one + share * other)
            optimizer.step()
            yield model


def at_right_angles(
    down: tuple[Tensor, ...], up: tuple[Tensor, ...], how: str, second: str
) -> tuple[list[Tensor], list[Tensor]]:
    """Return two gradients, one tensor a parameter each, without the part of each along the other where they conflict.

    Args:
        down: of the retain loss.
        up: of minus the forget loss.
        how: "whole" looks at all tensors as one vector, "tensor" at each by itself, "off" changes nothing.
        second: whether the second one loses its multiple of the "original" first, or of the "projected" one.
    """
    if how == "off":
        return list(down), list(up)
    parts = [[k] for k in range(len(down))] if how == "tensor" else [list(range(len(down)))]
    left, right = list(down), list(up)
    for part in parts:
        dot, of_down, of_up = (
            _dot([one[k] for k in part], [two[k] for k in part]) for one, two in ((down, up), (down, down), (up, up))
        )
        if dot >= 0:
            continue
        for k in part:
            left[k] = down[k] - dot / of_up * up[k]
            right[k] = up[k] - dot / of_down * (down[k] if second == "original" else left[k])
    return left, right


def _dot(one: list[Tensor], two: list[Tensor]) -> Tensor:
    return torch.stack([(a * b).sum() for a, b in zip(one, two, strict=True)]).sum()


def _batches(forget: int, retain: int, size: int) -> int:
    """Return how many pairs of batches an epoch has."""
    return min(-(-forget // size), -(-retain // size))


def remembering(gradient: Tensor, earlier: list[Tensor]) -> Tensor:
    """Return a gradient without its part along the mean of the earlier ones that conflict with it."""
    against = [one for one in earlier if float((one * gradient).sum()) < 0]
    if not against:
        return gradient
    mean = torch.stack(against).mean(dim=0)
    return gradient - (gradient * mean).sum() / mean.square().sum() * mean


METHOD = Method(
    title="GDR-GMA",
    long="Direction-rectified and magnitude-adjusted gradients",
    knobs=Knobs,
    unlearn=unlearn,
    main=("epochs", "lr", "allowed"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"epochs": 0},
    presets={
        "a whole class": Preset(
            {"epochs": 8}, note="Our choice for a class of four blobs, made against retrained, seeds 0-3."
        ),
        "too long": Preset({"epochs": 10}, note="Our choice: the forget points end far more wrong than in retrained."),
        "images (released)": Preset(
            {
                "epochs": 10, "lr": 1e-4, "allowed": 0.02, "sharpness": 100.0, "angle": "tensor", "second": "projected",
                "weight_decay": 0.01, "batch": 256, "batchnorm": "update",
            },
            note="The released command line's defaults; the memory overwrites nothing here.",
            images=True,
        ),
    },
    images=Images(
        start={"epochs": 4, "lr": 3e-4, "batch": 128},
        search={
            "lr": log(1e-5, 0.01),
            "epochs": whole(1, 10),
            "allowed": (0.01, 0.02, 0.05, 0.1, 0.3),
            "angle": ("whole", "tensor"),
            "batch": (64, 128, 256),
        },
        authors="images (released)",
    ),
    bibtex="""@inproceedings{lin2024gdr,
  title = {GDR-GMA: Machine Unlearning via Direction-Rectified and Magnitude-Adjusted Gradients},
  author = {Lin, Shen and Zhang, Xiaoyu and Susilo, Willy and Chen, Xiaofeng and Liu, Jun},
  booktitle = {ACM Multimedia},
  year = {2024}
}""",
    badges=("whole gradients: our choice", "toy values: our choice"),
)  # fmt: skip
