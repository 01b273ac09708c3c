"""SFRon climbs the forget loss on the weights that matter more to it, and goes on descending the retain loss.

Points that are still known well are pushed hardest. Only weights whose Fisher information is larger on the forget set
than on the retain set are moved by the climb; the descent after it repairs what the climb did to the rest.

    ascent, every k-th step:  w <- w + lr * clip(m * a * grad sum_i v_i l_i),   v_i = l_i^-b / (sum_j l_j^-b) held fixed
    descent, every step:      w <- w - lr * grad L_r,        m = 1 where F_f / F_r >= g, else 0

Reads: the forget and the retain set, with labels.
Watch: small kicks out of the forget region, each mended at once; they fade as the step size falls along a cosine.
Fails: a whole class of several needs a climb so strong that the rest pays for it: on four blobs it ends far from the
retrained models. The momentum is one for climb and descent, so a kick goes on into the steps that should mend it.
Source: Huang, Cheng, Zheng, Wang, He, Li and Huang, Unified Gradient-Based Machine Unlearning with Remain Geometry
Enhancement, NeurIPS 2024, arXiv:2409.19732; code github.com/K1nght/Unified-Unlearning-w-Remain-Geometry at 36bb7f6,
Classification/unlearn/sfron.py. The paper itself was not read.
Differs: a step that climbs descends too, and rate and strength of the climb both fall along a cosine, as there. The
average of old and new weights that ends each step there has the factor 1 on the new ones, so it does nothing, and is
left out. The Fisher information there is the square of batch means; ours is of single points by default, a knob
averages. Batch statistics stay frozen unless the knob says otherwise; there they move, but not for the mask.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods import ssd
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Prepared, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import cosine, descend

TINY = 1e-15  # keeps powers and ratios of zero finite, as in the released code


class Knobs(KnobBase):
    """Knobs of SFRon."""

    alpha: float = knob(
        1.0, ge=0.0, le=500.0, title="Strength of the climb", help="Weight of the forget loss where a step climbs it."
    )
    lr: float = knob(
        0.05, ge=1e-5, le=1.0, log=True, title="Learning rate", help="Size of the first step of either kind."
    )
    steps: int = knob(300, ge=0, le=2000, title="Steps", help="Number of steps; each descends, some climb first.")
    every: int = knob(5, ge=1, le=50, title="Climb every", help="Each so many steps one climbs first.", unit="steps")
    power: float = knob(
        0.5,
        ge=0.0,
        le=2.0,
        title="Weight of known points",
        help="How much more points count that are still known well.",
    )
    ratio: float = knob(
        1.0, ge=0.0, le=100.0, title="Selection", help="How many times more a weight must matter to the forget set."
    )
    clip: float = knob(7.0, ge=0.0, le=100.0, title="Clip", help="Longest climb that is taken as it is; 0 is off.")
    momentum: float = knob(0.9, ge=0.0, le=0.99, title="Momentum", help="Shared by climb and descent.")
    weight_decay: float = knob(0.0, ge=0.0, le=0.1, title="Weight decay", help="Added to the gradient.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points of either set a step.", unit="points")
    fisher_batch: int = knob(
        1, ge=1, le=5000, title="Averaged before squaring", unit="points",
        help="Points whose gradients are averaged for the selection: 1 is the Fisher information, more as released.",
    )  # fmt: skip
    batchnorm: Statistics = statistics_knob(later=False)


def prepare(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    """Return how many times more each weight matters to the forget set: one tensor a parameter."""
    of_forget = ssd.importance(original, *request.forget, knobs.fisher_batch)
    of_retain = ssd.importance(original, *request.retain, knobs.fisher_batch)
    return Prepared(state=[(f + TINY) / (r + TINY) for f, r in zip(of_forget, of_retain, strict=True)])


def unlearn(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Iterator[nn.Module]:
    """Yield the model after each step: a climb where one is due, then a descent."""
    model = copy.deepcopy(original)
    mask = [ratio >= knobs.ratio for ratio in prepared.state]
    _say(request, mask)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=knobs.lr, momentum=knobs.momentum, weight_decay=knobs.weight_decay, fused=True
    )
    (x, y), (retain_x, retain_y) = request.forget, request.retain
    forget = draws.batches(len(y), knobs.batch, rng, y)
    retain = draws.batches(len(retain_y), knobs.batch, rng, retain_y)
    for step in range(knobs.steps):
        share = cosine(step, knobs.steps)
        optimizer.param_groups[0]["lr"] = knobs.lr * share
        if step % knobs.every == 0:
            rows = next(forget)
            with passes_of_a_step(model, knobs.batchnorm):
                loss = adaptive(model(x[rows]), y[rows], knobs.power)
            _climb(optimizer, knobs.alpha * share * loss, mask, knobs.clip)
        rows = next(retain)
        with passes_of_a_step(model, knobs.batchnorm):
            loss = F.cross_entropy(model(retain_x[rows]), retain_y[rows])
        descend(optimizer, loss)
        yield model


def adaptive(logits: Tensor, y: Tensor, power: float) -> Tensor:
    """Return the loss of a batch, weighted by the losses' own powers: sum v_i l_i, v_i = l_i^-power / sum_j l_j^-power.

    The weights v are held fixed.
    """
    each = F.cross_entropy(logits, y, reduction="none")
    weight = 1 / (each.detach() ** power + TINY)
    return (weight / weight.sum() * each).sum()


def _climb(optimizer: torch.optim.Optimizer, loss: Tensor, mask: list[Tensor], clip: float) -> None:
    """Take one step up a loss, with the weights that the mask names."""
    weights = optimizer.param_groups[0]["params"]
    optimizer.zero_grad()
    (-loss).backward()
    for weight, chosen in zip(weights, mask, strict=True):
        weight.grad.mul_(chosen)
    if clip:
        nn.utils.clip_grad_norm_(weights, clip)
    optimizer.step()


def _say(request: Request, mask: list[Tensor]) -> None:
    chosen, everything = sum(int(part.sum()) for part in mask), sum(part.numel() for part in mask)
    request.remarks.say(f"the climb moves {chosen:,} of {everything:,} weights")


METHOD = Method(
    title="SFRon",
    long="Saliency forgetting in the remain-preserving manifold online",
    knobs=Knobs,
    unlearn=unlearn,
    main=("alpha", "lr", "every"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"steps": 0},
    presets={
        "a whole class": Preset(
            {"alpha": 25.0, "lr": 0.03, "every": 1},
            note="Our choice for a class of four blobs, made against retrained, seeds 0-3; it stays far off.",
        ),
        "images (released)": Preset(
            {
                "alpha": 25.0, "lr": 0.01, "steps": 1500, "every": 5, "power": 0.5, "ratio": 1.0, "clip": 7.0,
                "momentum": 0.9, "weight_decay": 5e-4, "batch": 128, "fisher_batch": 128, "batchnorm": "update",
            },
            note="Values in the released class for a tenth of CIFAR-10, and the script's batches of 128.",
            images=True,
        ),
    },
    images=Images(
        start={"alpha": 10.0, "lr": 3e-3, "steps": 234, "batch": 128, "fisher_batch": 128},
        search={
            "lr": log(3e-4, 0.1),
            "alpha": log(0.1, 300),
            "steps": whole(39, 260),
            "every": (1, 2, 5, 10),
            "power": (0.0, 0.5, 1.0),
            "ratio": (0.5, 1.0, 3.0),
            "momentum": (0.0, 0.9),
        },
        authors="images (released)",
    ),
    bibtex="""@inproceedings{huang2024unified,
  title = {Unified Gradient-Based Machine Unlearning with Remain Geometry Enhancement},
  author = {Huang, Zhehao and Cheng, Xinwen and Zheng, JingHao and Wang, Haoran and He, Zhengbao and Li, Tao and
    Huang, Xiaolin},
  booktitle = {NeurIPS},
  year = {2024}
}""",
    badges=("our choice: Fisher information of single points", "toy values: our choice"),
    prepare=prepare,
    prepare_reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    prepare_knobs={"fisher_batch"},
)  # fmt: skip
