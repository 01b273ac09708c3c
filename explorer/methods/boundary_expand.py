"""Boundary expand sends a class into a shadow class that is added for the purpose and cut off afterwards.

The head gets one more output. The model is fine-tuned on the forget points alone, all labelled with the new class, so
that it takes over their region. Then the extra output is removed, and the region falls to whichever class is next.

    f = (f_0, one more output),   w <- w - lr * grad CE(f(x), C + 1) on forget batches,   at last drop output C + 1

Reads: the forget inputs; their labels are not needed.
Watch: the shadow class, in a colour of its own, covers the class's region; in the last frame it vanishes and what lies
under it comes to light.
Fails: what lies under it is often the class itself: where nothing pushed its own output down, the old boundary comes
back. And nothing holds the retain set.
Source: Chen, Gao, Liu, Peng and Wang, Boundary Unlearning, CVPR 2023, arXiv:2303.11570, section on boundary expanding;
code github.com/TY-LEE-KR/Boundary-Unlearning-Code (a re-upload) at 19f9f23, boundary_unlearning.py and models.py.
Differs: the released code starts the new output from random weights by Xavier's rule, a spread of sqrt(2 / (features +
outputs)); a knob sets the spread, 0 being the default here, so that the start does not matter. The bias starts at 0 and
the rest of the head from the original's, as there. Batch statistics stay frozen unless the knob says otherwise; the
released loop moves them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import skip_init

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods import boundary_shrink
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend, epochs


class Knobs(KnobBase):
    """Knobs of boundary expand."""

    epochs: int = knob(6, ge=0, le=50, title="Epochs", help="Passes over the forget set.")
    lr: float = knob(5e-3, ge=1e-8, le=1.0, log=True, title="Learning rate", help="Size of a step (SGD).")
    momentum: float = knob(0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the last step is repeated.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Forget points a step.", unit="points")
    noise: float = knob(
        0.0, ge=0.0, le=1.0, title="Random start", help="Standard deviation of the new output's first weights."
    )
    batchnorm: Statistics = statistics_knob()


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the widened model after each step, then the model without its shadow class."""
    model = copy.deepcopy(original)
    x = request.forget.x
    if knobs.epochs == 0:
        return
    classes = len(model.get_parameter("head.weight"))
    expand(model, knobs.noise * draws.normal(model.get_parameter("head.weight").shape[1:], rng, x))
    shadow = torch.full((len(x),), classes, device=x.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, momentum=knobs.momentum, fused=True)
    for _, rows in epochs(len(x), knobs.batch, knobs.epochs, rng, x):
        with passes_of_a_step(model, knobs.batchnorm):
            loss = F.cross_entropy(model(x[rows]), shadow[rows])
        descend(optimizer, loss)
        yield model
    prune(model, classes)
    yield model


def expand(model: nn.Module, row: Tensor) -> None:
    """Give the head one more output with weights `row` (h,) and bias 0."""
    head = model.get_submodule("head")
    assert isinstance(head, nn.Linear)
    _replace_head(model, torch.cat([head.weight.detach(), row[None]]), F.pad(head.bias.detach(), (0, 1)))


def prune(model: nn.Module, classes: int) -> None:
    """Cut the head down to its first outputs."""
    head = model.get_submodule("head")
    assert isinstance(head, nn.Linear)
    _replace_head(model, head.weight.detach()[:classes], head.bias.detach()[:classes])


def _replace_head(model: nn.Module, weight: Tensor, bias: Tensor) -> None:
    head = skip_init(nn.Linear, weight.shape[1], weight.shape[0], device=weight.device)
    with torch.no_grad():
        head.get_parameter("weight").copy_(weight)
        head.get_parameter("bias").copy_(bias)
    model.head = head.train(model.training)


METHOD = Method(
    title="Boundary expand",
    knobs=Knobs,
    unlearn=unlearn,
    main=("epochs", "lr", "noise"),
    kind="approximate",
    answers={"forget_class"},
    reads={"forget.x"},
    neutral={"epochs": 0},
    presets={
        "too long": Preset(
            {"lr": 0.02, "epochs": 12}, note="Our choice: a retained class goes with it.", collapses=True
        ),
        "images (released)": Preset(
            {"lr": 1e-5, "epochs": 10, "batch": 64, "noise": 0.137, "batchnorm": "update"},
            note="Released values; the spread is Xavier's on their network, of 96 features and 11 outputs.",
            images=True,
        ),
    },
    images=Images(
        start={"epochs": 3, "lr": 1e-3, "batch": 64},
        search={
            "lr": log(1e-6, 0.1),
            "epochs": whole(1, 20),
            "momentum": (0.0, 0.9),
            "noise": (0.0, 0.1, 0.3),
        },
        authors="images (released)",
    ),
    bibtex=boundary_shrink.BIBTEX,
    badges=("toy values: our choice",),
)
