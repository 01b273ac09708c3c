"""AMUN fine-tunes on an adversarial neighbour of each forget point, under the wrong class the model itself gives it.

The nearest point to a forget point that the original calls something else belongs, as the model sees the world, to
that other class. Learning so lowers the confidence around the forget point and leaves the rest of the world alone.

    x_adv = a near point with argmax f_0(x_adv) = y_adv, not y
    w <- w - lr * grad CE on batches of (x_adv, y_adv), with (x, y) of forget and, if asked, retain points among them

Reads: the forget set with its labels; the retain set with its labels if it is to be used.
Watch: the arrows from each forget point to its neighbour just behind the boundary; the boundary creeps up these arrows
and stops short of the points.
Fails: it lowers confidence rather than changing answers: where a retrained model would call the forget points
something else altogether, it stops half-way. A point deep inside its class has a neighbour far away.
Source: Ebrahimpour-Boroojeny, Sundaram and Chandrasekaran, Not All Wrong is Bad: Using Adversarial Examples for
Unlearning, ICML 2025, arXiv:2503.00917; code not read.
Differs: the authors attack with projected gradients and double their bound until the class changes; ours walks in
growing steps along the gradient and bisects the last one, so its point lies just behind the boundary. Adam instead of
SGD. Which sets are mixed in is a knob, because on the plane that choice decides everything.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F

from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import HelperPoints, Images, Method, Prepared, Preset, Request
from explorer.methods._shared.adversarial import diameter, predicted, walk
from explorer.methods._shared.steps import descend, epochs
from explorer.training import Examples


class Knobs(KnobBase):
    """Knobs of AMUN."""

    epochs: int = knob(15, ge=0, le=50, title="Epochs", help="Passes over the points that are used.")
    lr: float = knob(0.01, ge=1e-5, le=0.5, log=True, title="Learning rate", help="Size of a step (Adam).")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points a step, mixed from all sets.", unit="points")
    forget: bool = knob(False, title="Forget points too", help="Whether they are mixed in, under their own labels.")
    retain: bool = knob(
        True, title="Retain points too", help="Whether they are mixed in; without, it needs forget data only."
    )
    step: float = knob(
        0.05, ge=0.001, le=2.0, log=True, title="Attack step", unit="standardised units",
        help="Length of the first step towards a neighbour; each further one is a tenth longer.",
    )  # fmt: skip


def prepare(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    """Return the adversarial neighbours with the original's labels; points that found none are left out."""
    x, y = request.forget
    there = walk(original, x, y, knobs.step, diameter(request.space, x))
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
    optimizer = torch.optim.Adam(model.parameters(), lr=knobs.lr, fused=True)
    for _, rows in epochs(len(y), knobs.batch, knobs.epochs, rng, y):
        descend(optimizer, F.cross_entropy(model(x[rows]), y[rows]))
        yield model


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
            {"epochs": 10, "lr": 1e-3, "batch": 128, "forget": True, "step": 0.1},
            note="Our choice: the authors' values were not read.",
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
    badges=("from memory", "code not read", "toy values: our choice"),
    prepare=prepare,
    prepare_reads={"forget.x", "forget.y"},
    prepare_knobs={"step"},
)
