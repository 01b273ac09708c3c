"""AMUN fine-tunes on an adversarial neighbour of each forget point, under the wrong class the model itself gives it.

The nearest point to a forget point that the original calls something else belongs, as the model sees the world, to
that other class. Learning so lowers the confidence around the forget point and leaves the rest of the world alone.

    x_adv = a near point with argmax f_0(x_adv) = y_adv, not y
    w <- w - lr * grad CE on batches of (x_adv, y_adv), with (x, y) of forget and, if asked, retain points among them

Reads: the forget set with its labels; the retain set with its labels if it is to be used.
Watch: the arrows from each forget point to its neighbour just behind the boundary; the boundary creeps up these arrows
and stops short of the points.
Fails: it lowers confidence rather than changing answers: where a retrained model would call the forget points something
else altogether, it stops half-way; on a class of images it goes nearly all the way. A point deep inside its class has a
neighbour far away.
Source: Ebrahimpour-Boroojeny, Sundaram and Chandrasekaran, Not All Wrong is Bad: Using Adversarial Examples for
Unlearning, ICML 2025, arXiv:2503.00917; code github.com/Ali-E/AMUN at 9e341a9, adversarial_unlearn.py,
hyperparam_tune.py, build_advdataset.py and pgdl2_modified.py.
Differs: the authors attack with projected gradients within a ball whose radius doubles until the class changes, within
the range of pixels; ours walks in growing steps along the gradient and bisects the last one, so its point lies just
behind the boundary, on images within that range too. On points Adam at a constant rate instead of SGD whose rate falls
to a tenth after each epoch; both are knobs. Which sets are mixed in is a knob, because on the plane that choice decides
everything; with all of the data at hand theirs mixes in all, the forget points under their own labels, cropped and
flipped at random, which ours are not. Batch statistics stay frozen unless the knob says otherwise; theirs move.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal

import torch
from torch import nn
from torch.nn import functional as F

from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import HelperPoints, Images, Method, Prepared, Preset, Request
from explorer.methods._shared.adversarial import diameter, limits, predicted, walk
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend, epochs
from explorer.training import Examples


class Knobs(KnobBase):
    """Knobs of AMUN."""

    epochs: int = knob(15, ge=0, le=50, title="Epochs", help="Passes over the points that are used.")
    lr: float = knob(0.01, ge=1e-5, le=0.5, log=True, title="Learning rate", help="Size of a step.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points a step, mixed from all sets.", unit="points")
    forget: bool = knob(False, title="Forget points too", help="Whether they are mixed in, under their own labels.")
    retain: bool = knob(
        True, title="Retain points too", help="Whether they are mixed in; without, it needs forget data only."
    )
    step: float = knob(
        0.05, ge=0.001, le=2.0, log=True, title="Attack step", unit="standardised units",
        help="Length of the first step towards a neighbour; each further one is a tenth longer.",
    )  # fmt: skip
    optimizer: Literal["adam", "sgd"] = knob(
        "adam", title="Optimiser", help="Adam, or as released SGD with momentum .9.", later=True
    )
    weight_decay: float = knob(0.0, ge=0.0, le=0.1, title="Weight decay", help="Added to the gradient.", later=True)
    falls: Literal["never", "each epoch"] = knob(
        "never", title="Rate falls", help="Whether the rate falls to a tenth after each epoch, as released.", later=True
    )
    clamp: Literal["range", "off"] = knob(
        "range", title="Walk within the range", help="On images, whether the walk stays within the range of pixels.",
        later=True,
    )  # fmt: skip
    batchnorm: Statistics = statistics_knob()


def prepare(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    """Return the adversarial neighbours with the original's labels; points that found none are left out."""
    x, y = request.forget
    pixels = limits(request.space) if x.dim() > 2 and knobs.clamp == "range" else None
    there = walk(original, x, y, knobs.step, diameter(request.space, x), pixels)
    label = predicted(original, there)
    found = (label != y).nonzero()[:, 0]
    kind = "adversarial neighbours" if len(found) == len(y) else f"adversarial neighbours ({len(found)} of {len(y)})"
    points = Examples(there[found], label[found])
    return Prepared(state=points, helpers=(HelperPoints(kind, points.x, points.y, found),))


def unlearn(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Iterator[nn.Module]:
    """Yield the model after each step."""
    model = copy.deepcopy(original)
    used = [prepared.state]
    used += [Examples(*request.forget)] if knobs.forget else []
    used += [Examples(*request.retain)] if knobs.retain else []
    x, y = torch.cat([part.x for part in used]), torch.cat([part.y for part in used])
    optimizer = _optimizer(model, knobs)
    for epoch, rows in epochs(len(y), knobs.batch, knobs.epochs, rng, y):
        optimizer.param_groups[0]["lr"] = knobs.lr * (0.1**epoch if knobs.falls == "each epoch" else 1)
        with passes_of_a_step(model, knobs.batchnorm):
            loss = F.cross_entropy(model(x[rows]), y[rows])
        descend(optimizer, loss)
        yield model


def _optimizer(model: nn.Module, knobs: Knobs) -> torch.optim.Optimizer:
    weights, decay = model.parameters(), knobs.weight_decay
    if knobs.optimizer == "adam":
        return torch.optim.Adam(weights, lr=knobs.lr, weight_decay=decay, fused=True)
    return torch.optim.SGD(weights, lr=knobs.lr, momentum=0.9, weight_decay=decay, fused=True)


METHOD = Method(
    title="AMUN",
    knobs=Knobs,
    unlearn=unlearn,
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "forget.y", "retain.x", "retain.y"},
    neutral={"epochs": 0},
    presets={
        "with forget points": Preset({"forget": True}, note="Forget points under their own labels hold the boundary."),
        "without retain points": Preset(
            {"retain": False}, note="Our choice: nothing but the neighbours, and nothing holds.", collapses=True
        ),
        "images": Preset(
            {
                "epochs": 10,
                "lr": 0.01,
                "optimizer": "sgd",
                "weight_decay": 5e-4,
                "falls": "each epoch",
                "batch": 128,
                "forget": True,
                "step": 0.1,
                "batchnorm": "update",
            },
            note="CIFAR-10 as released, where all the data are at hand; the first step of the walk is ours.",
            images=True,
        ),
    },
    images=Images(
        start={"epochs": 3, "lr": 3e-4, "batch": 128},
        start_at={"cifar10-50000": {"epochs": 1}},
        search={
            "lr": log(1e-5, 0.03),
            "epochs": whole(1, 4),
            "batch": (64, 128, 256),
            "forget": (False, True),
            "step": log(0.02, 0.5),
        },
        authors="images",
    ),
    bibtex="""@inproceedings{ebrahimpour2025not,
  title = {Not All Wrong is Bad: Using Adversarial Examples for Unlearning},
  author = {Ebrahimpour-Boroojeny, Ali and Sundaram, Hari and Chandrasekaran, Varun},
  booktitle = {ICML},
  year = {2025}
}""",
    badges=("our choice: a walk instead of projected gradients", "toy values: our choice"),
    prepare=prepare,
    prepare_reads={"forget.x", "forget.y"},
    prepare_knobs={"step", "clamp"},
)
