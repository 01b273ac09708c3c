"""Boundary shrink gives each forget point the label on the nearer side of the boundary.

An attack on the frozen original pushes every forget point uphill on its loss. The class that the original predicts
where it arrives is taken as the point's new label, and the model is fine-tuned on the forget points alone with those
labels.

    x_adv = attack of x on f_0 with the true label y,   y_adv = argmax f_0(x_adv)
    w <- w - lr * grad CE(f(x), y_adv)   on forget batches

Reads: the forget set; its labels only for the attack.
Watch: the arrows show where each point was pushed. The boundary moves in along them and sweeps over the forget points.
Fails: nothing holds the retain set, so neighbours of the forget points change sides too. Where the attack does not
change the predicted class, the method reinforces what it should forget; the legend says how many points that concerns.
Source: Chen, Gao, Liu, Peng and Wang, Boundary Unlearning, CVPR 2023, arXiv:2303.11570, section on boundary shrink;
code github.com/TY-LEE-KR/Boundary-Unlearning-Code (a re-upload) at 19f9f23, boundary_unlearning.py, adv_generator.py
and utils.py.
Differs: what runs there on CIFAR-10 is not what is meant. The attack is written as a tenth of the inputs' range, cut at
that range. But it undoes a standardisation by means and deviations that its loader does not use (.5 and .5), so that
the step is 24.7, 25.1 and 24.9 % of the range in the three colours, and hardly anything is cut. The preset "images
(released)" is the evident intent, "images (as it runs)" what runs. On points a step is counted in data units. On the
plane a one-step attack of .1 leaves most forget points with their own label (75 to 80 % on two moons at the default
request, 5 data seeds). So by default the attack walks in growing steps until the predicted class changes, at most the
data's diameter; a knob returns to one step. The curvature and weighting terms of the released code, off by default
there, are left out. Batch statistics stay frozen unless the knob says otherwise; the released loop moves them, but not
for the attack.
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
from explorer.methods._shared.adversarial import diameter, limits, one_step, predicted, walk
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend, epochs


class Knobs(KnobBase):
    """Knobs of boundary shrink."""

    epochs: int = knob(6, ge=0, le=50, title="Epochs", help="Passes over the forget set.")
    lr: float = knob(5e-4, ge=1e-8, le=1.0, log=True, title="Learning rate", help="Size of a step (SGD).")
    momentum: float = knob(0.9, ge=0.0, le=0.99, title="Momentum", help="How much of the last step is repeated.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Forget points a step.", unit="points")
    attack: Literal["growing", "one step"] = knob(
        "growing", title="Attack", help="Walk until the predicted class changes, or one step as released."
    )
    bound: float = knob(
        0.1, ge=0.001, le=2.0, log=True, title="Attack step",
        help="Length of the one step in every coordinate, or of the first of the growing ones.",
    )  # fmt: skip
    units: Literal["data", "range"] = knob(
        "data", title="Units of the step", help="In data units, or as a share of the inputs' range."
    )
    clamp: Literal["range", "off"] = knob(
        "range", title="Cut one step", help="Whether one step ends within the inputs' range.", later=True
    )
    batchnorm: Statistics = statistics_knob()


def prepare(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Prepared:
    """Return the new labels, and the attacked points to be drawn."""
    (x, y), space = request.forget, request.space
    length = knobs.bound * (space.high - space.low if knobs.units == "range" else 1) / space.std
    if knobs.attack == "growing":
        there = walk(original, x, y, length.mean().item(), diameter(space, x))
    else:
        there = one_step(original, x, y, length)
        there = there.clamp(*limits(space)) if knobs.clamp == "range" else there
    label = predicted(original, there)
    same = (label == y).float().mean().item()
    kind = f"attacked points ({same:.0%} keep their label)"
    return Prepared(state=label, helpers=(HelperPoints(kind, there, label, torch.arange(len(y), device=y.device)),))


def unlearn(
    original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator, prepared: Prepared
) -> Iterator[nn.Module]:
    """Yield the model after each step."""
    if knobs.attack == "one step":  # images have no legend to say so
        request.remarks.say(prepared.helpers[0].kind)
    model = copy.deepcopy(original)
    x, label = request.forget.x, prepared.state
    optimizer = torch.optim.SGD(model.parameters(), lr=knobs.lr, momentum=knobs.momentum, fused=True)
    for _, rows in epochs(len(x), knobs.batch, knobs.epochs, rng, x):
        with passes_of_a_step(model, knobs.batchnorm):
            loss = F.cross_entropy(model(x[rows]), label[rows])
        descend(optimizer, loss)
        yield model


BIBTEX = """@inproceedings{chen2023boundary,
  title = {Boundary Unlearning: Rapid Forgetting of Deep Networks via Shifting the Decision Boundary},
  author = {Chen, Min and Gao, Weizhuo and Liu, Gaoyang and Peng, Kai and Wang, Chen},
  booktitle = {CVPR},
  year = {2023}
}"""

RELEASED = {
    "attack": "one step", "bound": 0.1, "units": "range", "lr": 1e-5, "epochs": 10, "batch": 64, "batchnorm": "update",
}  # fmt: skip

METHOD = Method(
    title="Boundary shrink",
    knobs=Knobs,
    unlearn=unlearn,
    main=("epochs", "lr", "bound"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x"},
    neutral={"epochs": 0},
    presets={
        "a whole class": Preset({"lr": 5e-3, "epochs": 12}, note="Our choice: for a class far from the others."),
        "too long": Preset(
            {"lr": 0.02, "epochs": 12}, note="Our choice: a third of the retained points goes too.", collapses=True
        ),
        "released attack": Preset(
            {"attack": "one step"}, note="One step of .1: most points keep their own label here."
        ),
        "images (released)": Preset(
            RELEASED,
            note="Released values with the evident intent of the attack; they were meant for a whole class.",
            images=True,
        ),
        "images (as it runs)": Preset(
            {**RELEASED, "bound": 0.2472, "clamp": "off"},
            note="What the released code does, by constants that are not its loader's: the step it takes in red.",
            images=True,
        ),
    },
    images=Images(
        start={"epochs": 3, "lr": 1e-4, "batch": 64, "attack": "one step", "bound": 0.1, "units": "range"},
        start_at={"cifar10-50000": {"epochs": 1}},
        search={
            "lr": log(1e-6, 0.01),
            "epochs": whole(1, 20),
            "momentum": (0.0, 0.9),
            "bound": log(0.01, 0.5),
        },
        authors="images (released)",
        published={"JiT, table 2(b)": "images (released)"},
    ),
    bibtex=BIBTEX,
    badges=("our choice: attack until the label changes", "toy values: our choice"),
    prepare=prepare,
    prepare_reads={"forget.x", "forget.y"},
    prepare_knobs={"attack", "bound", "units", "clamp"},
)
