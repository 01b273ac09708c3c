"""Bad teacher: imitate a random network on the forget set and the original on the rest.

The student starts as the original. On forget points it learns the outputs of an incompetent teacher, a network of the
same shape that was never trained; on a share of the retained points it learns the outputs of the original.

    w <- w - lr * grad mean_i KL(t_T(x_i) || q_T(x_i)),   t = random network on D_f, original on the retained share

Reads: the inputs of both sets; no label.
Watch: the region of the forget points turns pale rather than changing hands: a random network is unsure everywhere.
Fails: retrained models are not unsure there, they have an opinion; so forget points can be told by their high entropy.
Source: Chundawat, Tarun, Mandal and Kankanhalli, Can Bad Teaching Induce Forgetting?, AAAI 2023, arXiv:2205.08096,
section on the unlearning objective; code github.com/vikram2000b/bad-teaching-unlearning at f1aa988, unlearn.py and the
notebook.
Differs: KL is the sum over classes and the mean over the batch; the released code takes the mean over all entries,
which makes the gradient smaller by the number of classes. For SGD that divides the rate; with Adam, theirs and the
default here, it changes nothing but for Adam's epsilon. No factor T squared, as there. The incompetent teacher always
has the original's shape. The retained share is drawn once, as there. Batch statistics stay frozen unless the knob says
otherwise; in the released notebook the student moves them, and the teachers do not.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Literal

import torch
from torch import nn

from explorer import draws
from explorer.knobs import KnobBase, knob
from explorer.methods._images import log, whole
from explorer.methods._method import Images, Method, Preset, Request
from explorer.methods._shared.batch_statistics import Statistics, passes_of_a_step, statistics_knob
from explorer.methods._shared.steps import descend, divergence, epochs, outputs
from explorer.training import fresh


class Knobs(KnobBase):
    """Knobs of bad teacher."""

    epochs: int = knob(12, ge=0, le=50, title="Epochs", help="Passes over forget set and retained share together.")
    lr: float = knob(0.01, ge=1e-6, le=0.5, log=True, title="Learning rate", help="Size of a step.")
    batch: int = knob(32, ge=1, le=5000, title="Batch size", help="Points a step, of both kinds mixed.", unit="points")
    share: float = knob(
        0.3, ge=0.0, le=1.0, title="Retained share", help="How much of the retain set is shown to the student."
    )
    temperature: float = knob(
        1.0, ge=0.5, le=10.0, title="Temperature", help="How much teachers and student are softened when compared."
    )
    optimizer: Literal["adam", "sgd"] = knob(
        "adam", title="Optimiser", help="The authors use Adam; SGD has momentum .9."
    )
    batchnorm: Statistics = statistics_knob()


def unlearn(original: nn.Module, request: Request, knobs: Knobs, rng: torch.Generator) -> Iterator[nn.Module]:
    """Yield the student after each step."""
    model = copy.deepcopy(original)
    incompetent = fresh(original, rng)
    forget, retain = request.forget.x, request.retain.x
    shown = retain[draws.permutation(len(retain), rng, retain)[: int(knobs.share * len(retain))]]
    x = torch.cat([forget, shown])
    target = outputs(incompetent, forget)
    target = torch.cat([target, outputs(original, shown)]) if len(shown) else target
    weights = model.parameters()
    optimizer = (
        torch.optim.Adam(weights, lr=knobs.lr, fused=True)
        if knobs.optimizer == "adam"
        else torch.optim.SGD(weights, lr=knobs.lr, momentum=0.9, fused=True)
    )
    for _, rows in epochs(len(x), knobs.batch, knobs.epochs, rng, x):
        with passes_of_a_step(model, knobs.batchnorm):
            loss = divergence(target[rows], model(x[rows]), knobs.temperature)
        descend(optimizer, loss)
        yield model


METHOD = Method(
    title="Bad teacher",
    knobs=Knobs,
    unlearn=unlearn,
    main=("epochs", "lr", "share"),
    kind="approximate",
    answers={"forget", "forget_class"},
    reads={"forget.x", "retain.x"},
    neutral={"epochs": 0},
    presets={
        "no good teacher": Preset(
            {"share": 0.0}, note="Our choice: without the retained share all becomes random.", collapses=True
        ),
        "images": Preset(
            {"epochs": 1, "lr": 1e-4, "batch": 256, "batchnorm": "update"},
            note="The authors' notebook; SSD's and JiT's comparisons use the same values.",
            images=True,
        ),
    },
    images=Images(
        full=True,
        start={"epochs": 1, "lr": 1e-3, "batch": 128},
        search={
            "lr": log(1e-5, 0.03),
            "epochs": whole(1, 5),
            "batch": (64, 128, 256),
            "share": (0.1, 0.3, 0.6, 1.0),
            "temperature": (1.0, 2.0, 4.0),
            "optimizer": ("adam", "sgd"),
        },
        authors="images",
        published={"JiT, table 2(b)": "images"},
    ),
    bibtex="""@inproceedings{chundawat2023bad,
  title = {Can Bad Teaching Induce Forgetting? Unlearning in Deep Networks Using an Incompetent Teacher},
  author = {Chundawat, Vikram S. and Tarun, Ayush K. and Mandal, Murari and Kankanhalli, Mohan},
  booktitle = {AAAI},
  year = {2023}
}""",
    badges=("toy values: our choice",),
)
