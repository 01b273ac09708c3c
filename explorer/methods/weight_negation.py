"""NoT turns the sign of the first layer's weights and trains on the retain set until the network works again.

The layers of a trained network fit each other. With one of them negated none of that fit is left, yet every weight is
as large as before, so that a short training finds its way back; without the forget set it comes back without it.

    W_1 <- -W_1,   then   w <- w - v,   v <- m v + lr * grad L_r(w),   L_r: mean cross-entropy over a retain batch

Reads: the retain set and its labels. The forget set is never looked at.
Watch: one jolt, the plane in pieces, then it heals; what heals last is where no retained point asks for anything.
Fails: a whole class comes back as a ghost: no retained point lies where it was, so the old answer returns there with
the rest. Drawing the layer anew instead of negating it does a little better (two moons, ten seeds: the area that
differs from retrained is .029, negated .032, with neither .049); a knob does that. A tanh is odd: negating the first
layer with its biases is the same function as negating the second layer's weights.
Source: Khalil, Brunswic, Lamghari, Li, Beitollahi and Chen, NoT: Federated Unlearning via Weight Negation, CVPR 2025,
arXiv:2503.05657. The paper itself was not read, and no code was found of its authors.
Differs: the paper's setting is federated, where clients fine-tune together; here one party trains on the retain set. A
public reimplementation of others negates the first weight tensor and no bias, as here by default; which layers, and
whether their biases, are knobs. The paper's rates and lengths could not be looked up. Batch statistics stay frozen
unless the knob says otherwise; in that reimplementation they move.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal, cast

import torch
from torch import nn
from torch.nn import functional as F

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend
from explorer.training import fresh

Way = Literal["negate", "redraw"]


class Knobs(KnobBase):
    """Knobs of NoT."""

    layers: int = knob(1, ge=0, le=4, title="Layers", help="How many of the first layers are broken; 0 is fine-tuning.")
    way: Way = knob("negate", title="How", help="Negate the weights, or, for comparison, draw them anew.")
    biases: bool = knob(
        False, title="Biases too",
        help="Whether the biases of these layers go with their weights; convolutions of compact and ResNet-18 have "
        "none.",
    )  # fmt: skip
    lr: float = knob(0.05, ge=1e-4, le=1.0, log=True, title="Learning rate", help="Size of a step on the retain set.")
    momentum: float = knob(
        0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the previous step is taken again with the next."
    )
    steps: int = knob(300, ge=0, le=1000, title="Steps", help="Number of updates on the retain set.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Retained points a step.", unit="points")
    batchnorm: Statistics = statistics_knob(later=False)


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the broken model, then the model after each step on the retain set."""
    model = copy.deepcopy(original)
    start = fresh(original, rng) if knobs.way == "redraw" else None
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, momentum=knobs.momentum, fused=True)
    if knobs.layers:
        broken(model, start, knobs.layers, knobs.biases)
        yield model
    x, y = request.retain
    batches = draws.batches(len(y), knobs.batch, rng, y)
    for _ in range(knobs.steps):
        rows = next(batches)
        with passes_of_a_step(model, knobs.batchnorm):
            loss = F.cross_entropy(model(x[rows]), y[rows])
        descend(optimizer, loss)
        yield model


@torch.no_grad()
def broken(model: nn.Module, start: nn.Module | None, count: int, biases: bool) -> None:
    """Negate the weights of the first layers in place, or take them from another model.

    Args:
        model: whose layers are changed.
        start: a model of the same shape whose weights are taken; None negates.
        count: how many linear and convolutional layers; all where there are fewer.
        biases: whether their biases are treated likewise.
    """
    layers = _layers(model)[:count]
    others = layers if start is None else _layers(start)
    for layer, other in zip(layers, others, strict=False):
        layer.weight.copy_(-layer.weight if start is None else other.weight)
        if biases and layer.bias is not None:
            layer.bias.copy_(-layer.bias if start is None else cast(torch.Tensor, other.bias))


def _layers(model: nn.Module) -> list[nn.Linear | nn.Conv2d]:
    return [layer for layer in model.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]


METHOD = Method(
    title="NoT",
    long="Unlearning by weight negation",
    knobs=Knobs,
    unlearn=unlearn,
    main=("layers", "lr", "steps"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"retain.x", "retain.y"},
    neutral={"layers": 0, "steps": 0},
    presets={
        "drawn anew": Preset(
            {"way": "redraw"}, note="Our control: the first layer's weights drawn anew instead of negated."
        ),
        "nothing negated": Preset(
            {"layers": 0}, note="Our control: fine-tuning with the same rate, length and batches."
        ),
        "before it heals": Preset(
            {"steps": 0}, note="Our choice: what the negation alone does to the plane.", collapses=True
        ),
    },
    images=Images(
        start={"lr": 3e-3, "steps": 234, "batch": 128},
        search={
            "lr": log(3e-4, 0.1),
            "steps": whole(78, 350),
            "layers": (1, 2),
            "way": ("negate", "redraw"),
            "momentum": (0.0, 0.9),
        },
    ),
    bibtex="""@inproceedings{khalil2025not,
  title = {NoT: Federated Unlearning via Weight Negation},
  author = {Khalil, Yasser H. and Brunswic, Leo and Lamghari, Soufiane and Li, Xu and Beitollahi, Mahdi and Chen, Xi},
  booktitle = {CVPR},
  year = {2025}
}""",
    badges=("toy values: our choice",),
)
